package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Rewrite;
import io.serai.model.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a message published over AMQP 0-9-1, as they came: property flags and property
 * list of the content header (§4.2.6.1). Consumers of 0-9-1 get these bytes back untouched.
 */
public final class Amqp091Encoding implements Encoding {
  /** No property at all. */
  public static final Amqp091Encoding NONE =
      new Amqp091Encoding(new byte[] {0, 0}, 0, 1, 0, -1, null, false);

  /** More than 30,000 years; longer digit strings are refused. */
  private static final long MAX_EXPIRATION_MILLIS = 999_999_999_999_999L;

  /** Object, array header and fields beside the bytes themselves. */
  private static final int OVERHEAD_BYTES = 64;

  private static final int TRANSIENT = 1;
  private static final int PERSISTENT = 2;

  private final byte[] wire;
  private final int flags;
  private final int deliveryMode;
  private final int priority;
  private final long expiryMillis;
  private final @Nullable String badExpiration;
  private final boolean needsCare;
  private final List<Topic> moreTopics;
  private @Nullable Neutral neutral;

  private Amqp091Encoding(
      byte[] wire,
      int flags,
      int deliveryMode,
      int priority,
      long expiryMillis,
      @Nullable String badExpiration,
      boolean needsCare) {
    this.wire = wire;
    this.flags = flags;
    this.deliveryMode = deliveryMode;
    this.priority = priority;
    this.expiryMillis = expiryMillis;
    this.badExpiration = badExpiration;
    this.needsCare = needsCare;
    this.moreTopics = List.of();
  }

  private Amqp091Encoding(Amqp091Encoding like, byte[] wire, int flags, List<Topic> moreTopics) {
    this.wire = wire;
    this.flags = flags;
    this.deliveryMode = like.deliveryMode;
    this.priority = like.priority;
    this.expiryMillis = like.expiryMillis;
    this.badExpiration = like.badExpiration;
    this.needsCare = like.needsCare;
    this.moreTopics = moreTopics;
  }

  /**
   * Reads property flags and list from what is left of a content header's payload, and copies them.
   *
   * @throws ProtocolException SYNTAX_ERROR when they are malformed
   */
  static Amqp091Encoding read(FieldReader in) {
    int start = in.position();
    ByteBuf buffer = in.buffer();
    int flags = in.shortUint();
    if ((flags & (Property.MORE_FLAGS | Property.UNUSED_FLAG)) != 0) {
      throw ReplyCode.SYNTAX_ERROR.because(
          String.format("property flags 0x%04x name properties that class basic lacks", flags),
          "AMQP 0-9-1 §4.2.6.1");
    }
    if (flags == 0 && in.remaining() == 0) {
      return NONE;
    }
    skipShort(in, flags, Property.CONTENT_TYPE);
    skipShort(in, flags, Property.CONTENT_ENCODING);
    boolean needsCare = Property.USER_ID.isIn(flags);
    if (Property.HEADERS.isIn(flags)) {
      needsCare |= FieldTable.check(in);
    }
    int deliveryMode = Property.DELIVERY_MODE.isIn(flags) ? in.octet() : TRANSIENT;
    needsCare |= deliveryMode != TRANSIENT && deliveryMode != PERSISTENT;
    int priority = Property.PRIORITY.isIn(flags) ? in.octet() : 0;
    skipShort(in, flags, Property.CORRELATION_ID);
    if (Property.REPLY_TO.isIn(flags)) {
      int length = in.octet();
      in.skip(length);
      needsCare |= DirectReply.isName(buffer, in.position() - length, length);
    }
    long expiryMillis = -1;
    String badExpiration = null;
    if (Property.EXPIRATION.isIn(flags)) {
      int length = in.octet();
      int at = in.position();
      in.skip(length);
      expiryMillis = millis(buffer, at, length);
      if (expiryMillis < 0) {
        badExpiration = buffer.toString(at, length, StandardCharsets.UTF_8);
      }
    }
    skipShort(in, flags, Property.MESSAGE_ID);
    if (Property.TIMESTAMP.isIn(flags)) {
      in.skip(8);
    }
    skipShort(in, flags, Property.TYPE);
    skipShort(in, flags, Property.USER_ID);
    skipShort(in, flags, Property.APP_ID);
    skipShort(in, flags, Property.CLUSTER_ID);
    if (in.remaining() > 0) {
      throw in.leftOver("the property list");
    }
    byte[] wire = new byte[in.position() - start];
    buffer.getBytes(start, wire);
    return new Amqp091Encoding(
        wire,
        flags,
        deliveryMode,
        priority,
        expiryMillis,
        badExpiration,
        needsCare || badExpiration != null);
  }

  private static void skipShort(FieldReader in, int flags, Property property) {
    if (property.isIn(flags)) {
      in.skip(in.octet());
    }
  }

  /** The decimal number, or -1 when it is none, negative or too large; RabbitMQ takes a plus. */
  private static long millis(ByteBuf in, int at, int length) {
    long value = 0;
    int start = length > 1 && in.getByte(at) == '+' ? 1 : 0;
    for (int i = start; i < length; i++) {
      int digit = in.getByte(at + i) - '0';
      if (digit < 0 || digit > 9 || value > MAX_EXPIRATION_MILLIS) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return length == 0 || value > MAX_EXPIRATION_MILLIS ? -1 : value;
  }

  /**
   * These properties with another value for one of them that nothing here is derived from.
   *
   * @param changed as {@link #wire}, with the same properties present
   */
  Amqp091Encoding with(byte[] changed) {
    return new Amqp091Encoding(this, changed, flags, moreTopics);
  }

  /**
   * These properties with a header more, from which nothing here is derived.
   *
   * @param changed as {@link #wire}, with a table of headers and else the same properties present
   */
  Amqp091Encoding withHeader(byte[] changed) {
    return new Amqp091Encoding(this, changed, flags | Property.HEADERS.flag, moreTopics);
  }

  /** These properties of a message that is routed by more topics. */
  Amqp091Encoding routedBy(List<Topic> topics) {
    return new Amqp091Encoding(this, wire, flags, topics);
  }

  /**
   * Whether a publisher asks for more than passing it on: it has a user id, an expiration that is
   * none, a delivery mode there is not, {@code CC} or {@code BCC}, or wants its answer by direct
   * reply-to.
   */
  boolean needsCare() {
    return needsCare;
  }

  /** Property flags and property list; callers must not write to the array. */
  byte[] wire() {
    return wire;
  }

  /** Whether a property was given. */
  boolean has(Property property) {
    return property.isIn(flags);
  }

  /** Whether the delivery mode is neither of the two there are. */
  boolean hasUnknownDeliveryMode() {
    return deliveryMode != TRANSIENT && deliveryMode != PERSISTENT;
  }

  int deliveryMode() {
    return deliveryMode;
  }

  /** The expiration when it is not a number of milliseconds, else null. */
  @Nullable String badExpiration() {
    return badExpiration;
  }

  @Override
  public boolean isDurable() {
    return deliveryMode == PERSISTENT;
  }

  @Override
  public long expiryMillis() {
    return expiryMillis;
  }

  @Override
  public int priority() {
    return priority;
  }

  @Override
  public List<Topic> moreTopics() {
    return moreTopics;
  }

  @Override
  public int sizeBytes() {
    return OVERHEAD_BYTES + wire.length;
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
    Amqp091Encoding numbered = NumberHeader.added(this, rewrite);
    if (numbered != null) {
      return numbered;
    }
    Amqp091Encoding changed = HeaderSplice.apply(this, rewrite);
    return moreTopics.isEmpty() || rewrite.replaces(Copies.CC)
        ? changed
        : changed.routedBy(moreTopics);
  }

  /** Built on first use; two loops may both build it, to the same result. */
  private Neutral neutral() {
    Neutral known = neutral;
    if (known == null) {
      known =
          PropertyReader.read(new FieldReader().over(Unpooled.wrappedBuffer(wire), 0, wire.length));
      neutral = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Amqp091Encoding that
        && Arrays.equals(wire, that.wire)
        && moreTopics.equals(that.moreTopics);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(wire);
  }

  @Override
  public String toString() {
    return "Amqp091Encoding[" + properties() + ", " + headers() + "]";
  }
}
