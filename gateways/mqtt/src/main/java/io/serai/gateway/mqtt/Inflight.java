package io.serai.gateway.mqtt;

import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.gateway.mqtt.SessionState.OfGroup;
import org.jspecify.annotations.Nullable;

/** A QoS 1 or 2 message on its way to the client. Confined to its session. */
final class Inflight {
  private static final long NOT_RELEASED = Long.MAX_VALUE;

  final int packetId;
  final int qos;

  /** Its place in the queue: how a message of an earlier connection is known again. */
  final long sequence;

  /** What to settle; null once released, and before a message of an earlier connection is back. */
  @Nullable Delivery delivery;

  /** What it is when it came out of a shared subscription's queue; else null. */
  @Nullable OfGroup ofGroup;

  /** Whose message it is when it came out of a group's queue on this connection; else null. */
  SharedGroups.@Nullable Member member;

  /** Its place among those whose PUBREC came; PUBRELs are sent again in that order (§4.6). */
  long releaseOrder = NOT_RELEASED;

  /** Whether it takes a place in the client's receive maximum. */
  boolean isCounted;

  /** Where it comes from, once that is known: what is noted of it is stored beside its settling. */
  @Nullable QueueRef queue;

  /** Whether the client was sent it before. */
  boolean isRepeated;

  /** Whether it waits for its turn to be sent, see {@link OutboundFlow}. */
  boolean isUnsent;

  /** Whether it may be sent or PUBREL may follow: what has to be noted first is safe. */
  boolean isNoted;

  /** Whether it is over, and only its packet id is not free yet. */
  boolean isOver;

  Inflight(int packetId, int qos, long sequence) {
    this.packetId = packetId;
    this.qos = qos;
    this.sequence = sequence;
  }

  /** Whether PUBREC came: the client has it, PUBREL was sent. */
  boolean isReleased() {
    return releaseOrder != NOT_RELEASED;
  }
}
