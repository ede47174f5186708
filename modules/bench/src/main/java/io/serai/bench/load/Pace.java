package io.serai.bench.load;

/**
 * How long and how fast to publish.
 *
 * @param warmSeconds seconds before figures count
 * @param seconds length of the measured window
 * @param ratePerSecond messages per second of all publishers together (open loop), or 0 for as fast
 *     as the window of undelivered messages allows (closed loop)
 * @param count stop after so many messages, all of them measured; 0 for no such limit
 */
public record Pace(double warmSeconds, double seconds, double ratePerSecond, long count) {
  /** As fast as the broker takes them, for a time. */
  public static Pace closedLoop(double warmSeconds, double seconds) {
    return new Pace(warmSeconds, seconds, 0, 0);
  }

  /** At a constant rate, each message stamped with the time it was due. */
  public static Pace openLoop(double warmSeconds, double seconds, double ratePerSecond) {
    return new Pace(warmSeconds, seconds, ratePerSecond, 0);
  }

  /** So many messages, as fast as the broker takes them, at most for a minute. */
  public static Pace counted(long count) {
    return new Pace(0, 60, 0, count);
  }

  /** Whether messages are sent at a constant rate whatever the broker does. */
  public boolean isOpenLoop() {
    return ratePerSecond > 0;
  }
}
