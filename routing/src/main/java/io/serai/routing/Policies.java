package io.serai.routing;

import io.serai.bus.QueueSpec;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The policies of every vhost. Immutable. */
final class Policies {
  static final Policies NONE = new Policies(Map.of(), Map.of());

  /** By vhost, the one that wins first. */
  private final Map<String, List<Policy>> byVhost;

  /** Likewise, those that cap the others. */
  private final Map<String, List<Policy>> operators;

  private Policies(Map<String, List<Policy>> byVhost, Map<String, List<Policy>> operators) {
    this.byVhost = byVhost;
    this.operators = operators;
  }

  static Policies of(DeclaredTopology declared) {
    return new Policies(
        sorted(declared, policy -> !policy.isOperators()), sorted(declared, Policy::isOperators));
  }

  private static Map<String, List<Policy>> sorted(
      DeclaredTopology declared, Predicate<Policy> isMeant) {
    Map<String, List<Policy>> byVhost = new HashMap<>();
    for (DeclaredTopology.Vhost vhost : declared.vhosts()) {
      List<Policy> sorted = new ArrayList<>(vhost.policies());
      sorted.removeIf(isMeant.negate());
      if (!sorted.isEmpty()) {
        sorted.sort(
            Comparator.comparingInt(Policy::priority).reversed().thenComparing(Policy::name));
        byVhost.put(vhost.name(), List.copyOf(sorted));
      }
    }
    return byVhost;
  }

  boolean isEmpty() {
    return byVhost.isEmpty() && operators.isEmpty();
  }

  /** Whether both say the same about what they are for. */
  static boolean isSame(@Nullable Policy one, @Nullable Policy other) {
    return Objects.equals(definition(one), definition(other));
  }

  private static Value.@Nullable MapOf definition(@Nullable Policy policy) {
    return policy == null ? null : policy.definition();
  }

  /** What policies say about a queue, capped by the operator policy for it; or null. */
  @Nullable Policy forQueue(String vhost, QueueSpec queue) {
    return PolicyMerge.capped(
        first(byVhost, vhost, policy -> policy.isForQueue(queue)),
        first(operators, vhost, policy -> policy.isForQueue(queue)));
  }

  /** The policy for an exchange, or null. */
  @Nullable Policy forExchange(String vhost, String exchange) {
    return first(byVhost, vhost, one -> one.isForExchange(exchange));
  }

  private static @Nullable Policy first(
      Map<String, List<Policy>> policies, String vhost, Predicate<Policy> isMeant) {
    for (Policy policy : policies.getOrDefault(vhost, List.of())) {
      if (isMeant.test(policy)) {
        return policy;
      }
    }
    return null;
  }

  /** The table with every exchange as these policies have it. */
  RoutingTable applyTo(RoutingTable table, Iterable<String> vhosts) {
    RoutingTable changed = table;
    for (String name : vhosts) {
      VhostTable vhost = changed.vhost(name);
      if (vhost != null) {
        changed = changed.with(applyTo(vhost));
      }
    }
    return changed;
  }

  private VhostTable applyTo(VhostTable vhost) {
    List<Exchange> different = new ArrayList<>();
    vhost
        .exchanges()
        .forEach((name, exchange) -> {
          Exchange applied = exchange.underPolicy(forExchange(vhost.name(), name));
          if (!Objects.equals(applied.alternate(), exchange.alternate())
              || !Objects.equals(applied.window(), exchange.window())) {
            different.add(applied);
          }
        });
    VhostTable changed = vhost;
    for (Exchange exchange : different) {
      changed = changed.with(exchange);
    }
    return changed;
  }
}
