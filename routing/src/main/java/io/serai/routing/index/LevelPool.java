package io.serai.routing.index;

import org.jspecify.annotations.Nullable;

/**
 * Keeps one instance of levels that many filters have in common ({@code temp}, {@code status}), so
 * that an index of a million filters does not hold them a million times. Lossy and shared by the
 * whole process: a slot remembers the last level that fell into it, and races between loops only
 * cost a missed chance.
 */
final class LevelPool {
  /** A power of two; levels that are as good as unique push each other out. */
  private static final int SLOTS = 1 << 14;

  private static final @Nullable String[] SEEN = new String[SLOTS];

  private LevelPool() {}

  /** {@code level} or an equal string that was seen before. */
  static String shared(String level) {
    int hash = level.hashCode();
    int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    String seen = SEEN[slot];
    if (seen != null && level.equals(seen)) {
      return seen;
    }
    SEEN[slot] = level;
    return level;
  }
}
