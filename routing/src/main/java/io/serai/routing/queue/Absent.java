package io.serai.routing.queue;

import io.serai.model.Message;
import java.util.BitSet;

/**
 * Stands for the messages of a {@link MessageChunk} that are on disk only, with what limits and
 * deadlines need to know of them.
 */
final class Absent {
  /** Nobody knows when the first one came, only the message itself does. */
  private static final long UNKNOWN = Long.MIN_VALUE;

  /** Slots of those that are in the store. */
  final BitSet slots;

  /** Sum of the lengths of their bodies. */
  long bodyBytes;

  /** How many of them expire by themselves, whatever their queue says. */
  int expiring;

  /** Whether the store was asked for them. */
  boolean isLoading;

  /** When the first message of the chunk expires by itself and came, as it went out. */
  private long firstExpiresAtMillis = Deadline.NEVER;

  private long firstReceivedMillis = UNKNOWN;

  Absent(int slots) {
    this.slots = new BitSet(slots);
  }

  /** A message goes out. */
  void add(int slot, Message message) {
    long expiresAtMillis = message.expiresAtMillis();
    if (slots.isEmpty()) {
      firstExpiresAtMillis = expiresAtMillis;
      firstReceivedMillis = message.receivedMillis();
    }
    add(slot, message.body().length(), expiresAtMillis);
  }

  /** A message was never here in this run. */
  void add(int slot, int bodyLength, long expiresAtMillis) {
    slots.set(slot);
    bodyBytes += bodyLength;
    expiring += expiresAtMillis == Deadline.NEVER ? 0 : 1;
  }

  /** A message goes without having been looked at: what it was like is a guess. */
  void forget(int slot) {
    int count = slots.cardinality();
    bodyBytes -= bodyBytes / count;
    expiring = Math.min(expiring, count - 1);
    slots.clear(slot);
  }

  /** Takes over what another stands for, whose slots begin at one of this. */
  void append(Absent other, int fromSlot) {
    for (int slot = other.slots.nextSetBit(0); slot >= 0; ) {
      slots.set(fromSlot + slot);
      slot = other.slots.nextSetBit(slot + 1);
    }
    bodyBytes += other.bodyBytes;
    expiring += other.expiring;
  }

  /** How many of them expire in a queue with that time to live, -1 for none. */
  int expiring(long ttlMillis) {
    return ttlMillis < 0 ? expiring : slots.cardinality();
  }

  /**
   * When somebody has to look at the first one because it may have expired; {@link Deadline#NEVER}
   * while it is on its way here.
   */
  long firstDueMillis(long ttlMillis) {
    if (isLoading) {
      return Deadline.NEVER;
    }
    if (firstReceivedMillis == UNKNOWN) {
      return 0;
    }
    return ttlMillis < 0
        ? firstExpiresAtMillis
        : Math.min(firstExpiresAtMillis, firstReceivedMillis + ttlMillis);
  }
}
