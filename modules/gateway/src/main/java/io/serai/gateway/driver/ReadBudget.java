package io.serai.gateway.driver;

/**
 * How much of one connection's input a loop takes in one go: as much as it handles in {@link
 * #TURN_NANOS} or {@link #SHORT_TURN_NANOS}, as far as earlier reads tell. What a flooding peer
 * sends beyond that waits in its socket while the loop's other connections have their turn, and
 * then TCP slows it down. Confined to the connection's loop.
 */
final class ReadBudget {
  /** A loop is kept busy by one read for about so long. */
  static final long TURN_NANOS = 250_000;

  /** ... and for about so long while others are to be heard at once. */
  static final long SHORT_TURN_NANOS = 60_000;

  /** Reads below that cost more for the system call than for what is in them. */
  static final int LEAST_BYTES = 8 * 1024;

  /** Small receive buffers cost: 2 KiB ones add 0.7 us of CPU per message under load. */
  static final int MOST_BYTES = 128 * 1024;

  /** Reads of fewer bytes say too little about what a byte costs. */
  private static final int TELLING_BYTES = 2048;

  private int bytes = MOST_BYTES;

  /** How many bytes to take next. */
  int bytes() {
    return bytes;
  }

  /**
   * A read was handled.
   *
   * @param turnNanos how long the next one may take
   */
  void handled(int read, long nanos, long turnNanos) {
    if (read < TELLING_BYTES) {
      return;
    }
    long affordable = nanos <= 0 ? MOST_BYTES : read * turnNanos / nanos;
    // Half way there: one slow turn, or a garbage collection in it, is no measure.
    bytes = (int) Math.clamp((bytes + affordable) / 2, LEAST_BYTES, MOST_BYTES);
  }
}
