package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.QueueSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
      List<SuperStream> superStreams = new ArrayList<>(0);
      for (ExchangeSpec exchange : exchanges) {
        SuperStream whole = SuperStream.of(exchange);
        if (whole != null) {
          superStreams.add(whole);
        }
      }
      exchanges = List.copyOf(exchanges);
      queues = superStreams.isEmpty() ? List.copyOf(queues) : withStreams(queues, superStreams);
      bindings =
          superStreams.isEmpty() ? List.copyOf(bindings) : withBindings(bindings, superStreams);
      rules = List.copyOf(rules);
      policies = List.copyOf(policies);
    }

    /** One that is declared by itself may say what the others do not. */
    private static List<QueueSpec> withStreams(List<QueueSpec> queues, List<SuperStream> of) {
      Map<String, QueueSpec> byName = new LinkedHashMap<>();
      queues.forEach(queue -> byName.put(queue.name(), queue));
      for (SuperStream whole : of) {
        whole.streams().forEach(stream -> byName.putIfAbsent(stream.name(), stream));
      }
      return List.copyOf(byName.values());
    }

    private static List<BindingSpec> withBindings(
        List<BindingSpec> bindings, List<SuperStream> of) {
      Set<BindingSpec> all = new LinkedHashSet<>(bindings);
      of.forEach(whole -> all.addAll(whole.bindings()));
      return List.copyOf(all);
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
