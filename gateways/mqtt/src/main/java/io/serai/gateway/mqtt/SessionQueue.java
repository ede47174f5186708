package io.serai.gateway.mqtt;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Spelling;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a session's queue is named, declared, bound and read. */
final class SessionQueue {
  private static final String PREFIX = "mqtt-session-";

  /**
   * Before the digest of a client id that is too long; no client id follows the other prefix so.
   */
  private static final String DIGEST_PREFIX = "mqtt-session#";

  private static final int MAX_NAME_BYTES = 255;

  private SessionQueue() {}

  /** The queue's name: the client id is in it, or its digest when it is too long for a name. */
  static String name(String clientId) {
    return name(PREFIX + clientId, DIGEST_PREFIX, clientId);
  }

  /** {@code name}, or {@code digestPrefix} and the digest of {@code of} if it is too long. */
  static String name(String name, String digestPrefix, String of) {
    if (name.length() * 3 <= MAX_NAME_BYTES
        || name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES) {
      return name;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(of.getBytes(StandardCharsets.UTF_8));
      return digestPrefix + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The queue to declare: a session that ends with its connection has a queue that does too.
   *
   * @param outlivesConnection whether the session expiry interval is above 0
   */
  static QueueSpec spec(String clientId, boolean outlivesConnection, MqttOptions options) {
    return new QueueSpec(
        name(clientId),
        QueueKind.CLASSIC,
        outlivesConnection ? Lifetime.DURABLE : Lifetime.EXCLUSIVE,
        false,
        new Value.MapOf(limits(options)),
        Source.CLIENT);
  }

  /** How much such a queue keeps, what goes when there is more, and what comes first. */
  static List<Value.Entry> limits(MqttOptions options) {
    List<Value.Entry> limits = new ArrayList<>(5);
    limits.add(argument("x-max-length", options.maxQueuedMessages()));
    limits.add(argument("x-max-length-bytes", options.maxQueuedBytes()));
    if (!options.queueOverflow().equals(MqttOptions.DROP_HEAD)) {
      limits.add(new Value.Entry(Value.of("x-overflow"), Value.of(options.queueOverflow())));
    }
    if (!options.queuePriorities().isEmpty()) {
      limits.add(
          new Value.Entry(Value.of("x-topic-priorities"), Value.of(options.queuePriorities())));
    }
    return limits;
  }

  static Value.Entry argument(String name, long value) {
    return new Value.Entry(Value.of(name), new Value.Long(value));
  }

  /** The bindings of one subscription; {@code match} is not looked at to unbind. */
  static List<BindingSpec> subscription(
      String clientId, String filter, @Nullable SubscriptionMatch match) {
    return bindings(name(clientId), filter, match);
  }

  /**
   * The bindings of a filter to a queue: one, or two where it may match what the node says of
   * itself, since bridges say some of that too.
   */
  static List<BindingSpec> bindings(String queue, String filter, @Nullable MatchData match) {
    BindingSpec own = binding(Address.TOPIC_EXCHANGE, queue, filter, match);
    return TopicRules.isAboutBroker(filter)
        ? List.of(own, binding(Address.SYSTEM_EXCHANGE, queue, filter, match))
        : List.of(own);
  }

  private static BindingSpec binding(
      String exchange, String queue, String filter, @Nullable MatchData match) {
    return new BindingSpec(
        exchange,
        queue,
        false,
        filter,
        Spelling.SLASH,
        Request.noArguments(),
        match,
        Source.CLIENT);
  }

  /** The consumer; its credit follows when the client may be sent something. */
  static ConsumerOptions consumer(String clientId, boolean acknowledges) {
    return new ConsumerOptions(clientId, !acknowledges, false, 0, CreditMode.GRANTED, 0);
  }
}
