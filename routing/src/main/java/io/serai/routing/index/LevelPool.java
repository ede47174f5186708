package io.serai.routing.index;

import org.jspecify.annotations.Nullable;

/**
 * Keeps one instance of levels that many filters have in common ({@code temp}, {@code status}), so
 * that an index of a million filters does not hold them a million times; the same for what many
 * filters end in. Lossy and shared by the whole process: a slot remembers the last that fell into
 * it, and races between threads only cost a missed chance.
 */
final class LevelPool {
  /** A power of two; levels that are as good as unique push each other out. */
  private static final int SLOTS = 1 << 14;

  private static final @Nullable String[] SEEN = new String[SLOTS];

  /** Hashes of what is seen: a string that is not meant is not even looked at. */
  private static final int[] HASHES = new int[SLOTS];

  /** Tails longer than this are as good as unique. */
  private static final int LONGEST_TAIL = 3;

  private static final int TAIL_SLOTS = 1 << 10;
  private static final Object[] @Nullable [] TAILS = new Object[TAIL_SLOTS][];

  private LevelPool() {}

  /** {@code level} or an equal string that was seen before. */
  static String shared(String level) {
    int hash = level.hashCode();
    int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (HASHES[slot] == hash) {
      String seen = SEEN[slot];
      if (seen != null && level.equals(seen)) {
        return seen;
      }
    }
    HASHES[slot] = hash;
    SEEN[slot] = level;
    return level;
  }

  /** {@code steps} or equal steps that were seen before; what many filters end in. */
  static Object[] sharedTail(Object[] steps) {
    if (steps.length > LONGEST_TAIL) {
      return steps;
    }
    int hash = 0;
    for (Object step : steps) {
      hash = 31 * hash + step.hashCode();
    }
    int slot = (hash ^ (hash >>> 10)) & (TAIL_SLOTS - 1);
    Object @Nullable [] seen = TAILS[slot];
    if (seen != null && isSame(seen, steps)) {
      return seen;
    }
    TAILS[slot] = steps;
    return steps;
  }

  private static boolean isSame(Object[] seen, Object[] steps) {
    if (seen.length != steps.length) {
      return false;
    }
    for (int i = 0; i < steps.length; i++) {
      if (seen[i] != steps[i]) { // levels went through shared()
        return false;
      }
    }
    return true;
  }
}
