package io.serai.routing;

import io.serai.model.TopicFilter.Literal;
import io.serai.model.TopicFilter.Multi;
import io.serai.model.TopicFilter.Single;
import io.serai.model.TopicFilter.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the wildcards of a filter take of a topic that passes it. */
final class Captures {
  private Captures() {}

  /**
   * The levels each wildcard took, in the order of the filter; a {@code #} takes as little as it
   * can, the first ones first. Looks at most once at each pair of step and level.
   *
   * @param levels of a topic that passes
   */
  static List<List<String>> of(List<Step> steps, String[] levels) {
    int[] starts = starts(steps, levels);
    List<List<String>> captures = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (!(steps.get(i) instanceof Literal)) {
        captures.add(List.of(Arrays.copyOfRange(levels, starts[i], starts[i + 1])));
      }
    }
    return captures;
  }

  /** Where each step begins, and at last where the topic ends. */
  private static int[] starts(List<Step> steps, String[] levels) {
    int[] starts = new int[steps.size() + 1];
    int step = 0;
    int level = 0;
    // Only the last # before a mismatch can usefully take more: those before it took the least.
    int lastMulti = -1;
    int lastMultiEnd = 0;
    while (step < steps.size() || level < levels.length) {
      if (step < steps.size()) {
        starts[step] = level;
        if (steps.get(step) instanceof Multi) {
          lastMulti = step;
          lastMultiEnd = level;
          step++;
          continue;
        }
        if (level < levels.length && takes(steps.get(step), levels[level])) {
          step++;
          level++;
          continue;
        }
      }
      if (lastMulti < 0 || lastMultiEnd == levels.length) {
        throw new IllegalArgumentException("the topic does not pass the filter");
      }
      step = lastMulti + 1;
      lastMultiEnd++;
      level = lastMultiEnd;
    }
    starts[steps.size()] = levels.length;
    return starts;
  }

  private static boolean takes(Step step, String level) {
    return switch (step) {
      case Literal(String wanted) -> wanted.equals(level);
      case Single _ -> true;
      case Multi _ -> throw new IllegalArgumentException("a # takes no single level");
    };
  }
}
