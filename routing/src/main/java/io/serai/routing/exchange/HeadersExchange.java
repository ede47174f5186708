package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.bus.TypeNames;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Value;
import io.serai.routing.index.PersistentMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Routes by comparing headers with the binding's arguments (AMQP 0-9-1 §3.1.3.4, as RabbitMQ
 * extends it): {@code x-match} is {@code all} (the default), {@code any}, {@code all-with-x} or
 * {@code any-with-x}; the first two ignore arguments whose name starts with {@code x-}. An argument
 * without a value asks only that the header exists.
 */
public final class HeadersExchange implements ExchangeType {
  private static final Set<String> MODES = Set.of("all", "any", "all-with-x", "any-with-x");

  @Override
  public String name() {
    return "headers";
  }

  @Override
  public Matcher emptyMatcher() {
    return new ByHeaders(PersistentMap.empty());
  }

  @Override
  public @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    for (Value.Entry entry : binding.arguments().entries()) {
      if (entry.key().asText().equals("x-match")) {
        if (!(entry.value() instanceof Value.Str(String mode))) {
          return "Invalid x-match field type %s (value %s); expected longstr"
              .formatted(TypeNames.of(entry.value()), entry.value().asText());
        }
        if (!MODES.contains(mode)) {
          return "Invalid x-match field value <<\"%s\">>; expected all, any, all-with-x, or any-with-x"
              .formatted(mode);
        }
      }
    }
    return null;
  }

  /** What a binding compares, taken apart once. */
  private record Criteria(boolean isAny, List<Criterion> criteria) {
    static Criteria of(Value.MapOf arguments) {
      String mode = "all";
      for (Value.Entry entry : arguments.entries()) {
        if (entry.key().asText().equals("x-match")) {
          mode = entry.value().asText();
        }
      }
      List<Criterion> wanted = new ArrayList<>();
      for (Value.Entry entry : arguments.entries()) {
        String name = entry.key().asText();
        if (!name.equals("x-match") && (mode.endsWith("-with-x") || !name.startsWith("x-"))) {
          wanted.add(new Criterion(name, entry.value()));
        }
      }
      return new Criteria(mode.startsWith("any"), List.copyOf(wanted));
    }

    boolean pass(Headers headers) {
      for (Criterion criterion : criteria) {
        if (criterion.passes(headers) == isAny) {
          return isAny;
        }
      }
      return !isAny;
    }
  }

  private record Criterion(String name, Value wanted) {
    /** A header that repeats passes when one of its values does. */
    boolean passes(Headers headers) {
      for (Header header : headers) {
        if (header.name().equals(name)
            && (wanted instanceof Value.Null || HeaderValues.same(wanted, header.value()))) {
          return true;
        }
      }
      return false;
    }
  }

  private record ByHeaders(PersistentMap<Bound, Criteria> bindings) implements Matcher {
    @Override
    public Matcher with(Bound binding) {
      return new ByHeaders(bindings.with(binding, Criteria.of(binding.spec().arguments())));
    }

    @Override
    public Matcher without(Bound binding) {
      return new ByHeaders(bindings.without(binding));
    }

    @Override
    public void forEach(Consumer<Bound> action) {
      bindings.forEach((binding, _) -> action.accept(binding));
    }

    @Override
    public void match(Message message, Consumer<Bound> matches) {
      Headers headers = message.headers();
      bindings.forEach((binding, criteria) -> {
        if (criteria.pass(headers)) {
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
