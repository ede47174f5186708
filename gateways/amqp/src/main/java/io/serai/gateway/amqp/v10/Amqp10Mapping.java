package io.serai.gateway.amqp.v10;

import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.TextProperties;
import io.serai.gateway.amqp.v10.Amqp10Encoding.BodyKind;
import io.serai.model.Conversion;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Spelling;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AMQP 1.0's sections to the neutral form and back (docs/protocols/mapping.md), with RabbitMQ's
 * conventions: headers called {@code x-...} are message annotations, all others application
 * properties. What the sections have no place for gets a name with the prefix {@code serai-} and is
 * folded back on the way in.
 */
public final class Amqp10Mapping {
  /** A message as AMQP 1.0 says it: the publisher's own sections if it spoke AMQP 1.0. */
  public static final Conversion<Amqp10Encoding> TO_AMQP10 = Amqp10Mapping::convert;

  // Fields of the properties section (part 3 §3.2.4)
  static final int MESSAGE_ID = 0;
  static final int USER_ID = 1;
  static final int TO = 2;
  static final int SUBJECT = 3;
  static final int REPLY_TO = 4;
  static final int CORRELATION_ID = 5;
  static final int CONTENT_TYPE = 6;
  static final int CONTENT_ENCODING = 7;
  static final int CREATION_TIME = 9;
  private static final int FIELDS = 10;

  /** Where the message was published to, as RabbitMQ tells its consumers. */
  private static final String EXCHANGE_ANNOTATION = "x-exchange";

  private static final String KEY_ANNOTATION = "x-routing-key";

  /** The content type of a body that is body sections in AMQP 1.0's encoding. */
  private static final String SECTIONS_TYPE = "application/vnd.serai.amqp-1.0";

  private static final String PREFIX = "serai-";
  private static final String APP_ID_NAME = PREFIX + "app-id";
  private static final String REPLY_TO_NAME = PREFIX + "reply-to";
  private static final String CONTENT_TYPE_NAME = PREFIX + "content-type";
  private static final String CONTENT_ENCODING_NAME = PREFIX + "content-encoding";

  /** Before the name of a header whose value only an annotation can hold. */
  private static final String HEADER_ANNOTATION = "x-opt-serai-header-";

  private static final byte[] NONE = {};
  private static final long MAX_TTL_MILLIS = 0xffff_ffffL;

  private Amqp10Mapping() {}

  // ---- AMQP 1.0 to neutral

  static Encoding.Neutral neutral(Amqp10Encoding from) {
    Properties.Builder to = Properties.builder();
    List<Header> headers = new ArrayList<>();
    to.durable(from.isDurable()).priority(from.givenPriority()).expiryMillis(from.expiryMillis());
    List<Value> fields = from.propertyFields();
    to.messageId(Sections.field(fields, MESSAGE_ID));
    to.correlationId(Sections.field(fields, CORRELATION_ID));
    to.type(text(Sections.field(fields, SUBJECT)));
    to.contentType(text(Sections.field(fields, CONTENT_TYPE)));
    to.contentEncoding(text(Sections.field(fields, CONTENT_ENCODING)));
    if (from.bodyKind() == BodyKind.SECTIONS) {
      to.contentType(SECTIONS_TYPE);
    }
    if (Sections.field(fields, USER_ID) instanceof Value.Binary(byte[] user)) {
      to.userId(new String(user, StandardCharsets.UTF_8));
    }
    if (Sections.field(fields, CREATION_TIME) instanceof Value.Timestamp(long millis)) {
      to.timestampMillis(Math.max(0, millis));
    }
    String replyTo = text(Sections.field(fields, REPLY_TO));
    if (replyTo != null) {
      ReplyTo read = Amqp10Address.replyTo(replyTo);
      to.replyTo(read);
      if (read == null) {
        headers.add(Header.of(REPLY_TO_NAME, replyTo));
      }
    }
    for (Value.Entry entry : from.applicationProperties()) {
      String name = entry.key().asText();
      if (!fold(name, entry.value(), to)) {
        headers.add(new Header(name, entry.value()));
      }
    }
    for (Value.Entry entry : from.messageAnnotations()) {
      String name = entry.key() instanceof Value.Symbol(String symbol) ? symbol : "";
      if (name.startsWith(HEADER_ANNOTATION)) {
        headers.add(new Header(name.substring(HEADER_ANNOTATION.length()), entry.value()));
      } else if (name.startsWith("x-") && !isAddress(name)) {
        headers.add(new Header(name, entry.value()));
      }
    }
    return new Encoding.Neutral(to.build(), Headers.of(headers));
  }

  private static boolean isAddress(String annotation) {
    return annotation.equals(EXCHANGE_ANNOTATION) || annotation.equals(KEY_ANNOTATION);
  }

  private static @Nullable String text(@Nullable Value value) {
    return value == null ? null : value.asText();
  }

  private static boolean fold(String name, Value value, Properties.Builder to) {
    if (!(value instanceof Value.Str(String text))) {
      return false;
    }
    switch (name) {
      case APP_ID_NAME -> to.appId(text);
      case CONTENT_TYPE_NAME -> to.contentType(text);
      case CONTENT_ENCODING_NAME -> to.contentEncoding(text);
      default -> {
        return false;
      }
    }
    return true;
  }

  // ---- neutral to AMQP 1.0

  private static Amqp10Encoding convert(Message message) {
    if (message.encoding() instanceof Amqp10Encoding own) {
      return own;
    }
    Properties from = message.properties();
    Map<String, Value> application = new LinkedHashMap<>();
    Map<String, Value> annotations = new LinkedHashMap<>();
    annotations.put(EXCHANGE_ANNOTATION, Value.of(message.address().exchange()));
    annotations.put(KEY_ANNOTATION, Value.of(message.topic().spelled(Spelling.DOT)));
    boolean isSections =
        SECTIONS_TYPE.equals(from.contentType()) && holdsBodySections(message.body().toByteArray());
    byte[] properties = properties(from, isSections, application);
    place(message.headers(), application, annotations);
    return Amqp10Encoding.converted(
        header(from),
        Sections.written(Sections.MESSAGE_ANNOTATIONS, symbolMap(annotations)),
        properties,
        application.isEmpty()
            ? NONE
            : Sections.written(Sections.APPLICATION_PROPERTIES, textMap(application)),
        message.body().length(),
        isSections);
  }

  /** A body of another protocol is only taken for sections when AMQP 1.0 can read it as such. */
  private static boolean holdsBodySections(byte[] body) {
    try {
      var received = Amqp10Encoding.read(Unpooled.wrappedBuffer(body));
      return received.encoding().bodyKind() == BodyKind.SECTIONS
          && received.body().length() == body.length;
    } catch (ProtocolException _) {
      return false;
    }
  }

  private static byte[] header(Properties from) {
    List<Value> fields = new ArrayList<>();
    fields.add(new Value.Bool(from.durable()));
    fields.add(from.priority() < 0 ? Value.NULL : new Value.UByte(from.priority()));
    fields.add(
        from.expiryMillis() < 0
            ? Value.NULL
            : new Value.UInt(Math.min(MAX_TTL_MILLIS, from.expiryMillis())));
    return Sections.written(Sections.HEADER, new Value.ListOf(withoutTail(fields)));
  }

  private static byte[] properties(
      Properties from, boolean isSections, Map<String, Value> application) {
    Value[] fields = new Value[FIELDS];
    Arrays.fill(fields, Value.NULL);
    fields[MESSAGE_ID] = id(from.messageId());
    fields[CORRELATION_ID] = id(from.correlationId());
    if (from.userId() != null) {
      fields[USER_ID] = new Value.Binary(from.userId().getBytes(StandardCharsets.UTF_8));
    }
    if (from.type() != null) {
      fields[SUBJECT] = Value.of(from.type());
    }
    ReplyTo replyTo = from.replyTo();
    if (replyTo != null) {
      fields[REPLY_TO] = Value.of(Amqp10Address.of(replyTo));
    }
    if (!isSections) {
      fields[CONTENT_TYPE] = symbol(from.contentType(), CONTENT_TYPE_NAME, application);
    }
    fields[CONTENT_ENCODING] = symbol(from.contentEncoding(), CONTENT_ENCODING_NAME, application);
    if (from.timestampMillis() >= 0) {
      fields[CREATION_TIME] = new Value.Timestamp(from.timestampMillis());
    }
    if (from.appId() != null) {
      application.put(APP_ID_NAME, Value.of(from.appId()));
    }
    List<Value> given = withoutTail(List.of(fields));
    return given.isEmpty() ? NONE : Sections.written(Sections.PROPERTIES, new Value.ListOf(given));
  }

  /** Fields at the end that are null may be left out (part 1 §1.4). */
  private static List<Value> withoutTail(List<Value> fields) {
    int count = fields.size();
    while (count > 0 && fields.get(count - 1) instanceof Value.Null) {
      count--;
    }
    return fields.subList(0, count);
  }

  /** An id of the types that part 3 §3.2.11 allows; bytes that are text become text. */
  private static Value id(@Nullable Value id) {
    return switch (id) {
      case null -> Value.NULL;
      case Value.Str _, Value.ULong _, Value.Uuid _ -> id;
      case Value.Binary(byte[] bytes) -> {
        String text = TextProperties.utf8OrNull(bytes);
        yield text == null ? id : Value.of(text);
      }
      default -> Value.of(id.asText());
    };
  }

  /** A symbol is ASCII: other text goes to an application property. */
  private static Value symbol(
      @Nullable String text, String otherName, Map<String, Value> application) {
    if (text == null) {
      return Value.NULL;
    }
    if (isAscii(text)) {
      return new Value.Symbol(text);
    }
    application.put(otherName, Value.of(text));
    return Value.NULL;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** Puts each header where its name and value may stand; repeated names become one list. */
  private static void place(
      Headers headers, Map<String, Value> application, Map<String, Value> annotations) {
    Map<String, List<Value>> byName = new LinkedHashMap<>();
    for (Header header : headers) {
      byName.computeIfAbsent(header.name(), _ -> new ArrayList<>(1)).add(header.value());
    }
    byName.forEach((name, values) -> {
      Value value = values.size() == 1 ? values.getFirst() : new Value.ListOf(values);
      String annotation = annotationOf(new Header(name, value));
      if (annotation == null) {
        application.put(name, applicationValue(value));
      } else {
        annotations.put(annotation, value);
      }
    });
  }

  /** The annotation that a header becomes, or null when it is an application property. */
  static @Nullable String annotationOf(Header header) {
    String name = header.name();
    if (!isAscii(name)) {
      return null;
    }
    if (name.startsWith("x-")) {
      return name;
    }
    return isSimple(header.value()) ? null : HEADER_ANNOTATION + name;
  }

  /** A header's value as an application property. */
  static Value applicationValue(Value value) {
    return isSimple(value) ? value : Value.of(value.asText());
  }

  /** The header that an annotation or application property of this name stands for. */
  static String headerName(Value key) {
    String name = key.asText();
    return key instanceof Value.Symbol && name.startsWith(HEADER_ANNOTATION)
        ? name.substring(HEADER_ANNOTATION.length())
        : name;
  }

  /** Whether application properties may hold it (part 3 §3.2.5). */
  private static boolean isSimple(Value value) {
    return switch (value) {
      case Value.ListOf _, Value.ArrayOf _, Value.MapOf _, Value.Described _ -> false;
      default -> true;
    };
  }

  private static Value symbolMap(Map<String, Value> entries) {
    List<Value.Entry> all = new ArrayList<>(entries.size());
    entries.forEach((name, value) -> all.add(new Value.Entry(new Value.Symbol(name), value)));
    return new Value.MapOf(all);
  }

  private static Value textMap(Map<String, Value> entries) {
    List<Value.Entry> all = new ArrayList<>(entries.size());
    entries.forEach((name, value) -> all.add(new Value.Entry(Value.of(name), value)));
    return new Value.MapOf(all);
  }
}
