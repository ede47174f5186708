package io.serai.routing;

import io.serai.bus.QueueSpec;
import io.serai.model.Value;
import io.serai.routing.queue.QueueArguments;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a queue does by its own arguments and a policy together, as in RabbitMQ: of two limits the
 * lower counts, of everything else the queue's own; for a stream it is always the policy. What a
 * type of queue does not have is not for it.
 */
final class PolicyMerge {
  private static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
  private static final String DEAD_LETTER_KEY = "x-dead-letter-routing-key";

  private PolicyMerge() {}

  /** The queue as it behaves; the same when no policy is for it. */
  static QueueSpec into(QueueSpec declared, @Nullable Policy policy) {
    if (policy == null) {
      return declared;
    }
    Map<String, Value> merged = new LinkedHashMap<>();
    for (Value.Entry entry : declared.arguments().entries()) {
      merged.put(entry.key().asText(), entry.value());
    }
    boolean setsExchange = !merged.containsKey(DEAD_LETTER_EXCHANGE);
    if (setsExchange && merged.containsKey(DEAD_LETTER_KEY)) {
      return declared; // refused as it is: a queue that needs a policy could not lose it again
    }
    boolean isStream = QueueArguments.isStream(declared);
    for (Value.Entry entry : policy.definition().entries()) {
      String key = entry.key().asText();
      if (!QueueArguments.takes(declared, "x-" + key)) {
        continue;
      }
      if (isStream && (PolicyKeys.LIMITS.contains(key) || PolicyKeys.OTHERS.contains(key))) {
        merged.put("x-" + key, entry.value());
      } else if (PolicyKeys.LIMITS.contains(key)) {
        merged.merge("x-" + key, entry.value(), PolicyMerge::lower);
      } else if (PolicyKeys.OTHERS.contains(key)) {
        merged.putIfAbsent("x-" + key, entry.value());
      }
    }
    if (setsExchange && !merged.containsKey(DEAD_LETTER_EXCHANGE)) {
      merged.remove(DEAD_LETTER_KEY); // a policy's key waits for somebody to name an exchange
    }
    return new QueueSpec(
        declared.name(),
        declared.kind(),
        declared.lifetime(),
        declared.autoDelete(),
        arguments(merged),
        declared.source());
  }

  /**
   * What both policies say together: of two limits the lower.
   *
   * @return null when there is neither
   */
  static @Nullable Policy capped(@Nullable Policy policy, @Nullable Policy operators) {
    if (policy == null || operators == null) {
      return policy == null ? operators : policy;
    }
    Map<String, Value> merged = new LinkedHashMap<>();
    for (Value.Entry entry : policy.definition().entries()) {
      merged.put(entry.key().asText(), entry.value());
    }
    for (Value.Entry entry : operators.definition().entries()) {
      merged.merge(entry.key().asText(), entry.value(), PolicyMerge::lower);
    }
    return new Policy(
        policy.name(), policy.pattern(), policy.target(), policy.priority(), arguments(merged));
  }

  /** Whether the queue itself names its dead letter exchange. */
  static boolean hasOwnDeadLetters(QueueSpec declared) {
    return declared.arguments().first(DEAD_LETTER_EXCHANGE) != null;
  }

  /** What is no number is left for the check that follows to refuse. */
  private static Value lower(Value own, Value policys) {
    BigDecimal first = number(own);
    BigDecimal second = number(policys);
    if (first == null || second == null) {
      return second == null ? policys : own;
    }
    // -1 is no limit, where that can be said
    boolean isOwn = second.signum() < 0 || (first.signum() >= 0 && first.compareTo(second) <= 0);
    return isOwn ? own : policys;
  }

  private static @Nullable BigDecimal number(Value value) {
    try {
      return new BigDecimal(value.asText());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static Value.MapOf arguments(Map<String, Value> merged) {
    List<Value.Entry> entries = new ArrayList<>(merged.size());
    merged.forEach((name, value) -> entries.add(new Value.Entry(Value.of(name), value)));
    return new Value.MapOf(entries);
  }
}
