package io.serai.model;

/**
 * Where an answer to a message should be published. Each protocol writes it in its own way; the
 * neutral form says what kind of place it is.
 */
public sealed interface ReplyTo {
  /** A queue, reached through the default exchange (AMQP {@code reply-to}, STOMP temp queues). */
  record Queue(String name) implements ReplyTo {}

  /** A topic on {@link Address#TOPIC_EXCHANGE} (MQTT 5 response topic, WAMP, CoAP). */
  record AtTopic(Topic topic) implements ReplyTo {}

  /** The address an answer has to be published to. */
  default Address address() {
    return switch (this) {
      case Queue(String name) -> Address.ofQueue(name);
      case AtTopic(Topic topic) -> Address.ofTopic(topic);
    };
  }
}
