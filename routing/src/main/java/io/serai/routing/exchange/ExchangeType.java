package io.serai.routing.exchange;

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

  /** Whether topic permissions apply to it (RabbitMQ: topic exchanges only). */
  default boolean isTopic() {
    return false;
  }

  /** What is wrong with these binding arguments, or null when they are fine. */
  default @Nullable String checkBinding(Value.MapOf arguments) {
    return null;
  }
}
