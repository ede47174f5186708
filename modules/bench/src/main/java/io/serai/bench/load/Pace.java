package io.serai.bench.load;

/**
 * How long and how fast to publish.
 *
 * @param warmSeconds seconds before figures count
 * @param seconds length of the measured window
 * @param ratePerSecond messages per second of all publishers together (open loop), or 0 for as fast
 *     as the window of undelivered messages allows (closed loop)
 * @param count stop after so many messages, all of them measured; 0 for no such limit
 * @param quietSeconds after so long without a delivery the missing ones are lost
 */
public record Pace(
    double warmSeconds, double seconds, double ratePerSecond, long count, double quietSeconds) {
  private static final double QUIET_SECONDS = 8;
  private static final double COUNTED_SECONDS = 600;

  /** As fast as the broker takes them, for a time. */
  public static Pace closedLoop(double warmSeconds, double seconds) {
    return new Pace(warmSeconds, seconds, 0, 0, QUIET_SECONDS);
  }

  /** At a constant rate, each message stamped with the time it was due. */
  public static Pace openLoop(double warmSeconds, double seconds, double ratePerSecond) {
    return new Pace(warmSeconds, seconds, ratePerSecond, 0, QUIET_SECONDS);
  }

  /** So many messages without warm-up, at most for ten minutes; at a rate unless that is 0. */
  public static Pace counted(long count, double ratePerSecond) {
    return new Pace(0, COUNTED_SECONDS, ratePerSecond, count, QUIET_SECONDS);
  }

  /** The same with another time to wait for what is missing. */
  public Pace withQuietSeconds(double shorter) {
    return new Pace(warmSeconds, seconds, ratePerSecond, count, shorter);
  }

  /** Whether messages are sent at a constant rate whatever the broker does. */
  public boolean isOpenLoop() {
    return ratePerSecond > 0;
  }
}
