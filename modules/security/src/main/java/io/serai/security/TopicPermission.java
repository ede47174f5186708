package io.serai.security;

/**
 * Which topics of a topic exchange a user may write to and read from, beside its {@link Permission}
 * on the exchange. As in RabbitMQ the expressions are matched against the routing key (levels
 * joined with {@code .}, whatever the protocol) or against the binding key, wildcards {@code *} and
 * {@code #} included; an exchange without a topic permission is open to whoever may use it.
 *
 * @param vhost its name
 * @param exchange the topic exchange, such as {@code amq.topic}
 * @param write topics it may publish to
 * @param read topics and filters it may subscribe to
 * @param maxQos the highest QoS at which it may do either, 0 to 2
 * @param mayRetain whether what it publishes may be kept as retained
 */
public record TopicPermission(
    String vhost,
    String exchange,
    TopicPattern write,
    TopicPattern read,
    int maxQos,
    boolean mayRetain) {

  /** Compiles the two expressions. */
  public static TopicPermission of(String vhost, String exchange, String write, String read) {
    return of(vhost, exchange, write, read, 2, true);
  }

  /** Likewise, with a QoS above which nothing goes, and perhaps nothing kept. */
  public static TopicPermission of(
      String vhost, String exchange, String write, String read, int maxQos, boolean mayRetain) {
    return new TopicPermission(
        vhost, exchange, TopicPattern.of(write), TopicPattern.of(read), maxQos, mayRetain);
  }
}
