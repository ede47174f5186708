package io.serai.bus;

import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.Set;

/**
 * An authenticated user and what it may do. The routing core asks; gateways never decide. Answers
 * come from an immutable snapshot that may be replaced while the connection lives: {@link #version}
 * changes then, and cached decisions are asked again.
 */
public interface Principal {
  /** What is done to a resource, as in RabbitMQ's access control. */
  enum Action {
    /** Create, delete or alter it. */
    CONFIGURE,
    /** Send messages into it. */
    WRITE,
    /** Take messages out of it. */
    READ
  }

  /** The user's name. */
  String user();

  /** RabbitMQ's user tags, such as {@code administrator} and {@code impersonator}. */
  Set<String> tags();

  /** Changes whenever an answer may have changed. */
  long version();

  /** Whether the user may use the vhost at all. */
  boolean mayEnter(String vhost);

  /** Whether the user may do {@code action} to the exchange or queue {@code resource}. */
  boolean may(Action action, String vhost, String resource);

  /** Whether the user may publish to {@code topic} on a topic exchange. */
  boolean mayPublish(String vhost, String exchange, Topic topic, String clientId);

  /** The highest QoS at which the user may publish to a topic exchange and read from it, 0 to 2. */
  default int maxQos(String vhost, String exchange) {
    return 2;
  }

  /** Whether what the user publishes to a topic exchange may be kept as retained. */
  default boolean mayRetain(String vhost, String exchange) {
    return true;
  }

  /** Whether the user may read topics that pass {@code filter} on a topic exchange. */
  boolean maySubscribe(String vhost, String exchange, TopicFilter filter, String clientId);
}
