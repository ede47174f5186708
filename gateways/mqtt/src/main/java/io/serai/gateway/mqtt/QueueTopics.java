package io.serai.gateway.mqtt;

import io.serai.model.Address;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.List;

/**
 * Queues as MQTT names them: {@code $queue/<name>} publishes to the queue through the default
 * exchange, so that a device can answer an AMQP client's {@code reply-to}, and {@code
 * $stream/<name>} to a stream. A name that holds a slash or a wildcard is percent-encoded.
 */
final class QueueTopics {
  private static final String PREFIX = "$queue/";
  private static final String STREAM_PREFIX = "$stream/";

  private QueueTopics() {}

  /** Whether {@code topic}, in MQTT's spelling, names a queue. */
  static boolean isQueue(String topic) {
    return (topic.startsWith(PREFIX) && topic.length() > PREFIX.length())
        || (topic.startsWith(STREAM_PREFIX) && topic.length() > STREAM_PREFIX.length());
  }

  /** The queue that {@code topic} names. */
  static String queueName(String topic) {
    String rest = topic.substring(topic.indexOf('/') + 1);
    Topic read = Topic.of(rest, Spelling.SLASH);
    return read.levelCount() == 1 ? read.level(0) : rest;
  }

  /** Where a publish to {@code topic}, which names a queue, goes. */
  static Address address(String topic) {
    return Address.ofQueue(queueName(topic));
  }

  /** The topic that names a queue. */
  static String topic(String queueName) {
    return PREFIX + Topic.ofLevels(List.of(queueName), Spelling.SLASH).spelled(Spelling.SLASH);
  }

  /** A response topic as the neutral model sees it. */
  static ReplyTo replyTo(String responseTopic) {
    return isQueue(responseTopic)
        ? new ReplyTo.Queue(queueName(responseTopic))
        : new ReplyTo.AtTopic(Topic.of(responseTopic, Spelling.SLASH));
  }

  /** The response topic to give to an MQTT client. */
  static String responseTopic(ReplyTo replyTo) {
    return switch (replyTo) {
      case ReplyTo.Queue(String name) -> topic(name);
      case ReplyTo.AtTopic(Topic topic) -> topic.spelled(Spelling.SLASH);
    };
  }
}
