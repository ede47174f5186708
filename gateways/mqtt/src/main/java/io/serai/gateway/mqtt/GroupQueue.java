package io.serai.gateway.mqtt;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Source;
import io.serai.bus.StreamRead;
import io.serai.model.Value;
import java.util.List;

/**
 * The queue of a shared subscription: it is named as clients subscribe to it, {@code
 * $share/<group>/<filter>}, so that consumers of other protocols can share it with them.
 */
final class GroupQueue {
  /** Before the digest of a filter that is too long; no valid one begins so. */
  private static final String DIGEST_PREFIX = "$share#";

  private static final long LEAST_EXPIRY_SECONDS = 60;

  /** The longest time a queue argument may name, about 49 days. */
  private static final long MOST_EXPIRY_SECONDS = 4_294_967;

  /** Who gets a message, and how, is decided when it is taken out: here it is kept whole. */
  private static final SubscriptionMatch KEPT_WHOLE =
      new SubscriptionMatch("", 2, false, true, false, List.of());

  private GroupQueue() {}

  static String name(String filter) {
    return SessionQueue.name(filter, DIGEST_PREFIX, filter);
  }

  /**
   * The queue to declare. It keeps messages while no member is there, and goes when nobody has come
   * for as long as a session may be away.
   */
  static QueueSpec spec(String filter, MqttOptions options) {
    long expirySeconds =
        Math.clamp(options.maxSessionExpirySeconds(), LEAST_EXPIRY_SECONDS, MOST_EXPIRY_SECONDS);
    List<Value.Entry> arguments = SessionQueue.limits(options);
    arguments.add(SessionQueue.argument("x-expires", expirySeconds * 1000));
    return new QueueSpec(
        name(filter),
        QueueKind.CLASSIC,
        Lifetime.DURABLE,
        false,
        new Value.MapOf(arguments),
        Source.CLIENT);
  }

  static List<BindingSpec> bindings(String filter) {
    return SessionQueue.bindings(name(filter), TopicRules.sharedFilter(filter), KEPT_WHOLE);
  }

  static ConsumerOptions consumer(String clientId) {
    return consumer(clientId, StreamRead.NEXT);
  }

  /** A consumer of a stream. */
  static ConsumerOptions consumer(String clientId, StreamRead stream) {
    return new ConsumerOptions(
        clientId, false, false, 0, CreditMode.GRANTED, 0, ConsumerView.ALL, stream);
  }
}
