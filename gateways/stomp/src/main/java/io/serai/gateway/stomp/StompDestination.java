package io.serai.gateway.stomp;

import io.serai.model.Address;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * STOMP destinations as RabbitMQ spells them: {@code /queue/n}, {@code /amq/queue/n}, {@code
 * /reply-queue/n}, {@code /topic/a.b}, {@code /exchange/e/k}. In queue and exchange names {@code /}
 * is written {@code %2F}; a topic is AMQP's spelling of it and is taken as it is.
 */
public final class StompDestination {
  static final String QUEUE = "/queue/";
  private static final String AMQ_QUEUE = "/amq/queue/";
  private static final String REPLY_QUEUE = "/reply-queue/";
  static final String TEMP_QUEUE = "/temp-queue/";
  static final String STREAM = "/stream/";
  private static final String TOPIC = "/topic/";
  private static final String EXCHANGE = "/exchange/";
  private static final List<String> QUEUES = List.of(QUEUE, AMQ_QUEUE, REPLY_QUEUE);

  private StompDestination() {}

  /** Where a SEND to {@code destination} goes, or null when it is none of the forms above. */
  public static @Nullable Address address(String destination) {
    for (String prefix : QUEUES) {
      if (destination.startsWith(prefix) && destination.length() > prefix.length()) {
        return Address.ofQueue(unescaped(destination.substring(prefix.length())));
      }
    }
    if (destination.startsWith(TOPIC) && destination.length() > TOPIC.length()) {
      return Address.ofTopic(dotted(destination.substring(TOPIC.length())));
    }
    if (destination.startsWith(EXCHANGE)) {
      String rest = destination.substring(EXCHANGE.length());
      int slash = rest.indexOf('/');
      String exchange = unescaped(slash < 0 ? rest : rest.substring(0, slash));
      String key = slash < 0 ? "" : rest.substring(slash + 1);
      return exchange.isEmpty() ? null : new Address(exchange, dotted(key));
    }
    return null;
  }

  /** The destination that a MESSAGE with this address shows. */
  public static String of(Address address) {
    String key = address.topic().spelled(Spelling.DOT);
    if (address.exchange().isEmpty()) {
      return QUEUE + escaped(key);
    }
    return address.exchange().equals(Address.TOPIC_EXCHANGE)
        ? TOPIC + key
        : EXCHANGE + escaped(address.exchange()) + "/" + key;
  }

  /** What follows {@code prefix} in {@code text}, or null when nothing does. */
  static @Nullable String after(String prefix, String text) {
    return text.startsWith(prefix) && text.length() > prefix.length()
        ? text.substring(prefix.length())
        : null;
  }

  /** The destination of answers to the queue {@code name}. */
  static String ofReplies(String name) {
    return REPLY_QUEUE + escaped(name);
  }

  /** The destination to which an answer is sent. */
  static String of(ReplyTo replyTo) {
    return switch (replyTo) {
      // Not /queue/: a SEND there would declare the queue.
      case ReplyTo.Queue(String name) -> ofReplies(name);
      case ReplyTo.AtTopic(Topic topic) -> TOPIC + topic.spelled(Spelling.DOT);
    };
  }

  /** What {@code destination} says as a reply-to, or null when only STOMP can say it. */
  static @Nullable ReplyTo replyTo(String destination) {
    Address address = address(destination);
    if (address == null) {
      // A name without a slash in front is an AMQP client's own reply-to.
      return destination.startsWith("/") || destination.isEmpty()
          ? null
          : new ReplyTo.Queue(destination);
    }
    return switch (address.exchange()) {
      case "" -> new ReplyTo.Queue(address.topic().spelled(Spelling.DOT));
      case Address.TOPIC_EXCHANGE -> new ReplyTo.AtTopic(address.topic());
      default -> null;
    };
  }

  private static Topic dotted(String key) {
    return Topic.of(key, Spelling.DOT);
  }

  private static String escaped(String name) {
    return name.replace("%", "%25").replace("/", "%2F");
  }

  private static String unescaped(String name) {
    if (name.indexOf('%') < 0) {
      return name;
    }
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return name; // a percent sign that starts no escape
    }
  }
}
