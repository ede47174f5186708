package io.serai.bus;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What other loops have sent to this one and it has not come to yet, in the order it came. Bounded
 * by what bounds the senders: credit for deliveries, {@link AppendCredit} for appends. Confined to
 * its loop.
 */
final class Inbox {
  private final Deque<LoopBatch> batches = new ArrayDeque<>();

  /** Which item of the first batch is next. */
  private int next;

  /** Bytes of appends in batches that have been handled whole. */
  private long handledBytes;

  void add(LoopBatch batch) {
    if (!batch.items().isEmpty()) {
      batches.add(batch);
    }
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** Who sent what is next. */
  int fromLoop() {
    return batches.element().fromLoop();
  }

  /** Takes what is next. */
  LoopBatch.Item next() {
    LoopBatch first = batches.element();
    LoopBatch.Item item = first.items().get(next++);
    if (next == first.items().size()) {
      next = 0;
      batches.remove();
      handledBytes = first.appendBytes();
    }
    return item;
  }

  /** Bytes of appends of the batch that {@link #next} has emptied; 0 when there is more of it. */
  long takeHandledBytes() {
    long bytes = handledBytes;
    handledBytes = 0;
    return bytes;
  }
}
