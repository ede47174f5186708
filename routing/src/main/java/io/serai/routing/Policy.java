package io.serai.routing;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.model.Value;
import io.serai.routing.queue.QueueArguments;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says about queues and exchanges whoever declares them, as RabbitMQ's
 * policies do: arguments by their names without {@code x-}, such as {@code message-ttl} or {@code
 * dead-letter-exchange}. It applies at once to what is there, and ends when it is taken away.
 *
 * @param name unique in its vhost
 * @param pattern found anywhere in the names it is for
 * @param target what it is for
 * @param priority of several that match only the highest applies, among equals the first by name
 * @param definition names and values
 * @param isOperators whether it caps what queues and other policies say: then it holds limits only,
 *     and one of each kind applies
 */
public record Policy(
    String name,
    Pattern pattern,
    Target target,
    int priority,
    Value.MapOf definition,
    boolean isOperators) {
  private static final String QUEUE_TYPE = "x-queue-type";

  /** A queue may have its exchange from somewhere else than its routing key. */
  private static final Value.Entry DEAD_LETTER_EXCHANGE =
      new Value.Entry(Value.of("x-dead-letter-exchange"), Value.of(""));

  private static final Value.Entry STREAM =
      new Value.Entry(Value.of(QUEUE_TYPE), Value.of("stream"));

  /** What a policy is for. */
  public enum Target {
    QUEUES("classic", "quorum", "stream"),
    CLASSIC_QUEUES("classic"),
    QUORUM_QUEUES("quorum"),
    STREAMS("stream"),
    EXCHANGES,
    ALL("classic", "quorum", "stream");

    /** The values of {@code x-queue-type} it covers. */
    private final Set<String> queueTypes;

    Target(String... queueTypes) {
      this.queueTypes = Set.of(queueTypes);
    }
  }

  /** An ordinary one. */
  public Policy(String name, Pattern pattern, Target target, int priority, Value.MapOf definition) {
    this(name, pattern, target, priority, definition, false);
  }

  boolean isForQueue(QueueSpec queue) {
    return target.queueTypes.contains(type(queue)) && pattern.matcher(queue.name()).find();
  }

  private static String type(QueueSpec queue) {
    Value type = queue.arguments().first(QUEUE_TYPE);
    return type == null ? "classic" : type.asText();
  }

  boolean isForExchange(String exchange) {
    return (target == Target.EXCHANGES || target == Target.ALL) && pattern.matcher(exchange).find();
  }

  /** What is wrong with it, or null: what a queue declared with these arguments would be told. */
  public @Nullable String problem(String vhost) {
    for (Value.Entry entry : definition.entries()) {
      String unknown = PolicyKeys.problem(entry, isOperators);
      if (unknown != null) {
        return "policy '%s': %s".formatted(name, unknown);
      }
    }
    String wrong =
        problem(
            vhost,
            bare(definition.first("dead-letter-exchange") == null ? DEAD_LETTER_EXCHANGE : null));
    return wrong == null ? problem(vhost, bare(STREAM)) : wrong;
  }

  /** A queue with no more than one argument. */
  private static QueueSpec bare(Value.@Nullable Entry argument) {
    return new QueueSpec(
        "any",
        QueueKind.CLASSIC,
        Lifetime.DURABLE,
        false,
        new Value.MapOf(argument == null ? List.of() : List.of(argument)),
        Source.CONF);
  }

  private @Nullable String problem(String vhost, QueueSpec queue) {
    return QueueArguments.parse(vhost, PolicyMerge.into(queue, this))
            instanceof Result.Refused<QueueArguments>(Refusal _, String text)
        ? "policy '%s': %s".formatted(name, text)
        : null;
  }
}
