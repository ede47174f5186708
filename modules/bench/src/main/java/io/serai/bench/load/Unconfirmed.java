package io.serai.bench.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/**
 * A publisher's messages the broker has not confirmed, numbered from 1. The publishing thread
 * sends, the reading thread confirms; nobody waits.
 */
final class Unconfirmed {
  private static final long CONFIRMED = Long.MIN_VALUE;

  private final int window;
  private final int mask;
  private final AtomicLongArray dueNanos; // by number; CONFIRMED once it is
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong lowest = new AtomicLong(1); // of the unconfirmed
  private final Histogram latency;
  private final Tally tally;

  /**
   * Nothing sent yet.
   *
   * @param window messages between the lowest unconfirmed one and the last sent
   * @param latency where confirm times go while the tally measures
   */
  Unconfirmed(int window, Histogram latency, Tally tally) {
    this.window = window;
    int slots = Integer.highestOneBit(Math.max(1, window)) << 1;
    this.mask = slots - 1;
    this.dueNanos = new AtomicLongArray(slots);
    this.latency = latency;
    this.tally = tally;
  }

  boolean hasRoom() {
    return sent.getPlain() - lowest.getAcquire() + 1 < window;
  }

  /** The number of the next message, which is sent now. */
  long send(long due) {
    long number = sent.getPlain() + 1;
    dueNanos.setRelease((int) number & mask, due);
    sent.setRelease(number);
    return number;
  }

  /** The lowest number that is not confirmed; one past the last sent when all are. */
  long lowest() {
    return lowest.getAcquire();
  }

  long open() {
    return sent.getAcquire() - lowest.getAcquire() + 1;
  }

  /**
   * One message is confirmed.
   *
   * @throws LoadFailure when it was not sent or is confirmed already
   */
  void confirm(long number, long nowNanos) {
    settle(number, nowNanos);
    advance();
  }

  /** Every message up to this one is confirmed that was not before. */
  void confirmUpTo(long number, long nowNanos) {
    for (long each = lowest.getPlain(); each <= number; each++) {
      if (each > sent.getAcquire() || dueNanos.getAcquire((int) each & mask) != CONFIRMED) {
        settle(each, nowNanos);
      }
    }
    advance();
  }

  private void settle(long number, long nowNanos) {
    int slot = (int) number & mask;
    if (number < lowest.getPlain()
        || number > sent.getAcquire()
        || dueNanos.getAcquire(slot) == CONFIRMED) {
      throw new LoadFailure(
          "the broker confirmed message " + number + " which is not open (sent " + sent + ")");
    }
    if (tally.isMeasuring()) {
      latency.recordValue(Math.clamp(nowNanos - dueNanos.getAcquire(slot), 0, Tally.LONGEST_NANOS));
    }
    dueNanos.setRelease(slot, CONFIRMED);
  }

  private void advance() {
    long at = lowest.getPlain();
    long end = sent.getAcquire();
    while (at <= end && dueNanos.getAcquire((int) at & mask) == CONFIRMED) {
      at++;
    }
    lowest.setRelease(at);
  }
}
