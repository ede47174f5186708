package io.serai.gateway.mqtt;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledgements owed to the client, in the order its publishes came: PUBACKs and PUBRECs leave
 * in that order however the shards answer (MQTT 5.0 §4.6). Holds what is outstanding, which the
 * receive maximum bounds.
 */
final class AckQueue {
  private static final int DONE = 1 << 31;
  private static final int QOS_2 = 1 << 30;
  private static final int REPEATED = 1 << 29;

  /** Packet id in the low 16 bits, reason in the next 8, then the three marks above. */
  private int[] ring = new int[8];

  private long first;
  private long next;
  private int qos1Count;

  /** Packet ids of the QoS 2 publishes that wait; made for the first one. */
  private @Nullable BitSet qos2;

  /** Adds a publish whose fate is not known yet and answers its ticket. */
  long add(int packetId, int qos) {
    if (next - first == ring.length) {
      grow();
    }
    ring[slot(next)] = packetId | (qos == 2 ? QOS_2 : 0);
    if (qos == 2) {
      BitSet known = qos2;
      if (known == null) {
        known = new BitSet();
        qos2 = known;
      }
      known.set(packetId);
    } else {
      qos1Count++;
    }
    return next++;
  }

  /** What came of the publish with this ticket; later reports of the same are ignored. */
  void complete(long ticket, int reason) {
    if (ticket >= first && ticket < next) {
      int slot = slot(ticket);
      if ((ring[slot] & DONE) == 0) {
        ring[slot] |= DONE | reason << 16;
      }
    }
  }

  /** A queue had the publish with this ticket before. */
  void markRepeated(long ticket) {
    if (ticket >= first && ticket < next) {
      ring[slot(ticket)] |= REPEATED;
    }
  }

  boolean isHeadRepeated() {
    return (ring[slot(first)] & REPEATED) != 0;
  }

  /** Whether a publish that waits has QoS 2. */
  boolean isQos2(long ticket) {
    return (ring[slot(ticket)] & QOS_2) != 0;
  }

  /** The packet id of a publish that waits. */
  int packetId(long ticket) {
    return ring[slot(ticket)] & 0xFFFF;
  }

  /** Whether the oldest publish's fate is known. */
  boolean isHeadComplete() {
    return first < next && (ring[slot(first)] & DONE) != 0;
  }

  int headPacketId() {
    return ring[slot(first)] & 0xFFFF;
  }

  int headReason() {
    return ring[slot(first)] >>> 16 & 0xFF;
  }

  boolean isHeadQos2() {
    return (ring[slot(first)] & QOS_2) != 0;
  }

  void removeHead() {
    BitSet known = qos2;
    if (!isHeadQos2()) {
      qos1Count--;
    } else if (known != null) {
      known.clear(headPacketId());
    }
    first++;
  }

  /** How many publishes wait. */
  int size() {
    return (int) (next - first);
  }

  /** How many QoS 1 publishes wait. */
  int qos1Count() {
    return qos1Count;
  }

  /** Whether the QoS 2 publish {@code packetId} still waits. */
  boolean holdsQos2(int packetId) {
    BitSet known = qos2;
    return known != null && known.get(packetId);
  }

  private int slot(long ticket) {
    return (int) ticket & ring.length - 1;
  }

  private void grow() {
    int[] old = ring;
    ring = Arrays.copyOf(old, old.length * 2);
    for (long ticket = first; ticket < next; ticket++) {
      ring[slot(ticket)] = old[(int) ticket & old.length - 1];
    }
  }
}
