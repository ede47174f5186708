package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.QueueSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** The streams behind super streams are declared along with these. */
    public Vhost {
      List<QueueSpec> allQueues = new ArrayList<>(queues);
      List<BindingSpec> allBindings = new ArrayList<>(bindings);
      for (ExchangeSpec exchange : exchanges) {
        SuperStream whole = SuperStream.of(exchange);
        if (whole != null) {
          addMissing(whole, allQueues);
          whole.bindings().stream()
              .filter(binding -> !allBindings.contains(binding))
              .forEach(allBindings::add);
        }
      }
      exchanges = List.copyOf(exchanges);
      queues = List.copyOf(allQueues);
      bindings = List.copyOf(allBindings);
      rules = List.copyOf(rules);
      policies = List.copyOf(policies);
    }

    /** One that is declared by itself may say what the others do not. */
    private static void addMissing(SuperStream whole, List<QueueSpec> queues) {
      Set<String> names = new HashSet<>();
      queues.forEach(queue -> names.add(queue.name()));
      whole.streams().stream()
          .filter(stream -> !names.contains(stream.name()))
          .forEach(queues::add);
    }
  }

  /** What is wrong with an exchange's type or its arguments, or null. */
  public static @Nullable String problem(ExchangeSpec exchange) {
    return DeclareRules.badType(exchange);
  }

  public DeclaredTopology {
    vhosts = List.copyOf(vhosts);
  }
}
