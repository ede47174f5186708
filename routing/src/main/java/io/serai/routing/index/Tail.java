package io.serai.routing.index;

import java.util.Arrays;

/**
 * The rest of a single filter. Most of a large index is tails, so what follows the level that tells
 * a filter from all others costs one small array and not a node per level.
 *
 * @param rest steps; see {@link TopicNode}
 * @param values never null
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record Tail(Object[] rest, Object values) implements TopicNode {
  static final Object[] NOTHING = {};

  /** The tail of {@code steps} from {@code from} on. */
  static Tail of(Object[] steps, int from, Object values) {
    return new Tail(
        from == steps.length
            ? NOTHING
            : LevelPool.sharedTail(Arrays.copyOfRange(steps, from, steps.length)),
        values);
  }

  boolean isSame(Object[] steps, int from) {
    return Arrays.equals(rest, 0, rest.length, steps, from, steps.length);
  }

  /** A branch in which this filter and {@code steps[from..]}, which is another, part. */
  Branch parting(Object[] steps, int from, Object value, boolean[] added) {
    int common = Arrays.mismatch(rest, 0, rest.length, steps, from, steps.length);
    Branch at =
        withPart(
            withPart(Branch.EMPTY, rest, common, values),
            steps,
            from + common,
            Values.with(null, value, added));
    for (int i = common - 1; i >= 0; i--) {
      at = Branch.EMPTY.with(rest[i], at);
    }
    return at;
  }

  private static Branch withPart(Branch at, Object[] steps, int parting, Object values) {
    return parting == steps.length
        ? at.withValues(values)
        : at.with(steps[parting], of(steps, parting + 1, values));
  }

  /**
   * Whether the levels of {@code path} from {@code at} on pass. Looks at each pair of step and
   * level at most once.
   *
   * @param isBehindMulti whether any number of levels may be skipped first
   */
  boolean matches(String[] path, int at, boolean isBehindMulti) {
    if (rest.length == 0) {
      return isBehindMulti || at == path.length;
    }
    int step = 0;
    int level = at;
    // Where the last # stands and what it has taken; only that one can usefully take more.
    int retryStep = isBehindMulti ? 0 : -1;
    int retryLevel = at;
    while (true) {
      Object wanted = step < rest.length ? rest[step] : null;
      if (wanted == MULTI) {
        step++;
        if (step == rest.length) {
          return true;
        }
        retryStep = step;
        retryLevel = level;
      } else if (wanted != null && level < path.length && passes(wanted, path[level])) {
        step++;
        level++;
      } else if (wanted == null && level == path.length) {
        return true;
      } else if (retryStep < 0 || retryLevel == path.length) {
        return false;
      } else {
        step = retryStep;
        retryLevel++;
        level = retryLevel;
      }
    }
  }

  private static boolean passes(Object wanted, String level) {
    return wanted == SINGLE || wanted.equals(level);
  }

  /** This tail with {@code steps[from, to)} in front of it. */
  Tail behind(Object[] steps, int from, int to) {
    if (from == to) {
      return this;
    }
    Object[] longer = Arrays.copyOfRange(steps, from, to + rest.length);
    System.arraycopy(rest, 0, longer, to - from, rest.length);
    return new Tail(LevelPool.sharedTail(longer), values);
  }
}
