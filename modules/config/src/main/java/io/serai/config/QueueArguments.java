package io.serai.config;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Checks the arguments of queues and bindings that have a meaning to every client. */
final class QueueArguments {
  private QueueArguments() {}

  private static final Set<String> COUNTS =
      Set.of(
          "x-message-ttl",
          "x-expires",
          "x-max-length",
          "x-max-length-bytes",
          "x-max-priority",
          "x-delivery-limit");
  private static final Set<String> TEXTS =
      Set.of(
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-overflow",
          "x-queue-type",
          "x-queue-mode",
          "x-queue-master-locator",
          "x-queue-leader-locator",
          "x-dead-letter-strategy");
  private static final Set<String> FLAGS = Set.of("x-single-active-consumer");
  private static final Set<String> OVERFLOWS =
      Set.of("drop-head", "reject-publish", "reject-publish-dlx");

  static void check(Section queue, Map<String, Object> arguments, Problems problems) {
    Place place = queue.placeOf(RoutingKeys.QUEUE_ARGUMENTS);
    arguments.forEach((name, value) -> {
      String key = queue.path().then("arguments").then(name).toString();
      String problem = problemWith(name, value);
      if (!problem.isEmpty()) {
        problems.error(place, key, problem, "found " + Found.quoted(String.valueOf(value)));
      } else if (name.startsWith("x-") && !isKnown(name)) {
        String close =
            Suggestions.closest(
                name, Stream.of(COUNTS, TEXTS, FLAGS).flatMap(Set::stream).toList());
        if (!close.isEmpty()) {
          problems.warn(place, key, "unknown argument", "did you mean \"" + close + "\"?");
        }
      }
    });
  }

  private static boolean isKnown(String name) {
    return COUNTS.contains(name) || TEXTS.contains(name) || FLAGS.contains(name);
  }

  private static String problemWith(String name, Object value) {
    if (COUNTS.contains(name)) {
      long least = name.equals("x-expires") ? 1 : 0;
      if (!(value instanceof Long count) || count < least) {
        return "expected a whole number of at least " + least;
      }
      return name.equals("x-max-priority") && count > 255 ? "expected at most 255" : "";
    }
    if (TEXTS.contains(name) && !(value instanceof String)) {
      return "expected a text";
    }
    if (FLAGS.contains(name) && !(value instanceof Boolean)) {
      return "expected true or false";
    }
    if (name.equals("x-overflow") && !OVERFLOWS.contains(String.valueOf(value))) {
      return "expected one of " + String.join(", ", new TreeSet<>(OVERFLOWS));
    }
    return "";
  }
}
