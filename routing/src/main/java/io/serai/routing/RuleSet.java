package io.serai.routing;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.routing.index.TopicIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The rules of a vhost, indexed by topic filter. Immutable.
 *
 * @param rules in the order of the configuration
 * @param index the same by filter
 */
record RuleSet(List<RoutingRule> rules, TopicIndex<RoutingRule> index) {
  static final RuleSet NONE = new RuleSet(List.of(), TopicIndex.empty());

  static RuleSet of(List<RoutingRule> rules) {
    TopicIndex<RoutingRule> index = TopicIndex.empty();
    for (RoutingRule rule : rules) {
      index = index.with(rule.filter(), rule);
    }
    return new RuleSet(List.copyOf(rules), index);
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /** The rules a message passes, in the order of the configuration. */
  List<RoutingRule> matching(Message message) {
    if (rules.isEmpty()) {
      return List.of();
    }
    Address address = message.address();
    List<RoutingRule> found = new ArrayList<>();
    index.match(
        message.topic(),
        rule -> {
          if (rule.accepts(message.origin(), address) && !found.contains(rule)) {
            found.add(rule);
          }
        });
    found.sort(Comparator.comparingInt(rules::indexOf));
    return found;
  }
}
