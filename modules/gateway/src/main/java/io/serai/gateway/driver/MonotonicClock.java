package io.serai.gateway.driver;

/**
 * Time that only goes on, whatever becomes of the wall clock: what deadlines and rates are counted
 * in. The same on all loops.
 */
final class MonotonicClock {
  private static final long ORIGIN_NANOS = System.nanoTime();

  private MonotonicClock() {}

  /** Milliseconds since some moment before; positive. */
  static long millis() {
    return 1 + (System.nanoTime() - ORIGIN_NANOS) / 1_000_000;
  }
}
