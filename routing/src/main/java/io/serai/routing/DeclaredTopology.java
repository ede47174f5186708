package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.QueueSpec;
import java.util.List;

/**
 * What the configuration declares. Taking it over touches only objects the configuration declared
 * before ({@link io.serai.bus.Source#CONF}), never a client's.
 *
 * @param vhosts every vhost of the node
 */
public record DeclaredTopology(List<Vhost> vhosts) {
  /**
   * One vhost.
   *
   * @param rules in order
   * @param policies in any order
   */
  public record Vhost(
      String name,
      List<ExchangeSpec> exchanges,
      List<QueueSpec> queues,
      List<BindingSpec> bindings,
      List<RoutingRule> rules,
      List<Policy> policies) {
    /** Without policies. */
    public Vhost(
        String name,
        List<ExchangeSpec> exchanges,
        List<QueueSpec> queues,
        List<BindingSpec> bindings,
        List<RoutingRule> rules) {
      this(name, exchanges, queues, bindings, rules, List.of());
    }

    public Vhost {
      exchanges = List.copyOf(exchanges);
      queues = List.copyOf(queues);
      bindings = List.copyOf(bindings);
      rules = List.copyOf(rules);
      policies = List.copyOf(policies);
    }
  }

  public DeclaredTopology {
    vhosts = List.copyOf(vhosts);
  }
}
