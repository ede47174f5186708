package io.serai.routing;

import io.serai.model.Value;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The names that a policy's definition may hold, as RabbitMQ's. */
public final class PolicyKeys {
  /** Of a queue's own and a policy's the lower counts; an operator policy may hold these only. */
  static final Set<String> LIMITS =
      Set.of("message-ttl", "expires", "max-length", "max-length-bytes", "delivery-limit");

  /** A queue's own counts, a policy's where it has none. */
  static final Set<String> OTHERS =
      Set.of(
          "cache-size",
          "cache-ttl",
          "consumer-timeout",
          "dead-letter-exchange",
          "dead-letter-routing-key",
          "dead-letter-strategy",
          "deduplication-header",
          "delayed-retry-max",
          "delayed-retry-min",
          "delayed-retry-multiplier",
          "delayed-retry-type",
          "max-age",
          "message-deduplication",
          "overflow",
          "stream-filter-size-bytes",
          "stream-max-segment-size-bytes");

  /** Taken so that policies written for RabbitMQ work as they are; nothing here depends on them. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "federation-upstream",
          "federation-upstream-pattern",
          "federation-upstream-set",
          "ha-mode",
          "ha-params",
          "ha-promote-on-failure",
          "ha-promote-on-shutdown",
          "ha-sync-batch-size",
          "ha-sync-mode",
          "initial-cluster-size",
          "max-in-memory-bytes",
          "max-in-memory-length",
          "queue-leader-locator",
          "queue-master-locator",
          "queue-mode",
          "queue-version",
          "target-group-size");

  private PolicyKeys() {}

  /** Every name a policy may hold. */
  public static Set<String> all() {
    Set<String> all = new TreeSet<>(LIMITS);
    all.addAll(OTHERS);
    all.addAll(WITHOUT_EFFECT);
    all.add(Exchange.ALTERNATE_ARGUMENT);
    return all;
  }

  /** Every name an operator policy may hold. */
  public static Set<String> ofOperators() {
    return new TreeSet<>(LIMITS);
  }

  /** Whether a policy may hold the name and nothing comes of it. */
  public static boolean isWithoutEffect(String name) {
    return WITHOUT_EFFECT.contains(name);
  }

  /** What is wrong with one entry of a definition, values of queues' arguments aside; or null. */
  static @Nullable String problem(Value.Entry entry, boolean isOperators) {
    String name = entry.key().asText();
    if (!(isOperators ? LIMITS : all()).contains(name)) {
      return "[{<<\"%s\">>,%s}] are not recognised policy settings"
          .formatted(name, entry.value().asText());
    }
    return name.equals(Exchange.ALTERNATE_ARGUMENT) && !(entry.value() instanceof Value.Str)
        ? "%s is not a valid alternate exchange name".formatted(entry.value().asText())
        : null;
  }
}
