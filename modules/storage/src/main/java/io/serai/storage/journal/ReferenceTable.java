package io.serai.storage.journal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which payload each owner refers to under which sequence, and in which segment the reference is: 8
 * bytes each, payload id (46 bits) and segment slot (18).
 */
final class ReferenceTable {
  static final int SLOT_BITS = 18;
  static final long MAX_PAYLOAD_ID = (1L << (Long.SIZE - SLOT_BITS)) - 1;
  private static final long SLOT_MASK = (1L << SLOT_BITS) - 1;

  private final Map<Long, LongTable> owners = new HashMap<>();
  private long lastOwner = Long.MIN_VALUE;
  private @Nullable LongTable last;
  private long size;

  static long pack(long payloadId, int slot) {
    return payloadId << SLOT_BITS | slot;
  }

  static long payloadId(long reference) {
    return reference >>> SLOT_BITS;
  }

  static int slot(long reference) {
    return (int) (reference & SLOT_MASK);
  }

  /** 0 when there is none. */
  long get(long owner, long sequence) {
    LongTable table = table(owner);
    return table == null ? 0 : table.get(sequence);
  }

  /** Returns the one before, 0 for none. */
  long put(long owner, long sequence, long reference) {
    LongTable table = table(owner);
    if (table == null) {
      table = new LongTable();
      owners.put(owner, table);
      lastOwner = owner;
      last = table;
    }
    long before = table.put(sequence, reference);
    size += before == 0 ? 1 : 0;
    return before;
  }

  /** Returns what it was, 0 for none. */
  long remove(long owner, long sequence) {
    LongTable table = table(owner);
    if (table == null) {
      return 0;
    }
    long before = table.remove(sequence);
    if (before != 0) {
      size--;
      if (table.size() == 0) {
        owners.remove(owner);
        last = null;
        lastOwner = Long.MIN_VALUE;
      }
    }
    return before;
  }

  /** All references of one owner, or null when it has none. */
  @Nullable LongTable table(long owner) {
    if (owner == lastOwner && last != null) {
      return last;
    }
    LongTable table = owners.get(owner);
    if (table != null) {
      lastOwner = owner;
      last = table;
    }
    return table;
  }

  /** The owners with references. */
  Map<Long, LongTable> owners() {
    return owners;
  }

  long size() {
    return size;
  }

  long heapBytes() {
    long bytes = owners.size() * 80L;
    for (LongTable table : owners.values()) {
      bytes += table.heapBytes();
    }
    return bytes;
  }
}
