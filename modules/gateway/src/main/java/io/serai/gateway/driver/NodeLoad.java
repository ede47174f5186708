package io.serai.gateway.driver;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What the loops of a node tell one another of their load, without locks: how busy each is, and
 * when a client that publishes little was last heard. Times are those of {@link MonotonicClock}.
 */
public final class NodeLoad {
  /** A loop says this often how busy it is, whatever it does; what is older means nothing. */
  private static final long FRESH_MILLIS = 250;

  /** Clients that publish now and then are thought of for so long. */
  private static final long REMEMBERED_MILLIS = 5_000;

  private static final int MOST_LOOPS = 1_024;
  private static final int SHARE_BITS = 16;
  private static final int SHARE_MASK = (1 << SHARE_BITS) - 1;

  /** Busy share in the low bits, when it was said above; by loop. */
  private final AtomicLongArray busy = new AtomicLongArray(MOST_LOOPS);

  private final AtomicLong lightMillis = new AtomicLong(-REMEMBERED_MILLIS - 1);

  private final double busyMost;

  /**
   * @param busyMost share of its time that a loop may be busy while clients that publish little are
   *     heard; 1 for no limit
   */
  public NodeLoad(double busyMost) {
    this.busyMost = busyMost;
  }

  double busyMost() {
    return busyMost;
  }

  /**
   * A loop says how busy it has been.
   *
   * @param share of its time, 0 to 1
   */
  void say(int loop, double share, long nowMillis) {
    long part = Math.round(Math.clamp(share, 0, 1) * SHARE_MASK);
    busy.setOpaque(loop, nowMillis << SHARE_BITS | part);
  }

  /** How busy a loop is, 0 to 1; 0 when it has not said so lately. */
  double busy(int loop, long nowMillis) {
    long said = busy.getOpaque(loop);
    boolean isFresh = nowMillis - (said >> SHARE_BITS) <= FRESH_MILLIS;
    return isFresh ? (said & SHARE_MASK) / (double) SHARE_MASK : 0;
  }

  /** A client that publishes little was heard. */
  void heardLight(long nowMillis) {
    lightMillis.setOpaque(nowMillis);
  }

  /** Whether clients that publish little have been heard lately, on any loop. */
  boolean hasLight(long nowMillis) {
    return nowMillis - lightMillis.getOpaque() <= REMEMBERED_MILLIS;
  }
}
