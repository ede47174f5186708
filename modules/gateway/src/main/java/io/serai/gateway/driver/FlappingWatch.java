package io.serai.gateway.driver;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts how often clients come and go, and keeps those out for a while that do so too often.
 * Shared by all loops. Remembers at most {@link #MAX_CLIENTS} at a time; while there are more, new
 * ones are not counted.
 */
public final class FlappingWatch {
  /** Watches nobody. */
  public static final FlappingWatch OFF = new FlappingWatch(0, 0, 0);

  static final int MAX_CLIENTS = 100_000;
  private static final Logger log = LoggerFactory.getLogger(FlappingWatch.class);

  /**
   * A client that went at least once.
   *
   * @param untilMillis the end of the window, or of the ban
   */
  private record Seen(int count, long untilMillis, boolean isBanned) {}

  private final int maxCount;
  private final long windowMillis;
  private final long banMillis;
  private final ConcurrentHashMap<String, Seen> clients = new ConcurrentHashMap<>();

  /**
   * @param maxCount disconnections within the window that are one too many; 0 watches nobody
   */
  public FlappingWatch(int maxCount, long windowMillis, long banMillis) {
    this.maxCount = maxCount;
    this.windowMillis = windowMillis;
    this.banMillis = banMillis;
  }

  /** Whether the client is kept out at the moment. */
  boolean isBanned(String clientId, long nowMillis) {
    if (maxCount == 0) {
      return false;
    }
    Seen seen = clients.get(clientId);
    return seen != null && seen.isBanned && nowMillis < seen.untilMillis;
  }

  /** A client that was in has gone. */
  void left(String clientId, long nowMillis) {
    if (maxCount == 0 || clientId.isEmpty()) {
      return;
    }
    if (clients.size() >= MAX_CLIENTS && !clients.containsKey(clientId)) {
      clients.values().removeIf(seen -> seen.untilMillis <= nowMillis);
      if (clients.size() >= MAX_CLIENTS) {
        return;
      }
    }
    clients.compute(clientId, (_, seen) -> next(clientId, seen, nowMillis));
  }

  private Seen next(String clientId, @Nullable Seen seen, long nowMillis) {
    if (seen == null || nowMillis >= seen.untilMillis) {
      return new Seen(1, nowMillis + windowMillis, false);
    }
    if (seen.isBanned) {
      return seen;
    }
    int count = seen.count + 1;
    if (count < maxCount) {
      return new Seen(count, seen.untilMillis, false);
    }
    log.warn("client banned client={} disconnections={}", LogText.of(clientId), count);
    return new Seen(count, nowMillis + banMillis, true);
  }
}
