package io.serai.routing.queue;

/** When it is tried again to read what could not be read. */
final class Unreadable {
  private static final long FIRST_MILLIS = 1_000;
  private static final int MOST_DOUBLED = 8;

  private Unreadable() {}

  /**
   * How long to wait: a second, then twice as long each time, at most 4 minutes and 16 seconds.
   *
   * @param failures how often it was tried again already
   */
  static long waitMillis(int failures) {
    return FIRST_MILLIS << Math.min(failures, MOST_DOUBLED);
  }
}
