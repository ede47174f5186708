package io.serai.bus;

import java.util.Set;

/**
 * A publish that the client may send again after the node has ended, and that each durable queue is
 * to get once all the same (MQTT QoS 2). Every shard notes under the item which of its queues have
 * the message, together with the message: one is not stored without the other. {@link
 * SessionNote.Released} ends that.
 *
 * @param holders owners, in the store, that have the message from an attempt before the node ended;
 *     they are not given it again
 */
public record PublishOnce(SessionItem item, Set<Long> holders) {
  /** A first attempt. */
  public static PublishOnce first(SessionItem item) {
    return new PublishOnce(item, Set.of());
  }
}
