package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What one peer's resources have to do at a time. Holds what is waited for. */
final class Deadlines {
  /** What is due. */
  @FunctionalInterface
  interface Due {
    void run(Effects<CoapFrame> out);
  }

  /** One thing to do, unless it is cancelled. */
  static final class Deadline implements Comparable<Deadline> {
    private final long atMillis;
    private @Nullable Due due;

    private Deadline(long atMillis, Due due) {
      this.atMillis = atMillis;
      this.due = due;
    }

    @Override
    public int compareTo(Deadline other) {
      return Long.compare(atMillis, other.atMillis);
    }
  }

  /** So many cancelled ones are not worth a search. */
  private static final int MIN_CANCELLED = 64;

  /** Null as long as nothing was ever waited for: most peers only observe. */
  private @Nullable PriorityQueue<Deadline> waiting;

  /** How many of {@link #waiting} were cancelled; at most as many as were not, and a few. */
  private int cancelled;

  /** Runs {@code due} at a time, in milliseconds since 1970. */
  Deadline at(long millis, Due due) {
    PriorityQueue<Deadline> all = waiting;
    if (all == null) {
      all = new PriorityQueue<>(2);
      waiting = all;
    }
    Deadline deadline = new Deadline(millis, due);
    all.add(deadline);
    return deadline;
  }

  /** Takes one back; it may have run. */
  void cancel(Deadline deadline) {
    PriorityQueue<Deadline> all = waiting;
    if (deadline.due != null && all != null) {
      deadline.due = null;
      cancelled++;
      removeCancelled(all);
      if (cancelled > MIN_CANCELLED && cancelled > all.size() / 2) {
        all.removeIf(one -> one.due == null);
        cancelled = 0;
      }
    }
  }

  /** How many are kept, with those that were cancelled. */
  int size() {
    PriorityQueue<Deadline> all = waiting;
    return all == null ? 0 : all.size();
  }

  /** When the first one is due; {@link Long#MAX_VALUE} for never. */
  long nextMillis() {
    PriorityQueue<Deadline> all = waiting;
    Deadline first = all == null ? null : all.peek();
    return first == null ? Long.MAX_VALUE : first.atMillis;
  }

  /** Runs what is due. */
  void run(Effects<CoapFrame> out) {
    PriorityQueue<Deadline> all = waiting;
    if (all == null) {
      return;
    }
    long now = out.nowMillis();
    for (Deadline first = all.peek(); first != null && first.atMillis <= now; first = all.peek()) {
      all.remove();
      Due due = first.due;
      first.due = null;
      if (due != null) {
        due.run(out);
      }
      removeCancelled(all);
    }
  }

  /** Those at the head; the others go when they are the most. */
  private void removeCancelled(PriorityQueue<Deadline> all) {
    for (Deadline first = all.peek(); first != null && first.due == null; first = all.peek()) {
      all.remove();
      cancelled--;
    }
  }
}
