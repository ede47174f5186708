package io.serai.gateway.mqtt;

import io.serai.model.Message;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What MQTT keeps of a session while its client is away, beside the messages in its queue (MQTT 5.0
 * §4.1). Immutable: the bit set is not written to once it is in here.
 *
 * @param subscriptions the client's subscriptions
 * @param outbound QoS 1 and 2 messages sent and not completed: released ones in the order of their
 *     PUBRECs, then the others in the order they were sent
 * @param received packet ids of QoS 2 publishes received and not released
 * @param isPartial whether it was taken while the client was connected and the node ended since:
 *     packet ids used after that are not known
 */
record SessionState(
    List<Subscription> subscriptions,
    List<Unfinished> outbound,
    BitSet received,
    boolean isPartial) {
  /** A session that has just begun. */
  static final SessionState NEW = new SessionState(List.of(), List.of(), new BitSet());

  /** All that is kept when a connection has ended. */
  SessionState(List<Subscription> subscriptions, List<Unfinished> outbound, BitSet received) {
    this(subscriptions, outbound, received, false);
  }

  SessionState {
    subscriptions = List.copyOf(subscriptions);
    outbound = List.copyOf(outbound);
  }

  /**
   * A message whose delivery was under way when the connection ended.
   *
   * @param packetId its packet identifier, which the next attempt uses again
   * @param sequence its place in the session's queue; meaningless once released or of a group
   * @param qos 1 or 2
   * @param isReleased the client has it (PUBREC came) and only PUBREL and PUBCOMP are left
   * @param ofGroup a shared subscription's message that this client has to get (MQTT 5.0 §4.8.2:
   *     QoS 2, not released); it is no longer in the group's queue. Null for the session's own
   */
  record Unfinished(
      int packetId, long sequence, int qos, boolean isReleased, @Nullable OfGroup ofGroup) {}

  /** A message out of a shared subscription's queue, and how this client subscribed to it. */
  record OfGroup(Message message, SubscriptionMatch match) {}
}
