package io.serai.routing.exchange;

import io.serai.model.Message;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The bindings of one exchange, compiled. Immutable: changes give a new matcher. */
public interface Matcher {
  /** A matcher with {@code binding}, in place of an equal one. */
  Matcher with(Bound binding);

  /** A matcher without {@code binding}. */
  Matcher without(Bound binding);

  /** Hands over each binding the message passes, once. */
  void match(Message message, Consumer<Bound> matches);

  /** Hands over every binding. */
  void forEach(Consumer<Bound> action);

  /** The same bindings as those of an exchange that remembers, null when it does not. */
  default @Nullable Remembering remembering() {
    return null;
  }

  /** Whether the message is to wait before it is routed; then {@link #dependsOnMessage} is true. */
  default boolean holds(Message message) {
    return false;
  }

  /**
   * Whether the answer depends on the message's topic: else it is asked once for all its topics.
   */
  default boolean dependsOnTopic() {
    return true;
  }

  /** Whether the answer depends on more than the message's topic, so that it cannot be cached. */
  default boolean dependsOnMessage() {
    return false;
  }
}
