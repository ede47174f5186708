package io.serai.routing;

import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.routing.index.TopicIndex;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules of a vhost, indexed by topic filter. Immutable.
 *
 * @param rules in the order of the configuration
 * @param index positions in {@code rules} by filter
 */
record RuleSet(List<RoutingRule> rules, TopicIndex<Integer> index) {
  static final RuleSet NONE = new RuleSet(List.of(), TopicIndex.empty());

  static RuleSet of(List<RoutingRule> rules) {
    TopicIndex<Integer> index = TopicIndex.empty();
    for (int i = 0; i < rules.size(); i++) {
      index = index.with(rules.get(i).filter(), i);
    }
    return new RuleSet(List.copyOf(rules), index);
  }

  /** The rules a message passes, in the order of the configuration. */
  List<RoutingRule> matching(Message message) {
    if (rules.isEmpty()) {
      return List.of();
    }
    Address address = message.address();
    List<Integer> found = new ArrayList<>();
    index.match(message.topic(), found::add);
    found.sort(null);
    List<RoutingRule> matching = new ArrayList<>(found.size());
    for (int position : found) {
      RoutingRule rule = rules.get(position);
      if (rule.accepts(message.origin(), address)) {
        matching.add(rule);
      }
    }
    return matching;
  }
}
