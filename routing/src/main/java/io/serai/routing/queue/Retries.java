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

  private PriorityQueue<Waiting> waiting = empty();

  /** What waits no more and has not had its turn. */
  private int leaving;

  private boolean isEnded;

  private final Deadline deadline = new Deadline(this::release);

  Retries(ShardServices shard, Consumer<Returned> whenDue) {
    this.shard = shard;
    this.whenDue = whenDue;
  }

  private static PriorityQueue<Waiting> empty() {
    return new PriorityQueue<>(
        Comparator.comparingLong(Waiting::dueMillis)
            .thenComparingLong(one -> one.message().sequence()));
  }

  int count() {
    return waiting.size() + leaving;
  }

  /** Holds a message for a time. */
  void hold(Returned message, long waitMillis) {
    waiting.add(new Waiting(shard.host().nowMillis() + waitMillis, message));
    setDeadline();
  }

  /** Nothing waits any more: everything is ready now, or in one of the next turns. */
  void releaseAll() {
    if (!waiting.isEmpty()) {
      leaving += waiting.size();
      shard.turn().add(new Leaving(waiting));
      waiting = empty();
    }
    setDeadline();
  }

  /** The queue is gone, and what waits with it. */
  void end() {
    isEnded = true;
    releaseAll();
  }

  /** Messages that go back to their places or, once the queue is gone, out of memory. */
  private final class Leaving implements Chore {
    private final PriorityQueue<Waiting> messages;

    Leaving(PriorityQueue<Waiting> messages) {
      this.messages = messages;
    }

    @Override
    public boolean isDone() {
      return messages.isEmpty();
    }

    @Override
    public int doSome(int most) {
      int left = 0;
      for (Waiting next; left < most && (next = messages.poll()) != null; left++) {
        leaving--;
        if (isEnded) {
          shard.memory().drop(next.message().message());
        } else {
          whenDue.accept(next.message());
        }
      }
      return Math.max(1, left);
    }
  }

  private void release() {
    long now = shard.host().nowMillis();
    try {
      for (int n = 0; n < Turn.SLICE && isDue(waiting.peek(), now); n++) {
        whenDue.accept(waiting.remove().message());
      }
    } finally {
      setDeadline();
    }
  }

  private static boolean isDue(@Nullable Waiting one, long nowMillis) {
    return one != null && one.dueMillis() <= nowMillis;
  }

  private void setDeadline() {
    Waiting first = waiting.peek();
    shard.deadlines().set(deadline, first == null ? Deadline.NEVER : first.dueMillis());
  }
}
