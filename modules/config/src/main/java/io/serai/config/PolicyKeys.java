package io.serai.config;

import io.serai.config.Catalogue.Topic;
import io.serai.config.RoutingConfig.PolicyTarget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The keys of policies, or of operator policies.
 *
 * @param block the vhost's block they stand in
 */
record PolicyKeys(
    String block,
    Key<String> pattern,
    Key<PolicyTarget> applyTo,
    Key<Integer> priority,
    Key<Map<String, Object>> definition) {
  private static final PolicyKeys ORDINARY =
      in(
          "policies",
          """
          What applies, by RabbitMQ's names: `message-ttl`, `expires`, `max-length`, \
          `max-length-bytes`, `overflow`, `dead-letter-exchange`, `dead-letter-routing-key`, \
          `dead-letter-strategy`, `delivery-limit`, `delayed-retry-type`, `delayed-retry-min`, \
          `delayed-retry-max`, `delayed-retry-multiplier`, `consumer-timeout`; for exchanges \
          `alternate-exchange`; for both `message-deduplication`, `deduplication-header`, \
          `cache-size`, `cache-ttl`.\
          """);
  private static final PolicyKeys OF_OPERATORS =
      in(
          "operator-policies",
          """
          Limits: `message-ttl`, `expires`, `max-length`, `max-length-bytes`, \
          `delivery-limit`.\
          """);

  static final List<Topic> TOPICS =
      List.of(
          new Topic(
              "Policies",
              """
              What queues and exchanges do whoever declares them, as RabbitMQ's policies, over \
              whichever protocol. A change applies at once to those that are there. Of several \
              that match only the one with the highest priority applies. Of two limits, a queue's \
              own and a policy's, the lower counts; of everything else the queue's own. Policies \
              written for RabbitMQ are taken as they are: what has no effect here, such as \
              `ha-mode`, is told as a warning.

              `operator-policies` cap what queues and policies say: one that matches applies \
              beside the policy, and again the lower limit counts.\
              """,
              List.of(
                  ORDINARY.pattern,
                  ORDINARY.applyTo,
                  ORDINARY.priority,
                  ORDINARY.definition,
                  OF_OPERATORS.pattern,
                  OF_OPERATORS.applyTo,
                  OF_OPERATORS.priority,
                  OF_OPERATORS.definition)));

  static PolicyKeys of(boolean isOperators) {
    return isOperators ? OF_OPERATORS : ORDINARY;
  }

  private static PolicyKeys in(String block, String definition) {
    String path = "vhosts.*." + block + ".*.";
    return new PolicyKeys(
        block,
        Key.of(
                path + "pattern",
                new PlainTypes.Regex(Set.of()),
                "The names it is for: a regular expression that is found anywhere in them.")
            .required(),
        Key.of(path + "apply-to", new PlainTypes.Choice<>(targets()), "What it is for.").or("all"),
        Key.of(
                path + "priority",
                new PlainTypes.Whole(Integer.MIN_VALUE, Integer.MAX_VALUE),
                "Of several that match the highest applies, of equals the first by name.")
            .or("0"),
        Key.of(path + "definition", new PlainTypes.Arguments(), definition).required());
  }

  /** RabbitMQ's words. */
  private static Map<String, PolicyTarget> targets() {
    Map<String, PolicyTarget> words = new LinkedHashMap<>();
    for (PolicyTarget target : PolicyTarget.values()) {
      words.put(target.name().toLowerCase(Locale.ROOT), target);
    }
    return words;
  }
}
