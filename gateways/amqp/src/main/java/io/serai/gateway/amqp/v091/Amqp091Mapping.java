package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Conversion;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates between neutral properties and those of class basic, as docs/protocols/mapping.md
 * says. What 0-9-1 has no place for travels in headers that start with {@code serai-} and is folded
 * back from them, so that nothing is lost on the way to 0-9-1 and back.
 */
public final class Amqp091Mapping {
  /** A message's properties as this protocol writes them; the publisher's own if it spoke 0-9-1. */
  public static final Conversion<Amqp091Encoding> CONVERSION = Amqp091Mapping::encode;

  static final String PREFIX = "serai-";
  static final String CONTENT_TYPE = PREFIX + "content-type";
  static final String CONTENT_ENCODING = PREFIX + "content-encoding";
  static final String CORRELATION_DATA = PREFIX + "correlation-data";
  static final String REPLY_TO = PREFIX + "reply-to";
  static final String MESSAGE_ID = PREFIX + "message-id";
  static final String TYPE = PREFIX + "type";
  static final String USER_ID = PREFIX + "user-id";
  static final String APP_ID = PREFIX + "app-id";

  /** The whole routing key of a message whose key is too long for a short string. */
  static final String ROUTING_KEY = PREFIX + "routing-key";

  private static final String BASE64 = "base64:";
  private static final String TOPIC = "/topic/";

  private Amqp091Mapping() {}

  /** The message's properties in this protocol's encoding. */
  static Amqp091Encoding of(Message message) {
    return message.encoding() instanceof Amqp091Encoding own ? own : message.as(CONVERSION);
  }

  private static Amqp091Encoding encode(Message message) {
    if (message.encoding() instanceof Amqp091Encoding own) {
      return own;
    }
    byte[] key = message.topic().utf8(Spelling.DOT);
    Headers headers =
        key.length <= Wire.SHORT_STRING_BYTES
            ? message.headers()
            : message.headers().with(Header.of(ROUTING_KEY, message.topic().spelled(Spelling.DOT)));
    return encode(message.properties(), headers);
  }

  /** These properties and headers in this protocol's encoding. */
  public static Amqp091Encoding encode(Properties properties, Headers headers) {
    Writer writer = new Writer();
    writer.shortText(Property.CONTENT_TYPE, CONTENT_TYPE, properties.contentType());
    writer.shortText(Property.CONTENT_ENCODING, CONTENT_ENCODING, properties.contentEncoding());
    if (properties.durable()) {
      writer.set(Property.DELIVERY_MODE).octet(2);
    }
    if (properties.priority() >= 0) {
      writer.set(Property.PRIORITY).octet(properties.priority());
    }
    writer.correlationId(properties.correlationId());
    writer.shortText(Property.REPLY_TO, REPLY_TO, text(properties.replyTo()));
    if (properties.expiryMillis() >= 0) {
      writer.set(Property.EXPIRATION).shortString(Long.toString(properties.expiryMillis()));
    }
    writer.messageId(properties.messageId());
    if (properties.timestampMillis() >= 0) {
      writer.set(Property.TIMESTAMP).longLong(properties.timestampMillis() / 1000);
    }
    writer.shortText(Property.TYPE, TYPE, properties.type());
    writer.shortText(Property.USER_ID, USER_ID, properties.userId());
    writer.shortText(Property.APP_ID, APP_ID, properties.appId());
    return writer.encoding(headers);
  }

  // ---- reply-to

  /** A queue's name, or {@code /topic/} and the dotted topic. */
  static @Nullable String text(@Nullable ReplyTo replyTo) {
    return switch (replyTo) {
      case null -> null;
      case ReplyTo.Queue(String name) -> name;
      case ReplyTo.AtTopic(Topic topic) -> TOPIC + topic.spelled(Spelling.DOT);
    };
  }

  /** What {@link #text(ReplyTo)} wrote. */
  static ReplyTo replyTo(String text) {
    return text.startsWith(TOPIC)
        ? new ReplyTo.AtTopic(Topic.of(text.substring(TOPIC.length()), Spelling.DOT))
        : new ReplyTo.Queue(text);
  }

  // ---- correlation id

  /** The value behind a correlation-id property: bytes if it is our base64 form, else text. */
  static Value correlationId(String text) {
    if (text.startsWith(BASE64)) {
      try {
        return new Value.Binary(Base64.getDecoder().decode(text.substring(BASE64.length())));
      } catch (IllegalArgumentException e) {
        return new Value.Str(text); // a publisher's own text that only looks like it
      }
    }
    return new Value.Str(text);
  }

  private static @Nullable String utf8OrNull(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Collects properties in wire order, and the headers that stand in for some of them. */
  private static final class Writer {
    private final ByteBuf before = Unpooled.buffer(64);
    private final ByteBuf after = Unpooled.buffer(64);
    private final List<Header> extra = new ArrayList<>();
    private int flags;

    /** Marks a property as present; its value goes to the writer that is returned. */
    FieldWriter set(Property property) {
      flags |= property.flag;
      return new FieldWriter(property.compareTo(Property.HEADERS) < 0 ? before : after);
    }

    void shortText(Property property, String standIn, @Nullable String text) {
      if (text == null) {
        return;
      }
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      if (utf8.length <= Wire.SHORT_STRING_BYTES) {
        set(property).shortString(utf8);
      } else {
        extra.add(Header.of(standIn, text));
      }
    }

    void correlationId(@Nullable Value id) {
      switch (id) {
        case null -> {}
        case Value.Binary(byte[] bytes) -> binaryCorrelationId(bytes);
        case Value.Str(String text) -> shortText(Property.CORRELATION_ID, CORRELATION_DATA, text);
        default -> typed(Property.CORRELATION_ID, CORRELATION_DATA, id);
      }
    }

    private void binaryCorrelationId(byte[] bytes) {
      String text = utf8OrNull(bytes);
      if (text == null || text.startsWith(BASE64)) {
        text = BASE64 + Base64.getEncoder().encodeToString(bytes);
      }
      if (text.length() <= Wire.SHORT_STRING_BYTES
          && text.getBytes(StandardCharsets.UTF_8).length <= Wire.SHORT_STRING_BYTES) {
        set(Property.CORRELATION_ID).shortString(text);
      } else {
        extra.add(new Header(CORRELATION_DATA, new Value.Binary(bytes)));
      }
    }

    void messageId(@Nullable Value id) {
      switch (id) {
        case null -> {}
        case Value.Str(String text) -> shortText(Property.MESSAGE_ID, MESSAGE_ID, text);
        default -> typed(Property.MESSAGE_ID, MESSAGE_ID, id);
      }
    }

    /** An id that is no text: readable in the property, whole in a header. */
    private void typed(Property property, String standIn, Value id) {
      set(property).shortString(id.asText());
      extra.add(new Header(standIn, id));
    }

    Amqp091Encoding encoding(Headers headers) {
      List<Value.Entry> table = table(headers, extra);
      ByteBuf wire = Unpooled.buffer(64);
      wire.writeShort(flags | (table.isEmpty() ? 0 : Property.HEADERS.flag));
      wire.writeBytes(before);
      if (!table.isEmpty()) {
        new FieldWriter(wire).table(new Value.MapOf(table));
      }
      wire.writeBytes(after);
      return Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.writerIndex()));
    }

    /** Tables hold a name once: repeated names become one array, at the first one's place. */
    private static List<Value.Entry> table(Headers headers, List<Header> extra) {
      Map<String, List<Value>> byName = new LinkedHashMap<>();
      for (Header header : headers) {
        byName.computeIfAbsent(header.name(), _ -> new ArrayList<>(1)).add(header.value());
      }
      for (Header header : extra) {
        byName.put(header.name(), List.of(header.value()));
      }
      List<Value.Entry> entries = new ArrayList<>(byName.size());
      byName.forEach((name, values) ->
          entries.add(
              new Value.Entry(
                  new Value.Str(name),
                  values.size() == 1 ? values.getFirst() : new Value.ListOf(values))));
      return entries;
    }
  }
}
