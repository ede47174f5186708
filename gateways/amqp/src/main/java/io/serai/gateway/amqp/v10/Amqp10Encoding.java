package io.serai.gateway.amqp.v10;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sections of an AMQP 1.0 message beside its body, each as the bytes it came as (part 3 §3.2).
 * A consumer of AMQP 1.0 gets them back untouched; the header and the delivery annotations, which
 * belong to one hop, are there to be rewritten.
 */
public final class Amqp10Encoding implements Encoding {
  /** How the body section relates to the message's body. */
  public enum BodyKind {
    /** One data section: its bytes. */
    DATA,
    /** An amqp-value that is a string: its UTF-8. */
    TEXT,
    /** An amqp-value that is binary: its bytes. */
    BINARY,
    /** Anything else (sequences, other values, several data sections): the sections themselves. */
    SECTIONS
  }

  /** An encoding and the body it describes. */
  public record Received(Amqp10Encoding encoding, Body body) {}

  private static final byte[] NONE = {};
  private static final int OVERHEAD_BYTES = 120;

  /** Sections that are the body: data, sequence, value. */
  private static final int BODY_SECTIONS = 3;

  // Sections as they came, empty for one that is absent.
  private final byte[] header;
  private final byte[] deliveryAnnotations;
  private final byte[] messageAnnotations;
  private final byte[] properties;
  private final byte[] applicationProperties;
  private final byte[] footer;
  private final BodyKind bodyKind;

  /** What stands before the body's bytes: descriptor, constructor and length. */
  private final byte[] bodyPrefix;

  private final boolean isDurable;
  private final int priority;
  private final long ttlMillis;
  private @Nullable Neutral neutral;

  private Amqp10Encoding(byte[][] sections, BodyKind bodyKind, byte[] bodyPrefix) {
    this.header = sections[0];
    this.deliveryAnnotations = sections[1];
    this.messageAnnotations = sections[2];
    this.properties = sections[3];
    this.applicationProperties = sections[4];
    this.footer = sections[Sections.FOOTER - Sections.HEADER];
    this.bodyKind = bodyKind;
    this.bodyPrefix = bodyPrefix;
    List<Value> fields = Sections.fields(header); // §3.2.1: durable, priority, ttl, ...
    this.isDurable = Sections.field(fields, 0) instanceof Value.Bool(boolean b) && b;
    this.priority = Sections.field(fields, 1) instanceof Value.UByte(int p) ? p : -1;
    this.ttlMillis = Sections.field(fields, 2) instanceof Value.UInt(long ttl) ? ttl : -1;
  }

  private static byte[][] noSections() {
    byte[][] sections = new byte[Sections.FOOTER - Sections.HEADER + 1][];
    Arrays.fill(sections, NONE);
    return sections;
  }

  /**
   * Reads a whole message, as the payloads of its transfers make it up.
   *
   * @throws io.serai.gateway.ProtocolException when a section is malformed or out of order
   */
  public static Received read(ByteBuf in) {
    byte[][] sections = noSections();
    int bodyFrom = -1;
    int bodyTo = -1;
    int bodySections = 0;
    int last = -1;
    while (in.isReadable()) {
      int from = in.readerIndex();
      int code = Sections.descriptor(in);
      boolean isBody = code >= Sections.DATA && code <= Sections.VALUE;
      boolean mayRepeat = code == last && (code == Sections.DATA || code == Sections.SEQUENCE);
      if (code <= last && !mayRepeat || isBody && bodyFrom >= 0 && code != last) {
        throw DecodeError.because("a message section is repeated or out of order", "§3.2");
      }
      last = code;
      int valueAt = in.readerIndex();
      Value value = isBody ? skipOrRead(code, in) : TypeReader.read(in);
      if (isBody) {
        bodyFrom = bodyFrom < 0 ? from : bodyFrom;
        bodyTo = in.readerIndex();
        bodySections++;
      } else {
        require(code, value, valueAt);
        sections[code - Sections.HEADER] = copy(in, from, in.readerIndex());
      }
    }
    if (bodyFrom < 0) {
      throw DecodeError.because("the message has no body section", "§3.2");
    }
    return received(sections, in, bodyFrom, bodyTo, bodySections);
  }

  /** Body sections are only checked; their bytes are taken as they are. */
  private static Value skipOrRead(int code, ByteBuf in) {
    Value value = TypeReader.read(in);
    if (code == Sections.DATA && !(value instanceof Value.Binary)) {
      throw DecodeError.because("a data section that holds no binary", "§3.2.6");
    }
    if (code == Sections.SEQUENCE && !(value instanceof Value.ListOf)) {
      throw DecodeError.because("an amqp-sequence that is no list", "§3.2.7");
    }
    return value;
  }

  private static void require(int code, Value value, int at) {
    boolean isList = code == Sections.HEADER || code == Sections.PROPERTIES;
    if (isList ? !(value instanceof Value.ListOf) : !(value instanceof Value.MapOf)) {
      throw DecodeError.because(
          String.format("section 0x%02x at byte %d has the wrong type", code, at), "§3.2");
    }
  }

  private static Received received(byte[][] sections, ByteBuf in, int from, int to, int count) {
    ByteBuf body = in.slice(from, to - from);
    int code = Sections.descriptor(body);
    int constructor = body.readUnsignedByte();
    BodyKind kind =
        count > 1
            ? BodyKind.SECTIONS
            : switch (constructor) {
              case 0xa0, 0xb0 -> code == Sections.DATA ? BodyKind.DATA : BodyKind.BINARY;
              case 0xa1, 0xb1 -> BodyKind.TEXT;
              default -> BodyKind.SECTIONS;
            };
    if (kind == BodyKind.SECTIONS) {
      return new Received(
          new Amqp10Encoding(sections, kind, NONE), Body.copyOf(in, from, to - from));
    }
    body.skipBytes(constructor >= 0xb0 ? Integer.BYTES : 1);
    int contentAt = from + body.readerIndex();
    return new Received(
        new Amqp10Encoding(sections, kind, copy(in, from, contentAt)),
        Body.copyOf(in, contentAt, to - contentAt));
  }

  private static byte[] copy(ByteBuf in, int from, int to) {
    byte[] bytes = new byte[to - from];
    in.getBytes(from, bytes);
    return bytes;
  }

  /**
   * An encoding for a message that came over another protocol. Sections that are empty are absent.
   *
   * @param isSections whether the body holds body sections, as {@link BodyKind#SECTIONS} has it
   */
  static Amqp10Encoding converted(
      byte[] header,
      byte[] messageAnnotations,
      byte[] properties,
      byte[] applicationProperties,
      int bodyBytes,
      boolean isSections) {
    byte[][] sections = noSections();
    sections[0] = header;
    sections[2] = messageAnnotations;
    sections[3] = properties;
    sections[4] = applicationProperties;
    return isSections
        ? new Amqp10Encoding(sections, BodyKind.SECTIONS, NONE)
        : new Amqp10Encoding(sections, BodyKind.DATA, dataPrefix(bodyBytes));
  }

  /**
   * An encoding as it was stored.
   *
   * @param sections what {@link #sections} gave
   */
  static Amqp10Encoding stored(byte[][] sections, BodyKind bodyKind, byte[] bodyPrefix) {
    byte[][] all = noSections();
    int last = all.length - 1;
    System.arraycopy(sections, 0, all, 0, last - BODY_SECTIONS);
    all[last] = sections[last - BODY_SECTIONS];
    return new Amqp10Encoding(all, bodyKind, bodyPrefix);
  }

  /**
   * The six sections beside the body, in order, empty for one that is absent. Not to be written.
   */
  byte[][] sections() {
    return new byte[][] {
      header, deliveryAnnotations, messageAnnotations, properties, applicationProperties, footer
    };
  }

  /** What stands before the body's bytes. Not to be written. */
  byte[] bodyPrefix() {
    return bodyPrefix;
  }

  private static byte[] dataPrefix(int bytes) {
    return bytes < 0x100
        ? new byte[] {0, 0x53, Sections.DATA, (byte) 0xa0, (byte) bytes}
        : new byte[] {
          0,
          0x53,
          Sections.DATA,
          (byte) 0xb0,
          (byte) (bytes >> 24),
          (byte) (bytes >> 16),
          (byte) (bytes >> 8),
          (byte) bytes
        };
  }

  /** Appends the whole message as it was published. */
  public void writeTo(ByteBuf out, Body body) {
    out.writeBytes(header);
    out.writeBytes(deliveryAnnotations);
    writeBare(out, body);
  }

  /** Appends the message without header and delivery annotations, which each hop makes afresh. */
  public void writeBare(ByteBuf out, Body body) {
    out.writeBytes(messageAnnotations);
    out.writeBytes(properties);
    out.writeBytes(applicationProperties);
    out.writeBytes(bodyPrefix);
    body.writeTo(out);
    out.writeBytes(footer);
  }

  /** How the body section relates to the message's body. */
  public BodyKind bodyKind() {
    return bodyKind;
  }

  /** The fields of the header: durable, priority, ttl, first-acquirer, delivery-count. */
  public List<Value> headerFields() {
    return Sections.fields(header);
  }

  /** The delivery annotations: for this hop, not for consumers. */
  public List<Value.Entry> deliveryAnnotations() {
    return Sections.entries(deliveryAnnotations);
  }

  /** The message annotations. */
  public List<Value.Entry> messageAnnotations() {
    return Sections.entries(messageAnnotations);
  }

  /** The fields of the properties section, in the order of part 3 §3.2.4. */
  public List<Value> propertyFields() {
    return Sections.fields(properties);
  }

  /** The application properties. */
  public List<Value.Entry> applicationProperties() {
    return Sections.entries(applicationProperties);
  }

  /** The footer. */
  public List<Value.Entry> footer() {
    return Sections.entries(footer);
  }

  /** The address the message is sent to, or null when the link says it. */
  public @Nullable String to() {
    return Sections.field(propertyFields(), Amqp10Mapping.TO) instanceof Value.Str(String to)
        ? to
        : null;
  }

  @Override
  public boolean isDurable() {
    return isDurable;
  }

  @Override
  public long expiryMillis() {
    return ttlMillis;
  }

  @Override
  public int priority() {
    return Math.max(0, priority);
  }

  /** The priority as published, -1 when there is none. */
  int givenPriority() {
    return priority;
  }

  @Override
  public int sizeBytes() {
    return OVERHEAD_BYTES
        + header.length
        + deliveryAnnotations.length
        + messageAnnotations.length
        + properties.length
        + applicationProperties.length
        + footer.length;
  }

  @Override
  public Properties properties() {
    return neutral().properties();
  }

  @Override
  public Headers headers() {
    return neutral().headers();
  }

  @Override
  public Encoding rewritten(Rewrite rewrite) {
    return SectionRewrite.apply(this, rewrite);
  }

  /**
   * This encoding with other sections beside the same body.
   *
   * @param sections as {@link #sections} gives them
   */
  Amqp10Encoding with(byte[][] sections) {
    return stored(sections, bodyKind, bodyPrefix);
  }

  /** Built on first use; two loops may both build it, to the same result. */
  private Neutral neutral() {
    Neutral known = neutral;
    if (known == null) {
      known = Amqp10Mapping.neutral(this);
      neutral = known;
    }
    return known;
  }

  private byte[] written() {
    ByteBuf out = Unpooled.buffer(128);
    writeTo(out, Body.EMPTY);
    return copy(out, 0, out.writerIndex());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Amqp10Encoding that
        && bodyKind == that.bodyKind
        && Arrays.equals(written(), that.written());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(properties);
  }

  @Override
  public String toString() {
    return "Amqp10Encoding[" + bodyKind + ", " + properties() + ", " + headers() + "]";
  }
}
