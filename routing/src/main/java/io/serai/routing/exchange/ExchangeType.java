package io.serai.routing.exchange;

import io.serai.bus.BindingSpec;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * A kind of exchange, found through {@link java.util.ServiceLoader}: a new one is a new file and a
 * line in the service list.
 */
public interface ExchangeType {
  /** The name it is declared by, such as {@code topic}. */
  String name();

  /** The matcher of an exchange without bindings. */
  Matcher emptyMatcher();

  /** The matcher of an exchange without bindings that was declared with these arguments. */
  default Matcher emptyMatcher(Value.MapOf arguments) {
    return emptyMatcher();
  }

  /** What is wrong with the arguments of an exchange, or null when they are fine. */
  default @Nullable String check(Value.MapOf arguments) {
    return null;
  }

  /** Whether topic permissions apply to it (RabbitMQ: topic exchanges only). */
  default boolean isTopic() {
    return false;
  }

  /**
   * What is wrong with a binding from such an exchange, or null when it is fine.
   *
   * @param declared the exchange's arguments
   */
  default @Nullable String checkBinding(BindingSpec binding, Value.MapOf declared) {
    return null;
  }
}
