package io.serai.config;

import io.serai.config.RoutingConfig.Binding;
import io.serai.config.RoutingConfig.Exchange;
import io.serai.config.RoutingConfig.Policy;
import io.serai.config.RoutingConfig.Queue;
import io.serai.config.RoutingConfig.Rule;
import io.serai.config.RoutingConfig.RuleSource;
import io.serai.config.RoutingConfig.RuleTarget;
import io.serai.config.RoutingConfig.Vhost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the {@link RoutingConfig} of the {@code vhosts} block; {@link RoutingChecks} checks it.
 * Elements with a missing required key have been reported and are left out.
 */
final class RoutingReader {
  private RoutingReader() {}

  static RoutingConfig read(Section vhosts) {
    Map<String, Vhost> byName = new LinkedHashMap<>();
    vhosts.blocks().forEach((name, at) -> byName.put(name, vhost(name, at)));
    return new RoutingConfig(byName);
  }

  private static Vhost vhost(String name, Section at) {
    Map<String, Exchange> exchanges = new LinkedHashMap<>();
    at.block("exchanges")
        .blocks()
        .forEach((exchange, block) -> exchanges.put(exchange, exchange(exchange, block)));
    Map<String, Queue> queues = new LinkedHashMap<>();
    at.block("queues").blocks().forEach((queue, block) -> queues.put(queue, queue(queue, block)));
    List<Binding> bindings =
        at.list("bindings").stream()
            .filter(RoutingReader::isWholeBinding)
            .map(RoutingReader::binding)
            .toList();
    List<Rule> rules =
        at.list("rules").stream()
            .filter(RoutingReader::isWholeRule)
            .map(RoutingReader::rule)
            .toList();
    return new Vhost(
        name, exchanges, queues, bindings, rules, policies(at, false), policies(at, true));
  }

  private static Exchange exchange(String name, Section at) {
    return new Exchange(
        name,
        at.find(RoutingKeys.EXCHANGE_TYPE).orElse("direct"),
        at.get(RoutingKeys.EXCHANGE_DURABLE),
        at.get(RoutingKeys.EXCHANGE_AUTO_DELETE),
        at.get(RoutingKeys.EXCHANGE_INTERNAL),
        at.get(RoutingKeys.EXCHANGE_ARGUMENTS),
        at.find(RoutingKeys.ALTERNATE_EXCHANGE).orElse(null));
  }

  private static Queue queue(String name, Section at) {
    return new Queue(
        name,
        at.get(RoutingKeys.QUEUE_TYPE),
        at.get(RoutingKeys.QUEUE_DURABLE),
        at.get(RoutingKeys.QUEUE_AUTO_DELETE),
        at.get(RoutingKeys.QUEUE_ARGUMENTS));
  }

  private static Map<String, Policy> policies(Section vhost, boolean isOperators) {
    Map<String, Policy> policies = new LinkedHashMap<>();
    PolicyKeys keys = PolicyKeys.of(isOperators);
    vhost
        .block(keys.block())
        .blocks()
        .forEach((name, at) -> {
          if (at.find(keys.pattern()).isPresent()) {
            policies.put(
                name,
                new Policy(
                    name,
                    at.get(keys.pattern()),
                    at.get(keys.applyTo()),
                    at.get(keys.priority()),
                    at.find(keys.definition()).orElse(Map.of()),
                    isOperators));
          }
        });
    return policies;
  }

  static boolean isWholeBinding(Section at) {
    return at.find(RoutingKeys.BINDING_SOURCE).isPresent()
        && at.find(RoutingKeys.BINDING_DESTINATION).isPresent();
  }

  static Binding binding(Section at) {
    return new Binding(
        at.get(RoutingKeys.BINDING_SOURCE),
        at.get(RoutingKeys.BINDING_DESTINATION),
        at.get(RoutingKeys.BINDING_DESTINATION_TYPE),
        at.get(RoutingKeys.BINDING_KEY),
        at.get(RoutingKeys.BINDING_ARGUMENTS));
  }

  static boolean isWholeRule(Section at) {
    return at.find(RoutingKeys.RULE_NAME).isPresent()
        && at.block("to").find(RoutingKeys.TO_EXCHANGE).isPresent();
  }

  static Rule rule(Section at) {
    Section from = at.block("from");
    Section to = at.block("to");
    return new Rule(
        at.get(RoutingKeys.RULE_NAME),
        new RuleSource(
            from.find(RoutingKeys.FROM_PROTOCOL).orElse(null),
            from.find(RoutingKeys.FROM_TOPIC)
                .or(() -> from.find(RoutingKeys.FROM_KEY))
                .orElse(null),
            from.find(RoutingKeys.FROM_EXCHANGE).orElse(null),
            from.find(RoutingKeys.FROM_USER).orElse(null)),
        new RuleTarget(
            to.get(RoutingKeys.TO_EXCHANGE),
            to.find(RoutingKeys.TO_KEY).or(() -> to.find(RoutingKeys.TO_TOPIC)).orElse(null)));
  }
}
