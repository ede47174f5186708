package io.serai.gateway.wamp;

import io.serai.model.Address;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.List;

/**
 * URIs: a topic in dotted spelling; {@code $queue.<name>} is a queue, reached through the default
 * exchange, as {@code $queue/<name>} is in MQTT.
 */
public final class WampUri {
  private static final String QUEUE = "$queue.";

  private WampUri() {}

  /** Where an event published to {@code uri} goes. */
  public static Address address(String uri) {
    return replyTo(uri).address();
  }

  /** The URI that an event with this topic shows. */
  public static String of(Topic topic) {
    return topic.spelled(Spelling.DOT);
  }

  static String of(ReplyTo replyTo) {
    return switch (replyTo) {
      case ReplyTo.Queue(String name) ->
          QUEUE + Topic.ofLevels(List.of(name), Spelling.DOT).spelled(Spelling.DOT);
      case ReplyTo.AtTopic(Topic topic) -> of(topic);
    };
  }

  static ReplyTo replyTo(String uri) {
    if (uri.startsWith(QUEUE) && uri.length() > QUEUE.length()) {
      String rest = uri.substring(QUEUE.length());
      Topic name = Topic.of(rest, Spelling.DOT);
      return new ReplyTo.Queue(name.levelCount() == 1 ? name.level(0) : rest);
    }
    return new ReplyTo.AtTopic(Topic.of(uri, Spelling.DOT));
  }
}
