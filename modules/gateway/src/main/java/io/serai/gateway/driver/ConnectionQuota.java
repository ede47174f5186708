package io.serai.gateway.driver;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each user, or each address, may have open. Holds one number per user or
 * address that is connected. Shared by all loops; connections that arrive on several loops at the
 * same moment may pass the limit by one each.
 */
public final class ConnectionQuota {
  private final int max;
  private final ConcurrentHashMap<String, Integer> open = new ConcurrentHashMap<>();

  /**
   * @param max connections each; 0 for no limit, which counts nothing
   */
  public ConnectionQuota(int max) {
    this.max = max;
  }

  boolean isReached(String who) {
    return max > 0 && open.getOrDefault(who, 0) >= max;
  }

  void opened(String who) {
    if (max > 0) {
      open.merge(who, 1, Integer::sum);
    }
  }

  void closed(String who) {
    if (max > 0) {
      open.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
