package io.serai.config;

import io.serai.config.RoutingConfig.Queue;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the arguments of queues and the like in policies. What people get wrong most often is told
 * in words of its own; the rest, and whatever is new, the routing core says itself.
 */
final class QueueArguments {
  private static final Set<String> COUNTS =
      Set.of("x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-max-priority");
  private static final Set<String> TEXTS =
      Set.of(
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-overflow",
          "x-queue-type",
          "x-queue-mode",
          "x-dead-letter-strategy");
  private static final Set<String> FLAGS = Set.of("x-single-active-consumer");

  private final RoutingCore core;
  private final Problems problems;

  QueueArguments(RoutingCore core, Problems problems) {
    this.core = core;
    this.problems = problems;
  }

  /**
   * Checks the arguments of one queue.
   *
   * @param isKnownType whether the routing core knows queues of its type and can be asked
   */
  void check(Section at, String vhost, Queue queue, boolean isKnownType) {
    Place place = at.placeOf(RoutingKeys.QUEUE_ARGUMENTS);
    KeyPath path = at.path().then("arguments");
    Map<String, Object> arguments = queue.arguments();
    boolean isFine = true;
    for (Map.Entry<String, Object> argument : arguments.entrySet()) {
      String name = argument.getKey();
      Object value = argument.getValue();
      String problem = problemWith(name, value);
      if (!problem.isEmpty()) {
        isFine = false;
        problems.error(
            place,
            path.then(name).toString(),
            problem,
            "found " + Found.quoted(String.valueOf(value)));
      } else if (name.startsWith("x-") && !core.queueArguments().contains(name)) {
        String close = Suggestions.closest(name, core.queueArguments());
        if (!close.isEmpty()) {
          problems.warn(
              place,
              path.then(name).toString(),
              "unknown argument",
              "did you mean \"" + close + "\"?");
        }
      }
    }
    String refusal = isFine && isKnownType ? core.problem(vhost, queue) : null;
    if (refusal != null) {
      problems.error(place, named(path, refusal, arguments), refusal, "");
    }
  }

  /** The argument that a refusal names, else all of them. */
  private static String named(KeyPath path, String refusal, Map<String, Object> arguments) {
    @Nullable String name = null;
    for (String each : arguments.keySet()) {
      if (refusal.contains("'" + each + "'")) {
        name = each;
      }
    }
    return (name == null ? path : path.then(name)).toString();
  }

  /** What is wrong with the value of an argument, as far as its type says; empty for nothing. */
  static String problemWith(String name, Object value) {
    if (COUNTS.contains(name)) {
      long least = name.equals("x-expires") ? 1 : 0;
      if (!(value instanceof Long count) || count < least) {
        return "expected a whole number of at least " + least;
      }
      return name.equals("x-max-priority") && count > 255 ? "expected at most 255" : "";
    }
    if (name.equals("x-delivery-limit")) {
      return value instanceof Long count && count >= -1
          ? ""
          : "expected a whole number of at least 0, or -1 for no limit";
    }
    if (TEXTS.contains(name) && !(value instanceof String)) {
      return "expected a text";
    }
    if (FLAGS.contains(name) && !(value instanceof Boolean)) {
      return "expected true or false";
    }
    return "";
  }
}
