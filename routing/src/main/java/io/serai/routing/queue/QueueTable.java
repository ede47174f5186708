package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.QueueRef;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The queues of one shard by slot. A reference finds its queue with one array access and one
 * comparison; slots of deleted queues are used again, and the incarnation tells old from new.
 */
final class QueueTable {
  /** Bits of an incarnation that count on its shard; the shard is above them. */
  private static final int COUNT_BITS = 48;

  private final int loop;
  private @Nullable ShardQueue[] slots = new ShardQueue[64];
  private int used;

  /** Slots below {@link #used} that are free, as a stack. */
  private int[] free = new int[16];

  private int freeCount;
  private long created;

  QueueTable(int loop) {
    this.loop = loop;
  }

  /** The queue, or null when that incarnation is gone. */
  @Nullable ShardQueue find(QueueRef ref) {
    int slot = ref.slot();
    ShardQueue queue = slot < used && slot >= 0 ? slots[slot] : null;
    return queue != null && queue.ref.incarnation() == ref.incarnation() ? queue : null;
  }

  /** The consumer, or null when it or its queue is gone. */
  @Nullable QueueConsumer find(ConsumerRef ref) {
    ShardQueue queue = find(ref.queue());
    return queue == null ? null : queue.consumer(ref);
  }

  /** A reference for a queue about to be created. */
  QueueRef nextRef(String vhost, String name) {
    int slot = freeCount > 0 ? free[freeCount - 1] : used;
    return new QueueRef(vhost, name, loop, slot, ((long) loop << COUNT_BITS) | ++created);
  }

  /** Adds a queue under the reference that {@link #nextRef} gave last. */
  void add(ShardQueue queue) {
    int slot = queue.ref.slot();
    if (freeCount > 0) {
      freeCount--;
    } else {
      used++;
      if (slot == slots.length) {
        slots = Arrays.copyOf(slots, slot * 2);
      }
    }
    slots[slot] = queue;
  }

  /** Removes a queue; its slot may be used again. */
  void remove(ShardQueue queue) {
    int slot = queue.ref.slot();
    slots[slot] = null;
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = slot;
  }

  /** Number of queues. */
  int size() {
    return used - freeCount;
  }
}
