package io.serai.routing.queue;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All deadlines of a shard behind one timer of its host: a binary heap in which each {@link
 * Deadline} knows its place, so that moving one costs a logarithm and no garbage. One deadline per
 * queue, retained value or kept session that has one, none per message. Confined to the shard's
 * loop.
 */
final class Deadlines {
  /** Due deadlines handled in one go; the rest follows a moment later. */
  private static final int PER_RUN = 1_000;

  /** No timer is set further ahead, so that those of deadlines that moved do not stay for long. */
  private static final long LONGEST_WAIT_MILLIS = 60_000;

  private final ShardHost host;
  private @Nullable Deadline[] heap = new Deadline[16];
  private int size;

  /**
   * When the host's outstanding timers fire, the next one last. They cannot be cancelled; one is
   * only added when it comes before all others, so a few suffice however often deadlines move.
   */
  private final ArrayDeque<Long> timers = new ArrayDeque<>();

  /**
   * While due ones run, what they set is due later: one that goes on in slices has one in a run.
   */
  private long earliestMillis = Long.MIN_VALUE;

  Deadlines(ShardHost host) {
    this.host = host;
  }

  /** Moves a deadline; {@link Deadline#NEVER} takes it away. */
  void set(Deadline deadline, long wantedMillis) {
    long atMillis = Math.max(wantedMillis, earliestMillis);
    if (deadline.atMillis == atMillis) {
      return;
    }
    deadline.atMillis = atMillis;
    if (atMillis == Deadline.NEVER) {
      remove(deadline);
      return;
    }
    if (deadline.place < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      deadline.place = size++;
    }
    siftUp(deadline);
    siftDown(deadline);
    startTimer();
  }

  /** Number of deadlines set. */
  int size() {
    return size;
  }

  private void startTimer() {
    if (size == 0) {
      return;
    }
    long now = host.nowMillis();
    long wait = Math.clamp(at(0).atMillis - now, 1, LONGEST_WAIT_MILLIS);
    Long next = timers.peekLast();
    if (next == null || now + wait < next) {
      Long at = now + wait;
      timers.addLast(at);
      host.schedule(wait, () -> run(at));
    }
  }

  /** The timer for {@code at} fired; the host's clock may still be a little behind it. */
  private void run(Long at) {
    timers.removeLastOccurrence(at);
    long now = host.nowMillis();
    earliestMillis = now + 1;
    try {
      for (int n = 0; n < PER_RUN && size > 0 && at(0).atMillis <= now; n++) {
        Deadline due = at(0);
        due.atMillis = Deadline.NEVER;
        remove(due);
        run(due);
      }
    } finally {
      earliestMillis = Long.MIN_VALUE;
    }
    startTimer();
    host.wake();
  }

  private void run(Deadline due) {
    try {
      due.whenDue.run();
    } catch (RuntimeException e) {
      host.failed("what a deadline brings", e); // those behind it count all the same
    }
  }

  private void remove(Deadline deadline) {
    int place = deadline.place;
    if (place < 0) {
      return;
    }
    deadline.place = -1;
    Deadline last = at(--size);
    heap[size] = null;
    if (last != deadline) {
      last.place = place;
      heap[place] = last;
      siftUp(last);
      siftDown(last);
    }
  }

  private void siftUp(Deadline moving) {
    int place = moving.place;
    while (place > 0) {
      int parent = (place - 1) / 2;
      Deadline above = at(parent);
      if (above.atMillis <= moving.atMillis) {
        break;
      }
      put(above, place);
      place = parent;
    }
    put(moving, place);
  }

  private void siftDown(Deadline moving) {
    int place = moving.place;
    while (true) {
      int child = 2 * place + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && at(child + 1).atMillis < at(child).atMillis) {
        child++;
      }
      Deadline below = at(child);
      if (below.atMillis >= moving.atMillis) {
        break;
      }
      put(below, place);
      place = child;
    }
    put(moving, place);
  }

  private void put(Deadline deadline, int place) {
    heap[place] = deadline;
    deadline.place = place;
  }

  private Deadline at(int place) {
    Deadline deadline = heap[place];
    if (deadline == null) {
      throw new IllegalStateException("no deadline at " + place + " of " + size);
    }
    return deadline;
  }
}
