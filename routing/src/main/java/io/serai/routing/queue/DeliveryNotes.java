package io.serai.routing.queue;

import io.serai.routing.store.DeliveryHistory;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import java.util.Arrays;

/**
 * What the store is told about the deliveries of one durable queue, so that a message that may have
 * been delivered is marked redelivered after a restart. Messages are delivered in order, so one
 * mark for each priority is enough, written once a turn. Confined to the shard's loop.
 */
final class DeliveryNotes {
  private static final long NONE = -1;

  private final long owner;
  private final Store store;

  /** The highest sequence delivered, by priority; as many as have come up. */
  private long[] marks = {NONE};

  /** Priorities below 64 whose mark is not written yet; the others are written at once. */
  private long unwritten;

  DeliveryNotes(long owner, Store store) {
    this.owner = owner;
    this.store = store;
  }

  /** A mark of an earlier run: what is delivered again below it does not take it back. */
  void restore(int priority, long mark) {
    know(priority);
    marks[priority] = mark;
  }

  private void know(int priority) {
    if (priority >= marks.length) {
      int known = marks.length;
      marks = Arrays.copyOf(marks, priority + 1);
      Arrays.fill(marks, known, marks.length, NONE);
    }
  }

  /** A message is delivered: true when {@link #write} has to be called when the turn ends. */
  boolean delivered(long sequence) {
    int priority = PriorityLevels.priorityOf(sequence);
    know(priority);
    if (sequence <= marks[priority]) {
      return false;
    }
    marks[priority] = sequence;
    if (priority >= Long.SIZE) {
      put(priority);
      return false;
    }
    boolean isFirst = unwritten == 0;
    unwritten |= 1L << priority;
    return isFirst;
  }

  /** Writes the marks that have changed. */
  void write() {
    long changed = unwritten;
    unwritten = 0;
    for (long left = changed; left != 0; left &= left - 1) {
      put(Long.numberOfTrailingZeros(left));
    }
  }

  private void put(int priority) {
    store.put(
        FactKind.DELIVERED,
        DeliveryHistory.key(owner, priority),
        DeliveryHistory.value(marks[priority]));
  }

  /** The queue is gone. */
  void removed() {
    unwritten = 0;
    for (int priority = 0; priority < marks.length; priority++) {
      store.remove(FactKind.DELIVERED, DeliveryHistory.key(owner, priority));
    }
  }
}
