package io.serai.config;

import io.serai.config.RoutingConfig.Rule;
import io.serai.config.RoutingConfig.RuleTarget;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Notices rules that take no message anywhere that an earlier rule does not take it already. */
final class ShadowedRules {
  /** The earlier rules with one target. */
  private static final class Earlier {
    final List<Rule> unfiltered = new ArrayList<>();
    final Map<TopicSpelling, CoverIndex<Rule>> filtered = new EnumMap<>(TopicSpelling.class);
  }

  private final Map<RuleTarget, Earlier> byTarget = new HashMap<>();

  /** Adds the next rule of a vhost and returns the earlier one that makes it pointless. */
  Optional<Rule> add(Rule rule) {
    Earlier earlier = byTarget.computeIfAbsent(rule.to(), _ -> new Earlier());
    Optional<Rule> shadow =
        earlier.unfiltered.stream().filter(other -> isWiderBesideTopic(other, rule)).findFirst();
    TopicPattern filter = rule.from().filter();
    if (filter == null) {
      earlier.unfiltered.add(rule);
      return shadow;
    }
    CoverIndex<Rule> index = earlier.filtered.computeIfAbsent(filter.spelling(), CoverIndex::new);
    if (shadow.isEmpty()) {
      shadow = index.covering(filter, other -> isWiderBesideTopic(other, rule));
    }
    index.add(filter, rule);
    return shadow;
  }

  private static boolean isWiderBesideTopic(Rule wide, Rule narrow) {
    return hasSameTopic(wide, narrow)
        && isAnyOrEqual(wide.from().protocol(), narrow.from().protocol())
        && isAnyOrEqual(wide.from().exchange(), narrow.from().exchange())
        && isAnyOrEqual(wide.from().user(), narrow.from().user());
  }

  /** Whether equal templates also mean equal topics: only when they repeat the same captures. */
  private static boolean hasSameTopic(Rule a, Rule b) {
    TopicTemplate template = a.to().topic();
    return template == null
        || template.captured().isEmpty()
        || Objects.equals(a.from().filter(), b.from().filter());
  }

  private static boolean isAnyOrEqual(@Nullable String wide, @Nullable String narrow) {
    return wide == null || wide.equals(narrow);
  }
}
