package io.serai.routing.queue;

import io.serai.bus.QueueSpec;
import io.serai.model.Value;
import io.serai.routing.queue.ArgumentReader.Invalid;
import java.util.Locale;
import java.util.Set;

/** What {@code x-queue-type} asks for. */
enum QueueType {
  CLASSIC,
  QUORUM,
  STREAM;

  static final String ARGUMENT = "x-queue-type";

  /** What RabbitMQ's classic queues have and its quorum queues refuse. */
  private static final Set<String> NOT_FOR_QUORUM =
      Set.of("x-max-priority", TopicPriorities.ARGUMENT, "x-queue-mode", "x-queue-version");

  /** What other types of queue have and classic ones refuse. */
  private static final Set<String> NOT_FOR_CLASSIC =
      Set.of(
          "x-quorum-initial-group-size",
          StreamArguments.CLUSTER_SIZE,
          "x-max-in-memory-length",
          "x-max-in-memory-bytes");

  /** The type a queue is declared with. */
  static QueueType of(QueueSpec spec) throws Invalid {
    Value asked = spec.arguments().first(ARGUMENT);
    if (asked == null) {
      return CLASSIC;
    }
    ArgumentReader type = new ArgumentReader(ARGUMENT, asked);
    return switch (type.text()) {
      case "classic" -> CLASSIC;
      case "quorum" -> QUORUM;
      case "stream" -> STREAM;
      default -> throw type.wrong("\"unsupported queue type '" + type.text() + "'\"");
    };
  }

  /** Whether queues of this type are refused with an argument that means something to others. */
  boolean refuses(String argument) {
    return switch (this) {
      case CLASSIC ->
          NOT_FOR_CLASSIC.contains(argument) || StreamArguments.ONLY_FOR_STREAMS.contains(argument);
      case QUORUM ->
          NOT_FOR_QUORUM.contains(argument) || StreamArguments.ONLY_FOR_STREAMS.contains(argument);
      case STREAM ->
          QueueArguments.hasMeaning(argument) && !StreamArguments.FOR_STREAMS.contains(argument);
    };
  }

  /** What RabbitMQ calls it in messages to users. */
  String rabbitName() {
    return "rabbit_" + name().toLowerCase(Locale.ROOT) + "_queue";
  }
}
