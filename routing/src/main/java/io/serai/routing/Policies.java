package io.serai.routing;

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
  static final Policies NONE = new Policies(Map.of());

  /** By vhost, the one that wins first. */
  private final Map<String, List<Policy>> byVhost;

  private Policies(Map<String, List<Policy>> byVhost) {
    this.byVhost = byVhost;
  }

  static Policies of(DeclaredTopology declared) {
    Map<String, List<Policy>> byVhost = new HashMap<>();
    for (DeclaredTopology.Vhost vhost : declared.vhosts()) {
      if (!vhost.policies().isEmpty()) {
        List<Policy> sorted = new ArrayList<>(vhost.policies());
        sorted.sort(
            Comparator.comparingInt(Policy::priority).reversed().thenComparing(Policy::name));
        byVhost.put(vhost.name(), List.copyOf(sorted));
      }
    }
    return new Policies(byVhost);
  }

  boolean isEmpty() {
    return byVhost.isEmpty();
  }

  /** Whether both say the same about what they are for. */
  static boolean isSame(@Nullable Policy one, @Nullable Policy other) {
    return Objects.equals(definition(one), definition(other));
  }

  private static Value.@Nullable MapOf definition(@Nullable Policy policy) {
    return policy == null ? null : policy.definition();
  }

  /** The policy for a queue, or null. */
  @Nullable Policy forQueue(String vhost, String queue) {
    return first(vhost, policy -> policy.isForQueue(queue));
  }

  /** The alternate exchange that a policy gives an exchange without one of its own, or null. */
  @Nullable String alternate(String vhost, String exchange) {
    Policy policy = first(vhost, one -> one.isForExchange(exchange));
    Value alternate = policy == null ? null : policy.find(Exchange.ALTERNATE_ARGUMENT);
    return alternate == null ? null : alternate.asText();
  }

  private @Nullable Policy first(String vhost, Predicate<Policy> isMeant) {
    for (Policy policy : byVhost.getOrDefault(vhost, List.of())) {
      if (isMeant.test(policy)) {
        return policy;
      }
    }
    return null;
  }

  /** The table with every exchange's alternate as these policies have it. */
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
          Exchange applied = exchange.underPolicy(alternate(vhost.name(), name));
          if (!Objects.equals(applied.alternate(), exchange.alternate())) {
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
