package io.serai.routing.exchange;

import io.serai.model.Message;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The bindings of an exchange that remembers what came to it, for what is bound later. */
public interface Remembering extends Matcher {
  @Override
  default Remembering remembering() {
    return this;
  }

  /** How many messages it remembers, the last ones; at least 1. */
  int most();

  /** Whether the message is to be remembered. */
  boolean remembers(Message message);

  /**
   * Hands over every binding that {@code older} has not, which costs as much as they differ.
   *
   * @param older of the same exchange; null for none
   */
  void forEachAdded(@Nullable Remembering older, Consumer<Bound> action);
}
