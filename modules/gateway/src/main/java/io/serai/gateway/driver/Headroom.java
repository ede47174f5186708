package io.serai.gateway.driver;

/**
 * How much of one loop's time reading from heavy connections ({@link Appetite}) may take, so that
 * the loops that have to do with it are not busy all the time and light ones are heard at once.
 *
 * <p>As long as nobody is light there is no limit. Else each {@link #PERIOD_MILLIS} the share that
 * heavy connections may have is set anew: down in proportion when a loop was busier than it should
 * be, up again when not. Within that, reads spend what accrues over time; who has spent the last of
 * it is not read until there is more. Pure arithmetic.
 */
final class Headroom {
  /** How often the share is set. */
  static final long PERIOD_MILLIS = 10;

  /** Heavy connections always get so much of a loop, whatever keeps it busy. */
  static final double LEAST_SHARE = 0.03;

  /** At most so much accrues while nobody spends it. */
  private static final long MOST_SAVED_NANOS = ReadBudget.TURN_NANOS;

  private static final double MOST_GROWTH = 1.1;
  private static final double MOST_CUT = 0.5;

  private final double busyMost;
  private double share = 1;
  private long savedNanos;
  private long accruedAtNanos;

  /** What heavy connections took in this period. */
  private long takenNanos;

  /**
   * @param busyMost share of a loop's time that it may be busy; 1 for no limit
   */
  Headroom(double busyMost) {
    this.busyMost = busyMost;
  }

  /** Whether heavy connections are held to a share. */
  boolean isLimited() {
    return share < 1;
  }

  /** The part of the loop's time that reading from heavy connections may take, 1 for all. */
  double share() {
    return share;
  }

  /**
   * A period is over.
   *
   * @param busy how busy the busiest loop was that heavy connections of this one keep busy
   * @param hasLight whether anybody is to be considered
   * @param periodNanos how long it was
   */
  void periodEnded(double busy, boolean hasLight, long periodNanos) {
    double taken = (double) takenNanos / periodNanos;
    takenNanos = 0;
    if (!hasLight || busyMost >= 1) {
      share = 1;
    } else if (busy > busyMost) {
      double from = Math.min(share, taken);
      share = Math.clamp(from * Math.max(MOST_CUT, busyMost / busy), LEAST_SHARE, 1);
    } else {
      double growth = Math.min(MOST_GROWTH, busyMost / Math.max(busy, LEAST_SHARE));
      share = Math.min(1, share * growth);
    }
  }

  /** What a heavy connection sent was handled; answers whether it is not to be read for now. */
  boolean spend(long costNanos, long nowNanos) {
    takenNanos += costNanos;
    accrue(nowNanos);
    savedNanos -= costNanos;
    return isLimited() && savedNanos <= 0;
  }

  /**
   * Whether another heavy connection may be read.
   *
   * @param promisedNanos what others will spend that were just told so
   */
  boolean hasRoom(long promisedNanos, long nowNanos) {
    accrue(nowNanos);
    return !isLimited() || savedNanos > promisedNanos;
  }

  private void accrue(long nowNanos) {
    long more = (long) (share * (nowNanos - accruedAtNanos));
    accruedAtNanos = nowNanos;
    savedNanos = Math.min(savedNanos + more, MOST_SAVED_NANOS);
  }
}
