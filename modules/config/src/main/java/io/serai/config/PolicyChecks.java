package io.serai.config;

import io.serai.config.RoutingConfig.Policy;
import io.serai.config.RoutingConfig.PolicyTarget;
import io.serai.config.RoutingConfig.Vhost;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Checks policies: each key is one that policies have, with a value that a queue would take. */
final class PolicyChecks {
  private static final String ALTERNATE = "alternate-exchange";

  /** What queues and exchanges both have. */
  private static final Set<String> OF_BOTH =
      Set.of("message-deduplication", "deduplication-header", "cache-size", "cache-ttl");

  private static final Set<String> EXCHANGES_NAMED = Set.of(ALTERNATE, "dead-letter-exchange");
  private static final String PREFIX = "x-";

  private final RoutingCore core;
  private final Problems problems;

  PolicyChecks(RoutingCore core, Problems problems) {
    this.core = core;
    this.problems = problems;
  }

  void check(Section vhostAt, Vhost vhost) {
    check(vhostAt, vhost, PolicyKeys.of(false), vhost.policies());
    check(vhostAt, vhost, PolicyKeys.of(true), vhost.operatorPolicies());
  }

  private void check(Section vhostAt, Vhost vhost, PolicyKeys keys, Map<String, Policy> policies) {
    vhostAt
        .block(keys.block())
        .blocks()
        .forEach((name, at) -> {
          Policy policy = policies.get(name);
          if (policy != null && at.find(keys.definition()).isPresent()) {
            check(new Checked(at, keys, vhost, policy));
          }
        });
  }

  /** A policy and where it stands. */
  private record Checked(Section at, PolicyKeys keys, Vhost vhost, Policy policy) {
    Place place() {
      return at.placeOf(keys.definition());
    }

    String path(String key) {
      return at.path().then("definition").then(key).toString();
    }
  }

  private void check(Checked checked) {
    Policy policy = checked.policy();
    if (policy.definition().isEmpty()) {
      problems.error(
          checked.place(),
          checked.at().pathOf(checked.keys().definition()),
          "a policy without a definition says nothing",
          "name what applies, such as max-length = 1000");
      return;
    }
    boolean isFine = true;
    for (Map.Entry<String, Object> entry : policy.definition().entrySet()) {
      isFine &= check(checked, entry.getKey(), entry.getValue());
    }
    String refusal = isFine ? core.problem(checked.vhost().name(), policy) : null;
    if (refusal != null) {
      problems.error(
          checked.place(), checked.at().pathOf(checked.keys().definition()), refusal, "");
    }
  }

  private boolean check(Checked checked, String key, Object value) {
    Policy policy = checked.policy();
    Set<String> known = core.policyKeys(policy.isOperators());
    if (!known.isEmpty() && !known.contains(key)) {
      problems.error(
          checked.place(),
          checked.path(key),
          policy.isOperators() && core.policyKeys(false).contains(key)
              ? "operator policies hold limits only"
              : "no policy has this key",
          hint(key, known));
      return false;
    }
    String problem = core.hasEffect(key) ? typeProblem(key, value) : "";
    if (!problem.isEmpty()) {
      problems.error(
          checked.place(),
          checked.path(key),
          problem,
          "found " + Found.quoted(String.valueOf(value)));
      return false;
    }
    warn(checked, key, value);
    return true;
  }

  private static String typeProblem(String key, Object value) {
    return key.equals(ALTERNATE)
        ? value instanceof String ? "" : "expected the name of an exchange"
        : QueueArguments.problemWith(PREFIX + key, value);
  }

  private String hint(String key, Set<String> known) {
    if (key.startsWith(PREFIX) && known.contains(key.substring(PREFIX.length()))) {
      return "policies leave the x- out: \"" + key.substring(PREFIX.length()) + "\"";
    }
    if (core.queueArguments().contains(PREFIX + key)) {
      return "declare the queue with " + PREFIX + key;
    }
    String close = Suggestions.closest(key, known);
    return close.isEmpty()
        ? "expected one of " + String.join(", ", new TreeSet<>(known))
        : "did you mean \"" + close + "\"?";
  }

  private void warn(Checked checked, String key, Object value) {
    if (!core.hasEffect(key)) {
      problems.warn(checked.place(), checked.path(key), "has no effect here", "");
    } else if (key.equals(ALTERNATE) != isForExchangesOnly(checked.policy())
        && !isForBoth(checked.policy())
        && !OF_BOTH.contains(key)) {
      problems.warn(
          checked.place(),
          checked.path(key),
          key.equals(ALTERNATE)
              ? "has no effect on queues, and the policy is for them only"
              : "has no effect on exchanges, and the policy is for them only",
          "set apply-to = " + (key.equals(ALTERNATE) ? "exchanges" : "queues"));
    } else if (EXCHANGES_NAMED.contains(key)
        && value instanceof String exchange
        && !RoutingChecks.exists(exchange, checked.vhost())) {
      // A client may declare it later, so only what looks like a slip is told.
      String close = Suggestions.closest(exchange, RoutingChecks.exchangeNames(checked.vhost()));
      if (!close.isEmpty()) {
        problems.warn(
            checked.place(),
            checked.path(key),
            "there is no exchange " + Found.quoted(exchange) + " in this configuration",
            "did you mean \"" + close + "\"?");
      }
    }
  }

  private static boolean isForExchangesOnly(Policy policy) {
    return policy.applyTo() == PolicyTarget.EXCHANGES;
  }

  private static boolean isForBoth(Policy policy) {
    return policy.applyTo() == PolicyTarget.ALL;
  }
}
