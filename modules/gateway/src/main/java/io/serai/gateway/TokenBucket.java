package io.serai.gateway;

/**
 * How much of something may still happen: so much per second, and as much as that at once after a
 * pause. Filled by arithmetic when it is asked; no timer. Not safe for several threads.
 */
public final class TokenBucket {
  private final double perMilli;
  private final double capacity;
  private double tokens;
  private long filledMillis;

  /**
   * @param perSecond more than 0
   */
  public TokenBucket(long perSecond, long nowMillis) {
    this.perMilli = perSecond / 1000.0;
    this.capacity = perSecond;
    this.tokens = perSecond;
    this.filledMillis = nowMillis;
  }

  /** Takes {@code amount}, which may leave a debt. */
  public void take(long amount, long nowMillis) {
    fill(nowMillis);
    tokens -= amount;
  }

  /** Takes 1 if that leaves no debt. */
  public boolean tryTake(long nowMillis) {
    fill(nowMillis);
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** When there is no debt any more: {@code nowMillis} or later. */
  public long freeAtMillis(long nowMillis) {
    fill(nowMillis);
    return tokens >= 0 ? nowMillis : nowMillis + (long) Math.ceil(-tokens / perMilli);
  }

  private void fill(long nowMillis) {
    long passed = nowMillis - filledMillis;
    if (passed != 0) {
      filledMillis = nowMillis; // also when the clock was set back
      tokens = Math.min(capacity, tokens + Math.max(0, passed) * perMilli);
    }
  }
}
