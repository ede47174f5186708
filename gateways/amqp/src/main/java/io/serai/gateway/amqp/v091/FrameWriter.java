package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import io.serai.gateway.amqp.v091.BasicContent.GetOk;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.amqp.v091.BasicContent.Return;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Spelling;
import java.nio.charset.StandardCharsets;

/** Writes frames. A message's properties and body go out as the bytes they are stored in. */
final class FrameWriter {
  private static final int HEADER_FIXED_BYTES = 12;

  private final FrameLimits limits;
  private FieldWriter fields = new FieldWriter(Unpooled.EMPTY_BUFFER);

  /** The exchange name that was written last, and its bytes: most deliveries repeat it. */
  private String lastExchange = "";

  private byte[] lastExchangeUtf8 = {};

  FrameWriter(FrameLimits limits) {
    this.limits = limits;
  }

  void method(Method method, ByteBuf out) {
    int payload = begin(method.channel(), method.id(), out);
    method.write(fieldsOf(out));
    end(payload, out);
  }

  void heartbeat(ByteBuf out) {
    out.writeByte(Wire.FRAME_HEARTBEAT);
    out.writeShort(0);
    out.writeInt(0);
    out.writeByte(Wire.FRAME_END);
  }

  void getOk(GetOk get, ByteBuf out) {
    Message message = get.message();
    int payload = begin(get.channel(), BasicContent.GET_OK, out);
    out.writeLong(get.deliveryTag());
    out.writeByte(get.redelivered() ? 1 : 0);
    address(message.address(), out);
    out.writeInt((int) Math.min(get.remaining(), 0xFFFF_FFFFL));
    end(payload, out);
    content(get.channel(), Amqp091Mapping.of(message), message.body(), out);
  }

  void returned(Return returned, ByteBuf out) {
    Message message = returned.message();
    int payload = begin(returned.channel(), BasicContent.RETURN, out);
    out.writeShort(returned.code().number());
    fieldsOf(out).shortString(returned.code().name());
    address(message.address(), out);
    end(payload, out);
    content(returned.channel(), Amqp091Mapping.of(message), message.body(), out);
  }

  void publish(Publish publish, ByteBuf out) {
    int payload = begin(publish.channel(), BasicContent.PUBLISH, out);
    out.writeShort(0); // reserved
    address(publish.address(), out);
    out.writeByte((publish.mandatory() ? 1 : 0) | (publish.immediate() ? 2 : 0));
    end(payload, out);
    content(publish.channel(), publish.encoding(), publish.body(), out);
  }

  /** Starts a method frame and answers where its payload starts. */
  static int begin(int channel, int methodId, ByteBuf out) {
    out.writeByte(Wire.FRAME_METHOD);
    out.writeShort(channel);
    out.writeInt(0); // size, set at the end
    out.writeInt(methodId);
    return out.writerIndex() - 4;
  }

  static void end(int payload, ByteBuf out) {
    out.setInt(payload - 4, out.writerIndex() - payload);
    out.writeByte(Wire.FRAME_END);
  }

  void address(Address address, ByteBuf out) {
    fieldsOf(out)
        .shortString(exchangeUtf8(address.exchange()))
        .shortString(address.topic().utf8(Spelling.DOT));
  }

  @SuppressWarnings(
      "ReferenceEquality") // names are interned per connection; a miss costs an encode
  private byte[] exchangeUtf8(String exchange) {
    if (exchange != lastExchange) {
      lastExchange = exchange;
      lastExchangeUtf8 = exchange.getBytes(StandardCharsets.UTF_8);
    }
    return lastExchangeUtf8;
  }

  /** Content header and body. */
  void content(int channel, Amqp091Encoding encoding, Body body, ByteBuf out) {
    header(channel, encoding, body.length(), out);
    body(channel, body, out);
  }

  /** The content header. */
  static void header(int channel, Amqp091Encoding encoding, long bodyBytes, ByteBuf out) {
    byte[] properties = encoding.wire();
    out.writeByte(Wire.FRAME_HEADER);
    out.writeShort(channel);
    out.writeInt(HEADER_FIXED_BYTES + properties.length);
    out.writeInt(Wire.CLASS_BASIC << 16); // and weight 0
    out.writeLong(bodyBytes);
    out.writeBytes(properties);
    out.writeByte(Wire.FRAME_END);
  }

  /** As many body frames as frame_max asks for; none for an empty body. */
  void body(int channel, Body body, ByteBuf out) {
    int length = body.length();
    int max = limits.frameMaxBytes() - Wire.FRAME_OVERHEAD_BYTES;
    out.ensureWritable(length + (length / max + 1) * Wire.FRAME_OVERHEAD_BYTES); // grow once
    for (int at = 0; at < length; at += max) {
      int part = Math.min(max, length - at);
      out.writeByte(Wire.FRAME_BODY);
      out.writeShort(channel);
      out.writeInt(part);
      if (part == length) {
        body.writeTo(out);
      } else {
        body.writeTo(out, at, part);
      }
      out.writeByte(Wire.FRAME_END);
    }
  }

  @SuppressWarnings("ReferenceEquality") // the writer of this very buffer
  private FieldWriter fieldsOf(ByteBuf out) {
    FieldWriter known = fields;
    if (known.out() != out) {
      known = new FieldWriter(out);
      fields = known;
    }
    return known;
  }
}
