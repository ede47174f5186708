package io.serai.gateway.driver;

/**
 * How long a closing connection waits for its last words to be read: as long as the peer goes on
 * reading them, within a bound. Times are those of {@link MonotonicClock}.
 */
final class Farewell {
  /** How long a peer may read nothing. */
  static final long PATIENCE_MILLIS = 1_000;

  private static final long MAX_MILLIS = 60_000;

  private final long endsMillis;
  private long waitingBytes = Long.MAX_VALUE;

  Farewell(long nowMillis) {
    this.endsMillis = nowMillis + MAX_MILLIS;
  }

  /**
   * Whether to wait on. Asked whenever the patience has passed.
   *
   * @param bytes what still waits for the socket
   */
  boolean goesOn(long nowMillis, long bytes) {
    boolean isReading = bytes > 0 && bytes < waitingBytes;
    waitingBytes = bytes;
    return isReading && nowMillis < endsMillis;
  }
}
