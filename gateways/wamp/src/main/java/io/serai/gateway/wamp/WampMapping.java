package io.serai.gateway.wamp;

import io.serai.gateway.TextProperties;
import io.serai.gateway.wamp.WampEncoding.Shape;
import io.serai.model.Body;
import io.serai.model.Conversion;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * WAMP's options and details to the neutral form and back (docs/protocols/mapping.md). WAMP has no
 * message properties of its own, so each has an extension attribute {@code x_...}; application
 * headers are one dictionary {@code x_headers} with typed values.
 */
public final class WampMapping {
  /** A message as WAMP says it: the publisher's own options if it spoke WAMP. */
  public static final Conversion<WampEncoding> TO_WAMP = WampMapping::convert;

  static final String DURABLE = "x_durable";

  /** Milliseconds. */
  static final String EXPIRATION = "x_expiration";

  static final String PRIORITY = "x_priority";

  private static final String HEADERS = "x_headers";
  private static final String REPLY_TO = "x_reply_to";
  private static final String CORRELATION_ID = "x_correlation_id";

  /** Milliseconds since 1970. */
  private static final String TIMESTAMP = "x_timestamp";

  private static final String RETAIN = "retain";

  /** Informational, as for an MQTT publisher. */
  private static final String RETAIN_HEADER = "x-mqtt-retain";

  private static final String PAYLOAD_FORMAT_HEADER = "x-mqtt-payload-format";
  private static final String TEXT = "text/plain;charset=utf-8";
  private static final String BYTES = "application/octet-stream";

  private WampMapping() {}

  static boolean isTrue(@Nullable Value value) {
    return value instanceof Value.Bool(boolean b) && b;
  }

  // ---- WAMP to neutral

  static Encoding.Neutral neutral(WampEncoding from) {
    Properties.Builder to = Properties.builder();
    to.contentType(
        switch (from.shape()) {
          case Shape.NoArguments() -> null;
          case Shape.LoneText() -> TEXT;
          case Shape.LoneBytes() -> BYTES;
          case Shape.LoneJson() -> "application/json";
          case Shape.Document(var serializer, _, _, _, _) -> serializer.documentType();
        });
    List<Header> headers = new ArrayList<>();
    for (Header option : from.options()) {
      if (!read(option.name(), option.value(), from.shape(), to)) {
        if (option.name().equals(HEADERS) && option.value() instanceof Value.MapOf(var entries)) {
          entries.forEach(e -> headers.add(new Header(e.key().asText(), e.value())));
        } else if (option.name().equals(RETAIN)) {
          headers.add(new Header(RETAIN_HEADER, option.value()));
        } else {
          headers.add(option);
        }
      }
    }
    return new Encoding.Neutral(to.build(), Headers.of(headers));
  }

  private static boolean read(String name, Value value, Shape shape, Properties.Builder to) {
    switch (name) {
      case DURABLE -> to.durable(isTrue(value));
      case REPLY_TO -> to.replyTo(WampUri.replyTo(value.asText()));
      case CORRELATION_ID -> to.correlationId(value);
      case TIMESTAMP -> {
        long millis = TextProperties.decimal(value.asText(), Long.MAX_VALUE);
        to.timestampMillis(millis);
        return millis >= 0;
      }
      default -> {
        String plain = name.startsWith("x_") ? name.substring(2).replace('_', '-') : "";
        // The type of a document says how to read the body: a publisher's own would mislead.
        if (plain.equals(TextProperties.CONTENT_TYPE) && shape instanceof Shape.Document) {
          return false;
        }
        return TextProperties.read(plain, value.asText(), to);
      }
    }
    return true;
  }

  // ---- neutral to WAMP

  private static WampEncoding convert(Message message) {
    if (message.encoding() instanceof WampEncoding own) {
      return own;
    }
    Properties from = message.properties();
    List<Header> options = new ArrayList<>();
    Shape shape = shapeOf(message);
    TextProperties.write(
        from,
        (name, text) -> {
          String key = "x_" + name.replace('-', '_');
          switch (key) {
            case EXPIRATION, PRIORITY ->
                options.add(new Header(key, new Value.Long(Long.parseLong(text))));
            case CORRELATION_ID -> options.add(new Header(key, correlationId(from)));
            default -> {
              if (!isDocumentType(name, shape)) {
                options.add(Header.of(key, text));
              }
            }
          }
        });
    ReplyTo replyTo = from.replyTo();
    if (replyTo != null) {
      options.add(Header.of(REPLY_TO, WampUri.of(replyTo)));
    }
    if (from.timestampMillis() >= 0) {
      options.add(new Header(TIMESTAMP, new Value.Long(from.timestampMillis())));
    }
    if (from.durable()) {
      options.add(new Header(DURABLE, new Value.Bool(true)));
    }
    if (!message.headers().isEmpty()) {
      options.add(new Header(HEADERS, dictionary(message.headers())));
    }
    return new WampEncoding(Headers.of(options), shape);
  }

  private static boolean isDocumentType(String name, Shape shape) {
    return name.equals(TextProperties.CONTENT_TYPE) && shape instanceof Shape.Document;
  }

  /** Text where it is one: most serializers make bytes unpleasant. */
  private static Value correlationId(Properties from) {
    Value id = from.correlationId();
    if (id instanceof Value.Binary(byte[] bytes)) {
      String text = TextProperties.utf8OrNull(bytes);
      return text == null ? id : Value.of(text);
    }
    return id == null ? Value.NULL : Value.of(id.asText());
  }

  /** Names once, in order; a repeated name has the list of its values. */
  private static Value dictionary(Headers headers) {
    Map<String, List<Value>> byName = new LinkedHashMap<>();
    for (Header header : headers) {
      byName.computeIfAbsent(header.name(), _ -> new ArrayList<>(1)).add(header.value());
    }
    List<Value.Entry> entries = new ArrayList<>(byName.size());
    byName.forEach((name, values) ->
        entries.add(
            new Value.Entry(
                Value.of(name),
                values.size() == 1 ? plain(values.getFirst()) : plain(new Value.ListOf(values)))));
    return new Value.MapOf(entries);
  }

  /** The value as WAMP's serializers have it: null, boolean, integer, double, text, bytes, ... */
  static Value plain(Value value) {
    return switch (value) {
      case Value.Null _, Value.Bool _, Value.Int _, Value.Long _ -> value;
      case Value.Double _, Value.Str _, Value.Binary _ -> value;
      case Value.Byte(byte b) -> new Value.Int(b);
      case Value.UByte(int b) -> new Value.Int(b);
      case Value.Short(short s) -> new Value.Int(s);
      case Value.UShort(int s) -> new Value.Int(s);
      case Value.UInt(long i) -> integer(i);
      case Value.ULong(long bits) ->
          bits >= 0 ? integer(bits) : Value.of(Long.toUnsignedString(bits));
      // Its shortest decimal form, not the digits that widening would show.
      case Value.Float(float f) -> new Value.Double(Double.parseDouble(Float.toString(f)));
      case Value.Timestamp(long millis) -> new Value.Long(millis);
      case Value.Decimal _, Value.Char _, Value.Uuid _, Value.Symbol _ -> Value.of(value.asText());
      case Value.ListOf(var items) ->
          new Value.ListOf(items.stream().map(WampMapping::plain).toList());
      case Value.ArrayOf(var items) ->
          new Value.ListOf(items.stream().map(WampMapping::plain).toList());
      case Value.MapOf(var entries) ->
          new Value.MapOf(
              entries.stream()
                  .map(e -> new Value.Entry(Value.of(e.key().asText()), plain(e.value())))
                  .toList());
      case Value.Described(_, var inner) -> plain(inner);
    };
  }

  private static Value integer(long value) {
    return value == (int) value ? new Value.Int((int) value) : new Value.Long(value);
  }

  // ---- the body as arguments

  private static Shape shapeOf(Message message) {
    Body body = message.body();
    String type = message.properties().contentType();
    if (body.length() == 0) {
      return new Shape.NoArguments();
    }
    WampSerializer serializer = WampSerializer.ofDocumentType(type);
    if (serializer != null) {
      Shape document = WampEncoding.documentShape(serializer, body.toByteArray());
      return document == null ? new Shape.LoneBytes() : document;
    }
    if (type != null && isJson(type)) {
      byte[] json = body.toByteArray();
      if (((JsonForm) WampSerializer.JSON.form()).isWhole(json)) {
        return new Shape.LoneJson();
      }
    }
    return isText(message, type, body) ? new Shape.LoneText() : new Shape.LoneBytes();
  }

  private static boolean isJson(String type) {
    String bare = bare(type);
    return bare.equals("application/json") || bare.endsWith("+json");
  }

  private static String bare(String type) {
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether subscribers get a text. A publisher that names no type means one when its bytes are
   * one: UTF-8 without control characters but tab and line ends.
   */
  private static boolean isText(Message message, @Nullable String type, Body body) {
    boolean isSaid =
        message.headers().first(PAYLOAD_FORMAT_HEADER) != null
            || type != null && (bare(type).startsWith("text/") || isJson(type));
    if (!isSaid && type != null) {
      return false;
    }
    String text = TextProperties.utf8OrNull(body.toByteArray());
    return text != null && (isSaid || text.chars().noneMatch(WampMapping::isControl));
  }

  private static boolean isControl(int c) {
    return Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r';
  }
}
