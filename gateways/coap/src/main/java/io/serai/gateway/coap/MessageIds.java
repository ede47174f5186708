package io.serai.gateway.coap;

/**
 * Message ids of what we send to one peer. None comes again while it may still mean the message
 * before (RFC 7252 §4.4), so there are only so many in a while. Confined to the connection's event
 * loop.
 */
final class MessageIds {
  private static final int IDS = 1 << 16;

  /** Ids that may be used at once; what a lifetime adds to them is still below all there are. */
  private static final int BURST = IDS / 4;

  private final double perMilli;
  private int last;
  private double left = BURST;
  private long countedMillis;

  /**
   * @param first anything
   * @param lifetimeMillis how long an id means one message
   */
  MessageIds(int first, long lifetimeMillis) {
    this.last = first & IDS - 1;
    this.perMilli = (double) (IDS - BURST) / lifetimeMillis;
  }

  int next() {
    left--;
    last = last + 1 & IDS - 1;
    return last;
  }

  /** Whether what can wait has to: the ids that are left are for answers. */
  boolean isShort(long clockMillis) {
    left = Math.min(BURST, left + (clockMillis - countedMillis) * perMilli);
    countedMillis = clockMillis;
    return left < 1;
  }
}
