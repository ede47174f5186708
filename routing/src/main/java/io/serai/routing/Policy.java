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
 */
public record Policy(
    String name, Pattern pattern, Target target, int priority, Value.MapOf definition) {
  /** What a policy is for. */
  public enum Target {
    QUEUES,
    EXCHANGES,
    ALL
  }

  boolean isForQueue(String queue) {
    return target != Target.EXCHANGES && pattern.matcher(queue).find();
  }

  boolean isForExchange(String exchange) {
    return target != Target.QUEUES && pattern.matcher(exchange).find();
  }

  /** The value of one name, or null. */
  @Nullable Value find(String key) {
    for (Value.Entry entry : definition.entries()) {
      if (entry.key().asText().equals(key)) {
        return entry.value();
      }
    }
    return null;
  }

  /** What is wrong with it, or null: what a queue declared with these arguments would be told. */
  @Nullable String problem(String vhost) {
    QueueSpec bare =
        new QueueSpec(
            "any",
            QueueKind.CLASSIC,
            Lifetime.TRANSIENT,
            false,
            new Value.MapOf(List.of()),
            Source.CONF);
    return QueueArguments.parse(vhost, PolicyMerge.into(bare, this))
            instanceof Result.Refused<QueueArguments>(Refusal _, String text)
        ? "policy '%s': %s".formatted(name, text)
        : null;
  }
}
