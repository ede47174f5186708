package io.serai.gateway.driver;

/**
 * How much of its loop's time one connection takes by what it sends, over the last one or two
 * {@link #WINDOW_NANOS}. Pure arithmetic.
 */
final class Appetite {
  static final long WINDOW_NANOS = 100_000_000;

  /** Whoever takes more of a window than this is heavy: a twentieth of the loop's time. */
  static final long HEAVY_NANOS = WINDOW_NANOS / 20;

  /** A heavy one that takes less of one or two is heavy no longer. */
  static final long STILL_HEAVY_NANOS = WINDOW_NANOS / 200;

  /**
   * Whoever takes less is light: a thousandth. That is far less, so that those are not light who
   * keep a loop busy between them, each with an equal part.
   */
  static final long LIGHT_NANOS = WINDOW_NANOS / 1_000;

  private long sinceNanos;
  private long takenNanos;
  private long takenBeforeNanos;
  private boolean isHeavy;

  Appetite(long nowNanos) {
    this.sinceNanos = nowNanos;
  }

  /**
   * What it sent was handled.
   *
   * @param costNanos how long that took
   * @return whether it was light in a window that is over now
   */
  boolean took(long costNanos, long nowNanos) {
    boolean wasLight = false;
    long elapsed = nowNanos - sinceNanos;
    if (elapsed >= WINDOW_NANOS) {
      // Whoever floods and is held up, by the network or by its machine, is not light for that.
      wasLight = takenNanos > 0 && takenNanos < LIGHT_NANOS && !isHeavy;
      takenBeforeNanos = elapsed < 2 * WINDOW_NANOS ? takenNanos : 0;
      takenNanos = 0;
      sinceNanos = nowNanos;
    }
    takenNanos += costNanos;
    long lately = takenBeforeNanos + takenNanos;
    isHeavy = lately > (isHeavy ? STILL_HEAVY_NANOS : HEAVY_NANOS);
    return wasLight;
  }

  /** Whether it takes much of the loop's time. */
  boolean isHeavy() {
    return isHeavy;
  }
}
