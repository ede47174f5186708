package io.serai.routing.queue;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Where a queue's dead letters go.
 *
 * @param exchange the dead letter exchange; it need not exist
 * @param fixed their address when the queue gives them a routing key, null when they keep their own
 * @param takesRefused whether messages refused by a full queue are dead letters too
 * @param isAtLeastOnce whether one that nobody takes is tried again rather than dropped
 */
public record DeadLetterTarget(
    String exchange, @Nullable Address fixed, boolean takesRefused, boolean isAtLeastOnce) {
  /**
   * A target.
   *
   * @param routingKey null to keep each message's own
   */
  static DeadLetterTarget of(
      String exchange, @Nullable String routingKey, boolean takesRefused, boolean isAtLeastOnce) {
    return new DeadLetterTarget(
        exchange,
        routingKey == null ? null : new Address(exchange, Topic.of(routingKey, Spelling.DOT)),
        takesRefused,
        isAtLeastOnce);
  }

  /** Whether dead letters lose the routing keys they had. */
  boolean hasRoutingKey() {
    return fixed != null;
  }

  /** Where a dead letter goes. */
  Address addressFor(Message message) {
    return fixed == null ? new Address(exchange, message.topic()) : fixed;
  }
}
