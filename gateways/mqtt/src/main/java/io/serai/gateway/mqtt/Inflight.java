package io.serai.gateway.mqtt;

import io.serai.bus.Delivery;
import org.jspecify.annotations.Nullable;

/** A QoS 1 or 2 message on its way to the client. Confined to its session. */
final class Inflight {
  final int packetId;
  final int qos;

  /** Its place in the queue: how a message of an earlier connection is known again. */
  final long sequence;

  /** What to settle; null once released, and before a message of an earlier connection is back. */
  @Nullable Delivery delivery;

  /** PUBREC came: the client has it, PUBREL was sent. */
  boolean isReleased;

  /** Whether it takes a place in the client's receive maximum. */
  boolean isCounted;

  Inflight(int packetId, int qos, long sequence) {
    this.packetId = packetId;
    this.qos = qos;
    this.sequence = sequence;
  }
}
