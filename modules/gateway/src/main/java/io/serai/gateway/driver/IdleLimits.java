package io.serai.gateway.driver;

/**
 * When a connection was last heard of and spoken to, and what silence means. Pure arithmetic; the
 * wheel asks it for the next moment worth a look. Times are those of {@link MonotonicClock}.
 */
final class IdleLimits {
  private long readTimeoutMillis;
  private long writeIdleMillis;
  private long lastReadMillis;
  private long lastWriteMillis;

  /** When the connection is closed whatever happens; 0 for not. */
  private long closeAtMillis;

  /**
   * @param closeAtMillis when a peer that has not logged in by then is dropped
   */
  IdleLimits(long nowMillis, long closeAtMillis) {
    this.lastReadMillis = nowMillis;
    this.lastWriteMillis = nowMillis;
    this.closeAtMillis = closeAtMillis;
  }

  /** Sets both limits, counted from now; 0 switches one off. */
  void set(long readTimeoutMillis, long writeIdleMillis, long nowMillis) {
    this.readTimeoutMillis = readTimeoutMillis;
    this.writeIdleMillis = writeIdleMillis;
    this.lastReadMillis = nowMillis;
    this.lastWriteMillis = nowMillis;
  }

  void closeAt(long millis) {
    closeAtMillis = millis;
  }

  void neverClose() {
    closeAtMillis = 0;
  }

  void read(long nowMillis) {
    lastReadMillis = nowMillis;
  }

  void wrote(long nowMillis) {
    lastWriteMillis = nowMillis;
  }

  boolean isCloseDue(long nowMillis) {
    return closeAtMillis > 0 && nowMillis >= closeAtMillis;
  }

  boolean isWriteIdle(long nowMillis) {
    return writeIdleMillis > 0 && nowMillis - lastWriteMillis >= writeIdleMillis;
  }

  boolean isReadTimedOut(long nowMillis) {
    return readTimeoutMillis > 0 && nowMillis - lastReadMillis >= readTimeoutMillis;
  }

  /**
   * When to look next; {@link Long#MAX_VALUE} for never.
   *
   * @param closing only the close counts then
   */
  long nextMillis(boolean closing) {
    long next = closeAtMillis > 0 ? closeAtMillis : Long.MAX_VALUE;
    if (!closing && readTimeoutMillis > 0) {
      next = Math.min(next, lastReadMillis + readTimeoutMillis);
    }
    if (!closing && writeIdleMillis > 0) {
      next = Math.min(next, lastWriteMillis + writeIdleMillis);
    }
    return next;
  }
}
