package io.serai.gateway.driver;

import io.serai.bus.Bus;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Sees to it that the loop keeps {@link Headroom}: measures what connections take of its time, has
 * heavy ones wait, and reads them on in turn. Confined to its loop.
 */
final class HeavyReads {
  /** Who is read, and may have to wait. */
  interface Reader {
    /** What it takes of the loop's time. */
    Appetite appetite();

    /** Whether it has published anything. */
    boolean isPublisher();

    /** It has waited and is read again. */
    void readOn();
  }

  /** Other loops that were sent less in a period are not kept busy by this one. */
  private static final long TELLING_BYTES = 64 * 1024;

  private final int loop;
  private final NodeLoad load;
  private final Headroom headroom;
  private final Counters counters;

  /** Those that are not read for now, first come first served. */
  private final SequencedSet<Reader> waiting = new LinkedHashSet<>();

  private final long[] appendedBefore;
  private long busyBeforeNanos;
  private long periodSinceMillis;
  private long periodSinceNanos;

  HeavyReads(int loop, int loopCount, NodeLoad load, Headroom headroom, Counters counters) {
    this.loop = loop;
    this.load = load;
    this.headroom = headroom;
    this.counters = counters;
    this.appendedBefore = new long[loopCount];
  }

  /**
   * What a connection sent was handled.
   *
   * @return whether it has to wait from now on: {@link Reader#readOn} tells when that is over
   */
  boolean took(Reader by, long costNanos, long nowNanos, long nowMillis) {
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
    if (!waiting.add(by)) {
      return false; // more of what had been read before
    }
    counters.add(Counter.PUBLISHERS_THROTTLED, 1);
    return true;
  }

  /** A connection has ended, and takes up nobody's room. */
  void left(Reader reader) {
    waiting.remove(reader);
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
      Reader next = waiting.removeFirst();
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
