package io.serai.gateway.driver;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds connections whose next deadline has come, with work per tick for those only. A visit that
 * finds its deadline moved on puts the connection further on; deadlines beyond the wheel's span are
 * looked at once per span. An earlier deadline leaves a stale entry behind, which its visit skips.
 */
final class DeadlineWheel {
  private static final int BUCKETS = 512;

  private final long tickMillis;
  private final List<List<Connection<?>>> buckets = new ArrayList<>(BUCKETS);
  private long currentTick;

  DeadlineWheel(long tickMillis, long nowMillis) {
    this.tickMillis = tickMillis;
    this.currentTick = nowMillis / tickMillis;
    for (int i = 0; i < BUCKETS; i++) {
      buckets.add(new ArrayList<>(0));
    }
  }

  /** Has {@code connection} visited at {@code deadlineMillis}, or earlier. */
  void add(Connection<?> connection, long deadlineMillis) {
    if (deadlineMillis == Long.MAX_VALUE) {
      return;
    }
    // Round up: a visit a tick late is a deadline kept, one a tick early would come twice.
    long tick = Math.max(currentTick + 1, deadlineMillis / tickMillis + 1);
    tick = Math.min(tick, currentTick + BUCKETS - 1);
    if (connection.wheelTick > currentTick && connection.wheelTick <= tick) {
      return;
    }
    connection.wheelTick = tick;
    buckets.get((int) (tick % BUCKETS)).add(connection);
  }

  /** Visits every connection whose deadline lies before {@code nowMillis}. */
  void advance(long nowMillis) {
    long nowTick = nowMillis / tickMillis;
    if (nowTick - currentTick > BUCKETS) {
      currentTick = nowTick - BUCKETS; // the clock jumped: one round visits everybody
    }
    while (currentTick < nowTick) {
      currentTick++;
      int index = (int) (currentTick % BUCKETS);
      List<Connection<?>> due = buckets.get(index);
      if (due.isEmpty()) {
        continue;
      }
      buckets.set(index, new ArrayList<>(0));
      for (Connection<?> connection : due) {
        if (connection.isEnded() || connection.wheelTick > currentTick) {
          continue;
        }
        if (connection.nextDeadlineMillis() <= nowMillis) {
          connection.onTick(nowMillis);
        }
        if (!connection.isEnded()) {
          add(connection, connection.nextDeadlineMillis());
        }
      }
    }
  }
}
