package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that a session settles together: more of them than one turn should handle if it left
 * them unsettled for long. While they go back to their places their queues deliver nothing, so that
 * what comes after them does not go before.
 */
final class Settling implements Chore {
  private final List<Delivery> deliveries;
  private final Outcome outcome;
  private final QueueTable queues;
  private int next;

  /** Those that wait for the rest; empty for almost all. */
  private Set<ShardQueue> held = Set.of();

  private @Nullable ConsumerRef lastRef;
  private @Nullable QueueConsumer consumer;

  Settling(List<Delivery> deliveries, Outcome outcome, QueueTable queues) {
    this.deliveries = deliveries;
    this.outcome = outcome;
    this.queues = queues;
  }

  @Override
  public boolean isDone() {
    return next == deliveries.size();
  }

  @Override
  public int doSome(int most) {
    int from = next;
    try {
      for (int to = Math.min(deliveries.size(), from + most); next < to; ) {
        settle(deliveries.get(next++));
      }
    } catch (RuntimeException e) {
      next = deliveries.size(); // ours; the queues must not wait for what will not come
      letGo();
      throw e;
    }
    if (isDone()) {
      letGo();
    } else if (outcome == Outcome.RETURNED && held.isEmpty()) {
      holdQueues();
    }
    return Math.max(1, next - from);
  }

  private void settle(Delivery delivery) {
    if (isOther(delivery.consumer(), lastRef)) {
      lastRef = delivery.consumer();
      consumer = queues.find(lastRef);
    }
    if (consumer != null) {
      consumer.queue.settle(consumer, delivery, outcome);
    }
  }

  @SuppressWarnings("ReferenceEquality") // a quick check before a lookup
  private static boolean isOther(ConsumerRef one, @Nullable ConsumerRef last) {
    return one != last;
  }

  private void holdQueues() {
    held = new LinkedHashSet<>();
    ConsumerRef last = null;
    for (int i = next; i < deliveries.size(); i++) {
      ConsumerRef ref = deliveries.get(i).consumer();
      if (isOther(ref, last)) {
        last = ref;
        ShardQueue queue = queues.find(ref.queue());
        if (queue != null && held.add(queue)) {
          queue.hold();
        }
      }
    }
  }

  private void letGo() {
    held.forEach(ShardQueue::letGo);
    held = Set.of();
  }
}
