package io.serai.gateway.driver;

import java.util.concurrent.ConcurrentHashMap;

/**
 * How many connections each user, or each address, may have open. Holds one number per user or
 * address that is connected. Shared by all loops.
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

  /** Counts one more, unless there are as many as there may be: then false. */
  boolean tryOpen(String who) {
    while (max > 0) {
      Integer count = open.putIfAbsent(who, 1);
      if (count == null) {
        return true;
      }
      if (count >= max) {
        return false;
      }
      if (open.replace(who, count, count + 1)) {
        return true;
      }
    }
    return true;
  }

  void closed(String who) {
    if (max > 0) {
      open.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}
