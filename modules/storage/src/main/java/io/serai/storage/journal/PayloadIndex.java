package io.serai.storage.journal;

import java.util.HashMap;
import java.util.Map;

/**
 * Where each live payload is and how many references it has, 8 bytes each: segment slot (18 bits),
 * offset in units of 8 bytes (27), references (17; a map has what does not fit).
 */
final class PayloadIndex {
  private static final int COUNT_BITS = 17;
  private static final int UNIT_BITS = 27;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;
  private static final long UNIT_MASK = (1L << UNIT_BITS) - 1;

  private final LongTable places = new LongTable();

  /** References beyond what an entry holds: for messages that very many owners share. */
  private final Map<Long, Long> overflow = new HashMap<>();

  private static long pack(int slot, long offset) {
    return ((long) slot << (COUNT_BITS + UNIT_BITS))
        | ((offset / RecordFormat.ALIGNMENT) << COUNT_BITS);
  }

  static int slot(long place) {
    return (int) (place >>> (COUNT_BITS + UNIT_BITS));
  }

  static long offset(long place) {
    return ((place >>> COUNT_BITS) & UNIT_MASK) * RecordFormat.ALIGNMENT;
  }

  /** Whether more than one reference is to it. */
  static boolean isShared(long place) {
    return (place & COUNT_MASK) > 1;
  }

  /** The entry of a payload, 0 when it is not live. */
  long place(long id) {
    return places.get(id);
  }

  /** Notes a payload that nobody refers to yet, or its new place; returns the entry before. */
  long add(long id, int slot, long offset) {
    return places.put(id, pack(slot, offset));
  }

  /** Moves a live payload, its references as they were. */
  void move(long id, int slot, long offset) {
    places.put(id, pack(slot, offset) | (places.get(id) & COUNT_MASK));
  }

  /** Counts one more reference; false when the payload is not there. */
  boolean retain(long id) {
    long place = places.get(id);
    if (place == 0) {
      return false;
    }
    if ((place & COUNT_MASK) == COUNT_MASK) {
      overflow.merge(id, 1L, Long::sum);
    } else {
      places.put(id, place + 1);
    }
    return true;
  }

  /** Counts one reference less; returns the entry when it was the last and is forgotten, else 0. */
  long release(long id) {
    long place = places.get(id);
    if (place == 0) {
      return 0;
    }
    if ((place & COUNT_MASK) == COUNT_MASK && overflow.containsKey(id)) {
      overflow.compute(id, (_, count) -> count == null || count == 1 ? null : count - 1);
      return 0;
    }
    if ((place & COUNT_MASK) <= 1) {
      places.remove(id);
      return place;
    }
    places.put(id, place - 1);
    return 0;
  }

  /** Forgets what nobody refers to. */
  void dropUnreferenced() {
    places.retainAll((_, place) -> (place & COUNT_MASK) != 0);
  }

  void forEach(LongTable.Visitor visitor) {
    places.forEach(visitor);
  }

  long size() {
    return places.size();
  }

  long heapBytes() {
    return places.heapBytes();
  }
}
