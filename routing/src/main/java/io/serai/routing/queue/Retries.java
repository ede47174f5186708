package io.serai.routing.queue;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one queue that came back and wait before they are ready again. They stay in the
 * queue's custody, so there are no more of them than it had; they do not count as ready.
 */
final class Retries {
  private record Waiting(long dueMillis, Returned message) {}

  private final ShardServices shard;

  /** Puts a message that has waited back to its old place. */
  private final Consumer<Returned> whenDue;

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Waiting::dueMillis)
              .thenComparingLong(one -> one.message().sequence()));

  private final Deadline deadline = new Deadline(this::release);

  Retries(ShardServices shard, Consumer<Returned> whenDue) {
    this.shard = shard;
    this.whenDue = whenDue;
  }

  int count() {
    return waiting.size();
  }

  /** Holds a message for a time. */
  void hold(Returned message, long waitMillis) {
    waiting.add(new Waiting(shard.host().nowMillis() + waitMillis, message));
    setDeadline();
  }

  /** Nothing waits any more: everything is ready now. */
  void releaseAll() {
    for (Waiting next; (next = waiting.poll()) != null; ) {
      whenDue.accept(next.message());
    }
    setDeadline();
  }

  /** The queue is gone, and what waits with it. */
  void end() {
    waiting.forEach(one -> shard.memory().drop(one.message().message()));
    waiting.clear();
    setDeadline();
  }

  private void release() {
    long now = shard.host().nowMillis();
    for (int n = 0; n < Turn.SLICE && isDue(waiting.peek(), now); n++) {
      whenDue.accept(waiting.remove().message());
    }
    setDeadline();
  }

  private static boolean isDue(@Nullable Waiting one, long nowMillis) {
    return one != null && one.dueMillis() <= nowMillis;
  }

  private void setDeadline() {
    Waiting first = waiting.peek();
    shard.deadlines().set(deadline, first == null ? Deadline.NEVER : first.dueMillis());
  }
}
