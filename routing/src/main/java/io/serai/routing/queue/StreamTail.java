package io.serai.routing.queue;

import io.serai.routing.stream.StreamEntry;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of a stream, in memory until they are synced and those who read at the tail
 * have them, so that live readers cost the disk nothing. What is synced is bounded by {@link
 * #MAX_BYTES}, and that of all streams of a shard by its {@link ReadBudget}, whatever slow readers
 * still want: they read it from the disk. What is not is bounded by the publishers' credit.
 */
final class StreamTail {
  /** Bytes of messages that wait for readers. */
  static final long MAX_BYTES = 1024 * 1024;

  private static final int FEWEST_SLOTS = 16;

  private final MemoryAccount memory;
  private final ReadBudget budget;

  /** By offset, modulo the length, which is a power of two. */
  private @Nullable StreamItem[] ring = new StreamItem[FEWEST_SLOTS];

  private long first;
  private long next;
  private long bytes;

  /** What the budget counts: all that is here as long as readers keep a part of it here. */
  private long countedBytes;

  StreamTail(long nextOffset, MemoryAccount memory, ReadBudget budget) {
    this.first = nextOffset;
    this.next = nextOffset;
    this.memory = memory;
    this.budget = budget;
  }

  /** Offset of the oldest message here; that of the next one when there is none. */
  long first() {
    return first;
  }

  /** Adds the next message, which counts as memory already. */
  void add(StreamEntry entry) {
    int held = (int) (next - first);
    if (held == ring.length) {
      grow();
    }
    ring[slot(next)] = new StreamItem(entry);
    next++;
    bytes += entry.message().sizeBytes();
  }

  private int slot(long offset) {
    return (int) offset & (ring.length - 1);
  }

  private void grow() {
    @Nullable StreamItem[] old = ring;
    ring = new StreamItem[old.length * 2];
    for (long offset = first; offset < next; offset++) {
      ring[slot(offset)] = old[(int) offset & (old.length - 1)];
    }
  }

  /** The message at an offset from {@link #first} up to what was added. */
  StreamItem at(long offset) {
    StreamItem item = ring[slot(offset)];
    if (item == null) {
      throw new IllegalArgumentException(
          "offset %d is not among %d to %d".formatted(offset, first, next));
    }
    return item;
  }

  /**
   * Lets go of what nobody needs from memory.
   *
   * @param synced what is below can be read from the disk
   * @param wanted below this offset nobody reads here
   */
  void trim(long synced, long wanted) {
    count(0);
    long most = budget.isShort() ? 0 : MAX_BYTES;
    while (first < synced && (first < wanted || bytes > most)) {
      dropFirst();
    }
    count(first < synced ? bytes : 0);
    if (first == next && ring.length > FEWEST_SLOTS) {
      ring = new StreamItem[FEWEST_SLOTS];
    }
  }

  private void count(long now) {
    budget.add(now - countedBytes);
    countedBytes = now;
  }

  private void dropFirst() {
    StreamItem item = at(first);
    bytes -= item.entry().message().sizeBytes();
    memory.drop(item.entry().message());
    ring[slot(first)] = null;
    first++;
  }

  /** Lets go of everything. */
  void clear() {
    count(0);
    while (first < next) {
      dropFirst();
    }
  }
}
