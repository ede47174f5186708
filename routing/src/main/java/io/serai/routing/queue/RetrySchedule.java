package io.serai.routing.queue;

/**
 * How long messages that come back wait before they are ready again ({@code x-delayed-retry-min},
 * {@code -max}, {@code -multiplier}).
 *
 * @param minMillis the first wait, at least 1
 * @param maxMillis no wait is longer
 * @param multiplier each wait is that many times the one before; 0 adds {@code minMillis} each time
 */
record RetrySchedule(long minMillis, long maxMillis, long multiplier) {
  /** The first wait of a queue that only says that there is one. */
  static final long DEFAULT_MIN_MILLIS = 1_000;

  /** The most a message waits when nothing is said: about 49 days, as for delayed messages. */
  static final long MOST_MILLIS = 4_294_967_295L;

  /**
   * The wait of a message that came back {@code times} times.
   *
   * @param times at least 1
   */
  long waitMillis(int times) {
    double wait =
        multiplier == 0
            ? (double) minMillis * times
            : minMillis * Math.pow(multiplier, times - 1.0);
    return (long) Math.min(wait, maxMillis);
  }
}
