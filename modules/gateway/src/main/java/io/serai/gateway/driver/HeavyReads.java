package io.serai.gateway.driver;

import io.serai.bus.Bus;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Sees to it that the loop keeps {@link Headroom}: measures what connections take of its time, has
 * heavy ones wait, and reads them on in turn. Confined to its loop.
 */
final class HeavyReads {
  /** Other loops that were sent less in a period are not kept busy by this one. */
  private static final long TELLING_BYTES = 64 * 1024;

  private final int loop;
  private final NodeLoad load;
  private final Headroom headroom;
  private final Counters counters;

  /** Connections that are not read for now, first come first served; each at most once. */
  private final Deque<Connection<?>> waiting = new ArrayDeque<>();

  private final long[] appendedBefore;
  private long busyBeforeNanos;
  private long periodSinceMillis;
  private long periodSinceNanos;

  HeavyReads(int loop, int loopCount, NodeLoad load, Counters counters) {
    this.loop = loop;
    this.load = load;
    this.headroom = new Headroom(load.busyMost());
    this.counters = counters;
    this.appendedBefore = new long[loopCount];
  }

  /**
   * What a connection sent was handled.
   *
   * @return whether it has to wait: {@link Connection#readOn} tells when that is over
   */
  boolean took(Connection<?> by, long costNanos, long nowNanos, long nowMillis) {
    if (!by.isPublisher()) {
      return false; // who consumes and acknowledges is heard whatever that takes
    }
    Appetite appetite = by.appetite();
    if (appetite.took(costNanos, nowNanos)) {
      load.heardLight(nowMillis);
    }
    if (!appetite.isHeavy() || !headroom.spend(costNanos, nowNanos)) {
      return false;
    }
    counters.add(Counter.PUBLISHERS_THROTTLED, 1);
    waiting.add(by);
    return true;
  }

  /** How long a read may take. */
  long readNanos() {
    return headroom.isLimited() ? ReadBudget.SHORT_TURN_NANOS : ReadBudget.TURN_NANOS;
  }

  /** Whether somebody waits, so that {@link #readOn} must be called soon. */
  boolean isAnyWaiting() {
    return !waiting.isEmpty();
  }

  /** Time has passed: who may be read again is. */
  void readOn(long nowNanos) {
    long promised = 0;
    while (!waiting.isEmpty() && headroom.hasRoom(promised, nowNanos)) {
      Connection<?> next = waiting.remove();
      promised += readNanos();
      next.readOn();
    }
  }

  /** A turn ends: sets the share anew when it is time. */
  void turnEnded(Bus bus, long nowMillis) {
    if (nowMillis - periodSinceMillis < Headroom.PERIOD_MILLIS) {
      return;
    }
    long nowNanos = System.nanoTime();
    long period = nowNanos - periodSinceNanos;
    double busy = (double) (bus.busyNanos() - busyBeforeNanos) / period;
    load.say(loop, busy, nowMillis);
    for (int to = 0; to < appendedBefore.length; to++) {
      long appended = bus.appendedBytes(to);
      if (appended - appendedBefore[to] >= TELLING_BYTES) {
        busy = Math.max(busy, load.busy(to, nowMillis));
      }
      appendedBefore[to] = appended;
    }
    headroom.periodEnded(busy, load.hasLight(nowMillis), period);
    busyBeforeNanos = bus.busyNanos();
    periodSinceMillis = nowMillis;
    periodSinceNanos = nowNanos;
  }
}
