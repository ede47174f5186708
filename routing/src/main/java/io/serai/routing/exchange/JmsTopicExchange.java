package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.bus.TypeNames;
import io.serai.model.Message;
import io.serai.model.Value;
import io.serai.routing.index.PersistentMap;
import io.serai.routing.selector.Selector;
import io.serai.routing.selector.SelectorException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes by the selector of each binding, whatever the keys. RabbitMQ's JMS client puts one behind
 * its topic exchange for consumers with selectors, and sends them as Erlang terms in {@code
 * rjms_erlang_selector}; {@code rabbitmq_jms_selector} takes SQL. A binding without either takes
 * every message.
 */
public final class JmsTopicExchange implements ExchangeType {
  private static final String SQL = "rabbitmq_jms_selector";
  private static final String COMPILED = "rjms_erlang_selector";

  @Override
  public String name() {
    return "x-jms-topic";
  }

  @Override
  public Matcher emptyMatcher() {
    return new BySelector(PersistentMap.empty());
  }

  @Override
  public @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    for (String argument : List.of(SQL, COMPILED)) {
      Value value = binding.arguments().first(argument);
      if (value != null && !(value instanceof Value.Str)) {
        return "Invalid %s field type %s (value %s); expected longstr"
            .formatted(argument, TypeNames.of(value), value.asText());
      }
    }
    try {
      selector(binding);
      return null;
    } catch (SelectorException e) {
      return "cannot parse selector binding destination '%s' to exchange '%s': %s"
          .formatted(binding.destination(), binding.source(), e.getMessage());
    }
  }

  private static Selector selector(BindingSpec binding) throws SelectorException {
    if (binding.arguments().first(SQL) instanceof Value.Str(String sql)) {
      return Selector.parseOnArrival(sql);
    }
    return binding.arguments().first(COMPILED) instanceof Value.Str(String term)
        ? Selector.parseCompiled(term)
        : Selector.ALL;
  }

  private record BySelector(PersistentMap<Bound, Selector> bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      try {
        return new BySelector(bindings.with(binding, selector(binding.spec())));
      } catch (SelectorException e) {
        throw new IllegalArgumentException("a binding that was not checked", e);
      }
    }

    @Override
    public Matcher without(Bound binding) {
      return new BySelector(bindings.without(binding));
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach((binding, _) -> action.accept(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      bindings.forEach((binding, selector) -> {
        if (selector.matches(message)) {
          matches.accept(binding);
        }
      });
    }

    @Override
    public boolean dependsOnTopic() {
      return false;
    }

    @Override
    public boolean dependsOnMessage() {
      return true;
    }
  }
}
