package io.serai.routing.queue;

import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.RepeatWindow;
import io.serai.bus.Result;
import io.serai.model.Value;
import io.serai.routing.queue.ArgumentReader.Invalid;
import io.serai.routing.selector.Selector;
import io.serai.routing.selector.SelectorException;
import io.serai.routing.stream.StreamSettings;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code x-} arguments a queue was declared with, checked. Refusals read as RabbitMQ's do:
 * {@code invalid arg 'x-message-ttl' for queue 'q' in vhost '/': {value_negative,-1}}. Arguments
 * that nobody knows are taken and mean nothing, as there.
 *
 * @param isQuorum whether the queue was asked for as a quorum queue
 * @param stream what it keeps and how if it was asked for as a stream, null if it was not
 * @param messageTtlMillis most time a message stays ready, -1 for no limit; 0 means deliver at once
 *     or drop
 * @param expiresMillis time without use after which the queue goes, -1 for never
 * @param limits most ready messages and bytes, and what happens beyond
 * @param deadLetters where messages go that the queue gives up, null for nowhere
 * @param deliveryLimit how often a message may come back, null when nobody counts
 * @param maxPriority highest priority told apart, 0 to 255; 0 when all messages are equal
 * @param topicPriorities which priority messages have by their topics, null where they say
 * @param isSingleActive whether one consumer at a time gets everything
 * @param retry how long what comes back waits, null when it is ready at once
 * @param consumerTimeoutMillis how long a delivery may be unsettled, -1 for no limit
 * @param repeats how far back it knows a message again, null when it does not look
 * @param accepts which messages it takes at all, null for every one
 */
public record QueueArguments(
    boolean isQuorum,
    @Nullable StreamSettings stream,
    long messageTtlMillis,
    long expiresMillis,
    QueueLimits limits,
    @Nullable DeadLetterTarget deadLetters,
    @Nullable DeliveryLimit deliveryLimit,
    int maxPriority,
    @Nullable TopicPriorities topicPriorities,
    boolean isSingleActive,
    @Nullable RetrySchedule retry,
    long consumerTimeoutMillis,
    @Nullable RepeatWindow repeats,
    @Nullable Selector accepts) {
  /** No arguments at all. */
  static final QueueArguments NONE =
      new QueueArguments(
          false, null, -1, -1, QueueLimits.NONE, null, null, 0, null, false, null, -1, null, null);

  static final int HIGHEST_PRIORITY = 255;

  /** Which messages a queue takes; what it does not take is not for it, and nobody is told. */
  private static final String SELECTOR = "x-message-selector";

  /** What a queue is told by its arguments; the rest are the client's own notes, as in RabbitMQ. */
  private static final Set<String> WITH_MEANING =
      Set.of(
          QueueType.ARGUMENT,
          "x-message-ttl",
          "x-expires",
          "x-max-length",
          "x-max-length-bytes",
          "x-overflow",
          "x-dead-letter-exchange",
          "x-dead-letter-routing-key",
          "x-dead-letter-strategy",
          "x-delivery-limit",
          RetryReading.TYPE,
          RetryReading.MIN,
          RetryReading.MAX,
          RetryReading.MULTIPLIER,
          "x-consumer-timeout",
          "x-max-priority",
          TopicPriorities.ARGUMENT,
          "x-single-active-consumer",
          "x-queue-mode",
          "x-queue-version",
          "x-queue-master-locator",
          "x-queue-leader-locator",
          StreamArguments.MAX_AGE,
          StreamArguments.SEGMENT_BYTES,
          StreamArguments.FILTER_BYTES,
          StreamArguments.CLUSTER_SIZE,
          "x-quorum-initial-group-size",
          "x-max-in-memory-length",
          "x-max-in-memory-bytes",
          "x-message-deduplication",
          "x-deduplication-header",
          "x-cache-size",
          "x-cache-ttl",
          SELECTOR);

  private static final Set<String> MODES = Set.of("default", "lazy");

  /** {@code x-overflow}: what happens to a message for a full queue. */
  private static final Map<String, Overflow> OVERFLOWS =
      Map.of(
          "drop-head",
          Overflow.DROP_HEAD,
          "drop-tail",
          Overflow.DROP_TAIL,
          "reject-publish",
          Overflow.REJECT_PUBLISH,
          Reading.REJECT_PUBLISH_DLX,
          Overflow.REJECT_PUBLISH);

  /** {@code x-dead-letter-strategy}: whether a dead letter is tried again. */
  private static final Map<String, Boolean> STRATEGIES =
      Map.of("at-most-once", false, "at-least-once", true);

  /** Reads and checks the arguments of a queue. */
  public static Result<QueueArguments> parse(String vhost, QueueSpec spec) {
    try {
      QueueType type = QueueType.of(spec);
      String property = type == QueueType.CLASSIC ? null : notForShared(spec);
      if (property != null) {
        return refused(
            "invalid property '%s' for %s".formatted(property, named(vhost, spec.name())));
      }
      return Result.ok(new Reading(type, named(vhost, spec.name())).read(spec.arguments()));
    } catch (Invalid invalid) {
      return refused(
          invalid.argument.isEmpty()
              ? invalid.why
              : "invalid arg '%s' for %s%s"
                  .formatted(invalid.argument, named(vhost, spec.name()), invalid.why));
    }
  }

  private static Result<QueueArguments> refused(String text) {
    return Result.refused(Refusal.PRECONDITION_FAILED, text);
  }

  /** How messages to users call a queue. */
  static String named(QueueRef queue) {
    return named(queue.vhost(), queue.name());
  }

  private static String named(String vhost, String name) {
    return "queue '%s' in vhost '%s'".formatted(name, vhost);
  }

  /** The arguments that mean something. */
  public static Set<String> names() {
    return WITH_MEANING;
  }

  /** Whether an argument has to be the same when a queue is declared again. */
  public static boolean hasMeaning(String name) {
    return WITH_MEANING.contains(name);
  }

  /**
   * The type whose queues the client must name itself, by RabbitMQ's name: they outlive the client.
   *
   * @return null when the broker may choose the name
   */
  public static @Nullable String typeThatNeedsName(QueueSpec spec) {
    try {
      QueueType type = QueueType.of(spec);
      return type == QueueType.CLASSIC ? null : type.rabbitName();
    } catch (Invalid e) {
      return null; // refused for its type, whatever its name
    }
  }

  /** Whether a queue as it is declared takes an argument, as far as its type goes. */
  public static boolean takes(QueueSpec spec, String argument) {
    try {
      return !QueueType.of(spec).refuses(argument);
    } catch (Invalid e) {
      return true; // refused for its type, whatever its arguments
    }
  }

  /** Whether a queue was asked for as a stream. */
  public static boolean isStream(QueueSpec spec) {
    try {
      return QueueType.of(spec) == QueueType.STREAM;
    } catch (Invalid e) {
      return false;
    }
  }

  /** Quorum queues and streams outlive connections, consumers and restarts. */
  private static @Nullable String notForShared(QueueSpec spec) {
    if (spec.autoDelete()) {
      return "auto-delete";
    }
    return switch (spec.lifetime()) {
      case EXCLUSIVE -> "exclusive-owner";
      case TRANSIENT -> "non-durable";
      case DURABLE -> null;
    };
  }

  /** One queue's arguments while they are being read. */
  private static final class Reading {
    static final String REJECT_PUBLISH_DLX = "reject-publish-dlx";

    private final String queue;
    private final QueueType type;
    private final boolean isQuorum;
    private long messageTtlMillis = -1;
    private long expiresMillis = -1;
    private long maxMessages = QueueLimits.UNLIMITED;
    private long maxBytes = QueueLimits.UNLIMITED;
    private Overflow overflow = Overflow.DROP_HEAD;
    private boolean takesRefused;
    private @Nullable String deadLetterExchange;
    private @Nullable String deadLetterKey;
    private boolean isAtLeastOnce;
    private @Nullable DeliveryLimit deliveryLimit;
    private int maxPriority;
    private @Nullable TopicPriorities topicPriorities;
    private boolean isSingleActive;
    private final RetryReading retry = new RetryReading();
    private long consumerTimeoutMillis = -1;
    private final RepeatArguments repeats = new RepeatArguments();
    private @Nullable Selector accepts;
    private final StreamArguments stream = new StreamArguments();

    Reading(QueueType type, String queue) {
      this.queue = queue;
      this.type = type;
      this.isQuorum = type == QueueType.QUORUM;
      this.deliveryLimit = isQuorum ? DeliveryLimit.OF_QUORUM_QUEUES : null;
    }

    QueueArguments read(Value.MapOf arguments) throws Invalid {
      for (Value.Entry entry : arguments.entries()) {
        take(new ArgumentReader(entry.key().asText(), entry.value()));
      }
      if (deadLetterKey != null && deadLetterExchange == null) {
        throw new Invalid("x-dead-letter-routing-key", ": routing_key_but_no_dlx_defined");
      }
      DeadLetterTarget target =
          deadLetterExchange == null
              ? null
              : DeadLetterTarget.of(deadLetterExchange, deadLetterKey, takesRefused, isAtLeastOnce);
      return new QueueArguments(
          isQuorum,
          type == QueueType.STREAM ? stream.settings() : null,
          messageTtlMillis,
          expiresMillis,
          new QueueLimits(maxMessages, maxBytes, overflow),
          target,
          deliveryLimit,
          topicPriorities == null ? maxPriority : Math.max(maxPriority, topicPriorities.highest()),
          topicPriorities,
          isSingleActive,
          retry.schedule(),
          consumerTimeoutMillis,
          repeats.window(""),
          accepts);
    }

    private void take(ArgumentReader argument) throws Invalid {
      if (type.refuses(argument.name())) {
        throw new Invalid(argument.name(), " of queue type " + type.rabbitName());
      }
      if (type == QueueType.STREAM) {
        stream.take(argument);
      }
      switch (argument.name()) {
        case "x-message-ttl" -> messageTtlMillis = argument.millis();
        case "x-expires" -> expiresMillis = argument.someMillis();
        case "x-max-length" -> maxMessages = argument.count();
        case "x-max-length-bytes" -> maxBytes = argument.count();
        case "x-overflow" -> overflow(argument);
        case "x-dead-letter-exchange" -> deadLetterExchange = argument.exchange(queue);
        case "x-dead-letter-routing-key" -> deadLetterKey = argument.text();
        case "x-dead-letter-strategy" ->
            isAtLeastOnce = known(argument, STRATEGIES, "invalid_dlx_strategy");
        case "x-delivery-limit" -> deliveryLimit = DeliveryLimit.of(argument.atLeast(-1));
        case RetryReading.TYPE, RetryReading.MIN, RetryReading.MAX, RetryReading.MULTIPLIER ->
            retry.take(argument);
        case "x-consumer-timeout" -> consumerTimeoutMillis = argument.someMillis();
        case "x-max-priority" -> maxPriority = priority(argument);
        case TopicPriorities.ARGUMENT -> topicPriorities = TopicPriorities.of(argument);
        case "x-single-active-consumer" -> isSingleActive = argument.flag();
        case "x-quorum-initial-group-size" -> argument.positive();
        case "x-max-in-memory-length", "x-max-in-memory-bytes" -> argument.count();
        case SELECTOR -> accepts = selector(argument);
        case "x-queue-mode" -> {
          if (!MODES.contains(argument.text())) {
            throw argument.wrong("\"unsupported queue mode '" + argument.text() + "'\"");
          }
        }
        case "x-queue-version" -> {
          long version = argument.count();
          if (version != 1 && version != 2) {
            throw argument.wrong("\"unsupported queue version '" + version + "'\"");
          }
        }
        default -> repeats.take(argument); // RabbitMQ takes what it does not know, and so do we
      }
    }

    /** A quorum queue has nobody to send a refused message to but its publisher. */
    private void overflow(ArgumentReader argument) throws Invalid {
      overflow = known(argument, OVERFLOWS, "invalid_overflow");
      takesRefused = argument.text().equals(REJECT_PUBLISH_DLX);
      if (isQuorum && takesRefused) {
        overflow = Overflow.DROP_HEAD;
      }
    }

    private static Selector selector(ArgumentReader argument) throws Invalid {
      try {
        return Selector.parseOnArrival(argument.text());
      } catch (SelectorException e) {
        throw argument.wrong(String.valueOf(e.getMessage()));
      }
    }

    private static int priority(ArgumentReader argument) throws Invalid {
      long highest = argument.count();
      if (highest > HIGHEST_PRIORITY) {
        throw argument.wrong("{max_value_exceeded," + highest + "}");
      }
      return (int) highest;
    }

    private static <T> T known(ArgumentReader argument, Map<String, T> words, String ifUnknown)
        throws Invalid {
      T meaning = words.get(argument.text());
      if (meaning == null) {
        throw argument.wrong(ifUnknown);
      }
      return meaning;
    }
  }
}
