package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Bounded waits for what comes by itself. */
final class Eventually {
  private static final long POLL_MILLIS = 5;

  private Eventually() {}

  /** What is waited for. */
  @FunctionalInterface
  interface Condition {
    boolean isSo() throws Exception;
  }

  /** Waits until it is so; fails when it is not within so many seconds. */
  static void await(String what, long seconds, Condition condition) throws Exception {
    await(() -> what, seconds, condition);
  }

  /** The same; what is waited for is said as it is in the end. */
  static void await(Supplier<String> what, long seconds, Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!condition.isSo()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
