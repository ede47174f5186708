package io.serai.routing.queue;

import io.serai.model.TopicFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * A filter on its way down a tree of topics: the set of its steps that the levels so far may have
 * reached, as bits. Because it is a set, a filter with several {@code #} visits each topic once.
 */
final class FilterWalk {
  /** One bit per step and one for the end. */
  static final int MAX_STEPS = 62;

  private final List<TopicFilter.Step> steps;
  private final boolean isHidingDollar;
  private long singles;
  private long multis;

  /**
   * @param filter at most {@link #MAX_STEPS} steps
   */
  FilterWalk(TopicFilter.Levels filter) {
    this.steps = filter.steps();
    this.isHidingDollar =
        filter.hidesDollar()
            && !steps.isEmpty()
            && !(steps.getFirst() instanceof TopicFilter.Literal);
    for (int i = 0; i < steps.size(); i++) {
      switch (steps.get(i)) {
        case TopicFilter.Literal _ -> {}
        case TopicFilter.Single _ -> singles |= 1L << i;
        case TopicFilter.Multi _ -> multis |= 1L << i;
      }
    }
  }

  /** Before the first level. */
  long start() {
    return withSkippedMultis(1);
  }

  /** After one more level; 0 when nothing below can match. */
  long step(long states, String level) {
    long next = (states & singles) << 1 | (states & multis);
    long left = states & ~(singles | multis | 1L << steps.size());
    for (; left != 0; left &= left - 1) {
      int at = Long.numberOfTrailingZeros(left);
      if (steps.get(at) instanceof TopicFilter.Literal(String wanted) && wanted.equals(level)) {
        next |= 2L << at;
      }
    }
    return withSkippedMultis(next);
  }

  /** Whether a topic may end here. */
  boolean accepts(long states) {
    return (states & 1L << steps.size()) != 0;
  }

  /** Whether any next level may match. */
  boolean hasWildcard(long states) {
    return (states & (singles | multis)) != 0;
  }

  /** The only next levels that can match when there is no wildcard, each once. */
  List<String> literals(long states) {
    List<String> wanted = new ArrayList<>(1);
    for (long left = states & ~(1L << steps.size()); left != 0; left &= left - 1) {
      if (steps.get(Long.numberOfTrailingZeros(left)) instanceof TopicFilter.Literal(String level)
          && !wanted.contains(level)) {
        wanted.add(level);
      }
    }
    return wanted;
  }

  /** Whether a first level is not for wildcards (MQTT 5.0 §4.7.2). */
  boolean hides(String firstLevel) {
    return isHidingDollar && firstLevel.startsWith("$");
  }

  private long withSkippedMultis(long states) {
    long all = states;
    for (long before = 0; before != all; ) {
      before = all;
      all |= (all & multis) << 1;
    }
    return all;
  }
}
