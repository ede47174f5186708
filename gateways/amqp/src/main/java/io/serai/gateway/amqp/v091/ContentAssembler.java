package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.amqp.v091.Amqp091Frame.Content;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.amqp.v091.BasicContent.TooLarge;
import io.serai.model.Address;
import io.serai.model.Body;
import org.jspecify.annotations.Nullable;

/**
 * Joins a basic.publish method, its content header and its body frames (AMQP 0-9-1 §2.3.5.2), for
 * each channel on its own. Bodies are copied once, out of the read buffer. Holds what has arrived
 * of each channel's open content, at most the largest message.
 */
final class ContentAssembler {
  private static final String SECTION = "AMQP 0-9-1 §2.3.5.2";

  enum Expects {
    METHOD,
    HEADER,
    BODY
  }

  /** One channel's open content; reused for every message of the channel. */
  static final class Open {
    final int channel;
    Expects expects = Expects.METHOD;
    @Nullable Address address;
    boolean mandatory;
    boolean immediate;
    @Nullable Amqp091Encoding encoding;
    long bytesLeft;
    Body.@Nullable Builder parts;
    boolean isDropped;

    Open(int channel) {
      this.channel = channel;
    }
  }

  private static final Open NONE = new Open(-1);

  private final FrameLimits limits;
  private final FieldReader fields;
  private final AddressCache addresses = new AddressCache();
  private final IntObjectMap<Open> byChannel = new IntObjectHashMap<>(4);
  private Open recent = NONE;
  private Amqp091Encoding lastEncoding = Amqp091Encoding.NONE;

  ContentAssembler(FrameLimits limits, FieldReader fields) {
    this.limits = limits;
    this.fields = fields;
  }

  /** Starts a content: the arguments of basic.publish lie in {@code [from, to)}. */
  void publish(int channel, ByteBuf in, int from, int to) {
    Open open = open(channel);
    int exchangeAt = from + 2; // after the reserved ticket
    int keyAt = exchangeAt + 1 + (exchangeAt < to ? in.getUnsignedByte(exchangeAt) : 0);
    int bitsAt = keyAt + 1 + (keyAt < to ? in.getUnsignedByte(keyAt) : 0);
    if (bitsAt != to - 1) {
      throw ReplyCode.SYNTAX_ERROR.because(
          "basic.publish has arguments of "
              + (to - from)
              + " bytes that end at byte "
              + (bitsAt + 1 - from),
          "AMQP 0-9-1 §1.8.3.7");
    }
    int bits = in.getByte(bitsAt);
    open.address = addresses.at(in, exchangeAt, bitsAt);
    open.mandatory = (bits & 1) != 0;
    open.immediate = (bits & 2) != 0;
    open.expects = Expects.HEADER;
  }

  /** Takes a content header; answers the message when it has no body or is too large. */
  @Nullable Content header(int channel, ByteBuf in, int from, int to) {
    Open open = find(channel);
    if (open.expects == Expects.METHOD) {
      throw unexpected("expected method frame, got non method frame instead");
    }
    if (open.expects == Expects.BODY) {
      throw unexpectedIn("expected content body, got non content body frame instead");
    }
    fields.over(in, from, to);
    int classId = fields.shortUint();
    if (classId != Wire.CLASS_BASIC) {
      throw unexpectedIn(
          "expected content header for class 60, got one for class " + classId + " instead");
    }
    if (fields.shortUint() != 0) { // weight: unused and zero (§4.2.6.1)
      throw unexpectedIn(
          "expected content header for class 60, got non content header frame instead");
    }
    long bodyBytes = fields.longLong();
    Amqp091Encoding recentEncoding = lastEncoding;
    byte[] recentWire = recentEncoding.wire();
    if (recentWire.length == fields.remaining()
        && Wire.matches(in, fields.position(), recentWire)) {
      open.encoding = recentEncoding;
    } else {
      open.encoding = Amqp091Encoding.read(fields);
      lastEncoding = open.encoding;
    }
    open.bytesLeft = bodyBytes < 0 ? Long.MAX_VALUE : bodyBytes; // unsigned on the wire
    open.expects = Expects.BODY;
    if (bodyBytes < 0 || bodyBytes > limits.maxMessageBytes()) {
      open.isDropped = true;
      return new TooLarge(channel, bodyBytes, limits.maxMessageBytes());
    }
    return bodyBytes == 0 ? finish(open, Body.EMPTY) : null;
  }

  /** Takes a body frame; answers the message when it is whole. */
  @Nullable Content body(int channel, ByteBuf in, int from, int to) {
    Open open = startBody(channel, to - from);
    if (open.parts == null && to - from == open.bytesLeft && !open.isDropped) {
      return finish(open, Body.copyOf(in, from, to - from));
    }
    bodyPart(channel, in, from, to - from);
    return endBody(channel);
  }

  /** Starts a body frame whose payload comes in parts. */
  Open startBody(int channel, int bytes) {
    Open open = find(channel);
    if (open.expects == Expects.METHOD) {
      throw unexpected("expected method frame, got non method frame instead");
    }
    if (open.expects == Expects.HEADER) {
      throw unexpectedIn(
          "expected content header for class 60, got non content header frame instead");
    }
    if (bytes > open.bytesLeft && !open.isDropped) {
      throw ReplyCode.FRAME_ERROR.because(
          "body frame of " + bytes + " bytes where the content header leaves " + open.bytesLeft,
          SECTION);
    }
    return open;
  }

  /** Takes a part of the started body frame. */
  void bodyPart(int channel, ByteBuf in, int from, int count) {
    Open open = find(channel);
    open.bytesLeft -= count;
    if (open.isDropped) {
      return;
    }
    Body.Builder parts = open.parts;
    if (parts == null) {
      parts = new Body.Builder(open.bytesLeft + count);
      open.parts = parts;
    }
    parts.append(in, from, count);
  }

  /** The started body frame has ended; answers the message when it is whole. */
  @Nullable Content endBody(int channel) {
    Open open = find(channel);
    if (open.bytesLeft > 0) {
      return null;
    }
    Body.Builder parts = open.parts;
    if (open.isDropped || parts == null) {
      reset(open);
      return null;
    }
    return finish(open, parts.build());
  }

  /** A method came on the channel: none may while a content is open. */
  void checkMethodExpected(int channel) {
    Open open = find(channel);
    if (open.expects == Expects.HEADER) {
      throw unexpectedIn(
          "expected content header for class 60, got non content header frame instead");
    }
    if (open.expects == Expects.BODY) {
      throw unexpectedIn("expected content body, got non content body frame instead");
    }
  }

  /** The channel closes: what it left unfinished is forgotten. */
  void forget(int channel) {
    byChannel.remove(channel);
    recent = NONE;
  }

  private Publish finish(Open open, Body body) {
    Address address = open.address;
    Amqp091Encoding encoding = open.encoding;
    if (address == null || encoding == null) {
      throw new IllegalStateException("content finished before its header");
    }
    Publish whole =
        new Publish(open.channel, address, open.mandatory, open.immediate, encoding, body);
    reset(open);
    return whole;
  }

  private static void reset(Open open) {
    open.expects = Expects.METHOD;
    open.parts = null;
    open.encoding = null;
    open.isDropped = false;
  }

  /** The channel's content, or {@link #NONE} when it never had one. */
  private Open find(int channel) {
    if (recent.channel == channel) {
      return recent;
    }
    Open known = byChannel.get(channel);
    if (known == null) {
      return NONE;
    }
    recent = known;
    return known;
  }

  private Open open(int channel) {
    Open open = find(channel);
    if (open == NONE) {
      open = new Open(channel);
      byChannel.put(channel, open);
      recent = open;
    }
    return open;
  }

  /** The error for a frame that does not go on with the content it comes in. */
  private ProtocolException unexpectedIn(String what) {
    limits.reading(BasicContent.PUBLISH);
    return unexpected(what);
  }

  private static ProtocolException unexpected(String what) {
    return ReplyCode.UNEXPECTED_FRAME.because(what, SECTION);
  }
}
