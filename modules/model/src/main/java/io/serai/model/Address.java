package io.serai.model;

/**
 * Where a message was published to: an exchange and a routing topic. Gateways keep one instance per
 * distinct address of a connection, so that routes can be cached against it.
 *
 * @param exchange exchange name, at most 255 bytes; empty for the default exchange
 * @param topic the routing key or topic
 */
public record Address(String exchange, Topic topic) {
  /** The exchange where MQTT, STOMP {@code /topic}, CoAP {@code /ps} and WAMP topics meet. */
  public static final String TOPIC_EXCHANGE = "amq.topic";

  /**
   * The topic exchange where the node publishes what it says of itself ({@code $SYS}). Apart from
   * the other one, so that {@code #} of AMQP, STOMP and WAMP does not get it.
   */
  public static final String SYSTEM_EXCHANGE = "amq.sys";

  /** The address that reaches exactly the queue {@code queueName}, through the default exchange. */
  public static Address ofQueue(String queueName) {
    return new Address("", Topic.of(queueName, Spelling.DOT));
  }

  /** An address on the shared topic exchange. */
  public static Address ofTopic(Topic topic) {
    return new Address(TOPIC_EXCHANGE, topic);
  }
}
