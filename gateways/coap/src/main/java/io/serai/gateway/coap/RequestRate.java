package io.serai.gateway.coap;

/** How many requests a peer may send in a second. Confined to the connection's event loop. */
final class RequestRate {
  private static final double SECOND_MILLIS = 1_000;

  private final int perSecond;
  private double left;
  private long countedMillis;

  /**
   * @param perSecond 0 for any number
   */
  RequestRate(int perSecond) {
    this.perSecond = perSecond;
    this.left = perSecond;
  }

  /** Takes one; false when the peer is too fast. */
  boolean take(long clockMillis) {
    if (perSecond == 0) {
      return true;
    }
    double more = (clockMillis - countedMillis) / SECOND_MILLIS * perSecond;
    left = Math.min(perSecond, left + more);
    countedMillis = clockMillis;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }
}
