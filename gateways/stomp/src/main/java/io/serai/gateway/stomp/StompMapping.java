package io.serai.gateway.stomp;

import io.serai.gateway.TextProperties;
import io.serai.gateway.stomp.StompEncoding.Field;
import io.serai.model.Conversion;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * STOMP's headers to the neutral form and back, with RabbitMQ's names (docs/protocols/mapping.md).
 * Every header that is no property is an application header. One whose name STOMP uses otherwise
 * gets the prefix {@code serai-header-}, which is taken off on the way in.
 */
public final class StompMapping {
  /** A message as STOMP says it: the publisher's own headers if it spoke STOMP. */
  public static final Conversion<StompEncoding> TO_STOMP = StompMapping::convert;

  private static final String PREFIX = "serai-header-";
  static final String REPLY_TO = "reply-to";

  /** {@code message-id} of a MESSAGE is the broker's, so the publisher's has RabbitMQ's name. */
  private static final String MESSAGE_ID = "amqp-message-id";

  /** Whole seconds since 1970, as in RabbitMQ. */
  private static final String TIMESTAMP = "timestamp";

  private static final Set<String> OWN_NAMES =
      Set.of(
          StompEncoding.PERSISTENT,
          REPLY_TO,
          MESSAGE_ID,
          TIMESTAMP,
          TextProperties.CONTENT_TYPE,
          TextProperties.CONTENT_ENCODING,
          TextProperties.CORRELATION_ID,
          TextProperties.EXPIRATION,
          TextProperties.PRIORITY,
          TextProperties.TYPE,
          TextProperties.USER_ID,
          TextProperties.APP_ID);

  private StompMapping() {}

  // ---- STOMP to neutral

  static Encoding.Neutral neutral(StompEncoding from) {
    Properties.Builder properties = Properties.builder();
    List<Header> headers = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Field field : from.fields()) {
      boolean isFirst = !OWN_NAMES.contains(field.name()) || seen.add(field.name());
      if (!isFirst || !read(field.name(), field.value(), properties)) {
        headers.add(Header.of(unprefixed(field.name()), field.value()));
      }
    }
    return new Encoding.Neutral(properties.build(), Headers.of(headers));
  }

  /** Answers whether the header is a property. */
  private static boolean read(String name, String value, Properties.Builder to) {
    switch (name) {
      case StompEncoding.PERSISTENT -> {
        to.durable(value.equals("true"));
        return value.equals("true") || value.equals("false");
      }
      case REPLY_TO -> {
        ReplyTo replyTo = StompDestination.replyTo(value);
        to.replyTo(replyTo);
        return replyTo != null;
      }
      case MESSAGE_ID -> {
        return TextProperties.read(TextProperties.MESSAGE_ID, value, to);
      }
      case TIMESTAMP -> {
        long seconds = TextProperties.decimal(value, Long.MAX_VALUE / 1000);
        to.timestampMillis(seconds < 0 ? -1 : seconds * 1000);
        return seconds >= 0;
      }
      default -> {
        return TextProperties.read(name, value, to);
      }
    }
  }

  private static String unprefixed(String name) {
    return name.startsWith(PREFIX) && isTaken(name.substring(PREFIX.length()))
        ? name.substring(PREFIX.length())
        : name;
  }

  // ---- neutral to STOMP

  private static StompEncoding convert(Message message) {
    if (message.encoding() instanceof StompEncoding own) {
      return own;
    }
    Properties from = message.properties();
    List<Field> fields = new ArrayList<>();
    TextProperties.write(
        from,
        (name, text) ->
            fields.add(
                new Field(name.equals(TextProperties.MESSAGE_ID) ? MESSAGE_ID : name, text)));
    ReplyTo replyTo = from.replyTo();
    if (replyTo != null) {
      fields.add(new Field(REPLY_TO, StompDestination.of(replyTo)));
    }
    if (from.timestampMillis() >= 0) {
      fields.add(new Field(TIMESTAMP, Long.toString(from.timestampMillis() / 1000)));
    }
    if (from.durable()) {
      fields.add(new Field(StompEncoding.PERSISTENT, "true"));
    }
    for (Header header : message.headers()) {
      String name = header.name();
      fields.add(new Field(isTaken(name) ? PREFIX + name : name, header.value().asText()));
    }
    return StompEncoding.of(fields);
  }

  /** Whether a header of this name would be read as something else, here or by a client. */
  private static boolean isTaken(String name) {
    return OWN_NAMES.contains(name)
        || StompEncoding.FRAME_HEADERS.contains(name)
        || name.startsWith(PREFIX) && isTaken(name.substring(PREFIX.length()));
  }
}
