package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.model.Message;
import io.serai.model.Value;
import io.serai.routing.queue.Delay;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a message as long as its header {@code x-delay} says and routes it then, as the exchange
 * type does that its argument {@code x-delayed-type} names. What is published to it waits, and so
 * does the copy of what comes to it from another exchange.
 */
public final class DelayedExchange implements ExchangeType {
  private static final String NAME = "x-delayed-message";
  private static final String TYPE = "x-delayed-type";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Matcher emptyMatcher() {
    return new Delayed(new DirectExchange().emptyMatcher());
  }

  @Override
  public Matcher emptyMatcher(Value.MapOf arguments) {
    ExchangeType type = delayed(arguments);
    return type == null ? emptyMatcher() : new Delayed(type.emptyMatcher(arguments));
  }

  @Override
  public @Nullable String check(Value.MapOf arguments) {
    ExchangeType type = delayed(arguments);
    return type == null
        ? "Invalid argument, 'x-delayed-type' must be an existing exchange type"
        : type.check(arguments);
  }

  @Override
  public @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    ExchangeType type = delayed(declared);
    return type == null ? null : type.checkBinding(binding, declared);
  }

  /** The type that says where messages go, null when there is none. */
  private static @Nullable ExchangeType delayed(Value.MapOf arguments) {
    for (Value.Entry entry : arguments.entries()) {
      if (entry.key().asText().equals(TYPE)
          && entry.value() instanceof Value.Str(String name)
          && !name.equals(NAME)) {
        return ExchangeTypes.find(name);
      }
    }
    return null;
  }

  private record Delayed(Matcher bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new Delayed(bindings.with(binding));
    }

    @Override
    public Matcher without(Bound binding) {
      return new Delayed(bindings.without(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      bindings.match(message, matches);
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach(action);
    }

    @Override
    public @Nullable Remembering remembering() {
      return bindings.remembering(); // what has waited
    }

    @Override
    public boolean dependsOnTopic() {
      return bindings.dependsOnTopic();
    }

    @Override
    public boolean dependsOnMessage() {
      return true; // on its delay
    }

    @Override
    public boolean holds(Message message) {
      return Delay.millisOf(message) > 0;
    }
  }
}
