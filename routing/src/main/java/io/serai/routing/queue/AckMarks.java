package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.SlotRing;

/**
 * How far one consumer's deliveries had got at the last few checks: tells how old its oldest
 * unsettled one is without noting a time for each.
 */
final class AckMarks {
  /** Checks in the time a delivery may stay unsettled; it is found at most one check late. */
  static final int CHECKS = 4;

  /** The next delivery's number at each of the last checks, as a ring. */
  private final long[] numbers = new long[CHECKS];

  private int at;
  private boolean isReported;

  /**
   * One more check.
   *
   * @return whether something has been unsettled for {@link #CHECKS} checks; once only
   */
  boolean check(SlotRing<Delivery> unsettled) {
    boolean isOverdue = !unsettled.isEmpty() && unsettled.firstNumber() < numbers[at];
    numbers[at] = unsettled.nextNumber();
    at = (at + 1) % CHECKS;
    if (!isOverdue || isReported) {
      return false;
    }
    isReported = true;
    return true;
  }
}
