package io.serai.gateway.amqp.v10;

import io.serai.model.Address;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Addresses as RabbitMQ 4 writes them: {@code /queues/q}, {@code /exchanges/x/key} and {@code
 * /exchanges/x}, percent-encoded. Read are also its older forms {@code /queue/q}, {@code
 * /amq/queue/q}, {@code /topic/key}, {@code /exchange/x/key} and a bare queue name.
 */
public final class Amqp10Address {
  private static final String QUEUES = "/queues/";
  private static final String EXCHANGES = "/exchanges/";
  private static final String TOPIC = "/topic/";
  private static final String OLD_EXCHANGE = "/exchange/";
  private static final List<String> OLD_QUEUES = List.of("/queue/", "/amq/queue/");

  private Amqp10Address() {}

  /**
   * Where a message to {@code address} goes, or null when it is none of the forms above.
   *
   * @param subject the key for an exchange address without one, empty when there is none
   */
  public static @Nullable Address read(String address, String subject) {
    if (address.startsWith(QUEUES)) {
      return queue(decoded(address.substring(QUEUES.length())));
    }
    if (address.startsWith(EXCHANGES)) {
      return exchange(address.substring(EXCHANGES.length()), subject, true);
    }
    for (String prefix : OLD_QUEUES) {
      if (address.startsWith(prefix)) {
        return queue(address.substring(prefix.length()));
      }
    }
    if (address.startsWith(TOPIC)) {
      return Address.ofTopic(Topic.of(address.substring(TOPIC.length()), Spelling.DOT));
    }
    if (address.startsWith(OLD_EXCHANGE)) {
      return exchange(address.substring(OLD_EXCHANGE.length()), subject, false);
    }
    return address.startsWith("/") ? null : queue(address);
  }

  private static @Nullable Address queue(@Nullable String name) {
    return name == null || name.isEmpty() ? null : Address.ofQueue(name);
  }

  private static @Nullable Address exchange(String rest, String subject, boolean isEncoded) {
    int slash = rest.indexOf('/');
    String exchange = slash < 0 ? rest : rest.substring(0, slash);
    String key = slash < 0 ? subject : rest.substring(slash + 1);
    if (isEncoded) {
      exchange = decoded(exchange);
      key = slash < 0 ? key : decoded(key);
    }
    return exchange == null || key == null || exchange.isEmpty()
        ? null
        : new Address(exchange, Topic.of(key, Spelling.DOT));
  }

  /** The address that a message with this one can be sent to. */
  public static String of(Address address) {
    String key = encoded(address.topic().spelled(Spelling.DOT));
    if (address.exchange().isEmpty()) {
      return QUEUES + key;
    }
    return EXCHANGES + encoded(address.exchange()) + (key.isEmpty() ? "" : "/" + key);
  }

  static String of(ReplyTo replyTo) {
    return of(replyTo.address());
  }

  /** What {@code address} says as a reply-to, or null when only AMQP 1.0 can say it. */
  static @Nullable ReplyTo replyTo(String address) {
    Address read = address.isEmpty() ? null : read(address, "");
    if (read == null) {
      return null;
    }
    return switch (read.exchange()) {
      case "" -> new ReplyTo.Queue(read.topic().spelled(Spelling.DOT));
      case Address.TOPIC_EXCHANGE -> new ReplyTo.AtTopic(read.topic());
      default -> null;
    };
  }

  /** RFC 3986: everything but letters, digits and {@code -._~} is percent-encoded. */
  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static @Nullable String decoded(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return null; // a percent sign that starts no escape
    }
  }
}
