package io.serai.gateway.mqtt;

import java.util.BitSet;
import java.util.List;

/**
 * What MQTT keeps of a session while its client is away, beside the messages in its queue (MQTT 5.0
 * §4.1). Immutable: the bit set is not written to once it is in here.
 *
 * @param subscriptions the client's subscriptions
 * @param outbound QoS 1 and 2 messages sent and not completed, in the order they were sent
 * @param received packet ids of QoS 2 publishes received and not released
 */
record SessionState(List<Subscription> subscriptions, List<Unfinished> outbound, BitSet received) {
  /** A session that has just begun. */
  static final SessionState NEW = new SessionState(List.of(), List.of(), new BitSet());

  SessionState {
    subscriptions = List.copyOf(subscriptions);
    outbound = List.copyOf(outbound);
  }

  /**
   * A message whose delivery was under way when the connection ended.
   *
   * @param packetId its packet identifier, which the next attempt uses again
   * @param sequence its place in the session's queue; meaningless once released
   * @param qos 1 or 2
   * @param isReleased the client has it (PUBREC came) and only PUBREL and PUBCOMP are left
   */
  record Unfinished(int packetId, long sequence, int qos, boolean isReleased) {}
}
