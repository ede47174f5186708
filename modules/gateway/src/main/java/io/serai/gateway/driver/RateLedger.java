package io.serai.gateway.driver;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What may happen in a second over all loops. A loop reserves some of it for itself, in a row with
 * the others, and a second in which nobody did leaves a second's worth. Shared without a lock.
 */
final class RateLedger {
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final long perSecond;
  private final double unitNanos;

  /** When all that is reserved has flowed in; never more than a second ago. */
  private final AtomicLong paidNanos;

  /**
   * @param perSecond more than 0
   * @param nowNanos as {@link System#nanoTime} has it
   */
  RateLedger(long perSecond, long nowNanos) {
    this.perSecond = perSecond;
    this.unitNanos = SECOND_NANOS / (double) perSecond;
    this.paidNanos = new AtomicLong(nowNanos - SECOND_NANOS);
  }

  long perSecond() {
    return perSecond;
  }

  /**
   * Reserves {@code amount}, behind what others have reserved.
   *
   * @return from when on it may be used; it may be past
   */
  long reserve(long amount, long nowNanos) {
    while (true) {
      long paid = paidNanos.get();
      long usable = usableNanos(paid, amount, nowNanos);
      if (paidNanos.compareAndSet(paid, usable)) {
        return usable;
      }
    }
  }

  /** Reserves {@code amount} if it may be used at once; answers whether it did. */
  boolean tryReserve(long amount, long nowNanos) {
    while (true) {
      long paid = paidNanos.get();
      long usable = usableNanos(paid, amount, nowNanos);
      if (usable - nowNanos > 0) {
        return false;
      }
      if (paidNanos.compareAndSet(paid, usable)) {
        return true;
      }
    }
  }

  private long usableNanos(long paid, long amount, long nowNanos) {
    long oldest = nowNanos - SECOND_NANOS;
    return (paid - oldest > 0 ? paid : oldest) + (long) (amount * unitNanos);
  }
}
