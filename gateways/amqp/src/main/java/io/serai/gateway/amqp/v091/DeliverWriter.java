package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.Delivery;
import io.serai.gateway.amqp.v091.BasicContent.Deliver;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Topic;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Writes basic.deliver with its content. Messages to one consumer mostly have the same address and
 * the same properties, so everything before the body is kept as a template in which only delivery
 * tag, redelivered bit and sizes change; small messages are put together in an array and go to the
 * output many at a time.
 */
final class DeliverWriter {
  /** Messages are collected up to this; most connections that consume keep one such array. */
  private static final int COLLECTED_BYTES = 4096;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final byte[] NO_TEMPLATE = {};

  private final FrameLimits limits;
  private final FrameWriter frames;

  /** What the template is for, or would be. */
  private int channel = -1;

  private byte[] consumerTag = NO_TEMPLATE;
  private Address address = new Address("", Topic.EMPTY);
  private Encoding published = Amqp091Encoding.NONE;

  /** What was published as this protocol writes it: what follows from it and the address alone. */
  private Amqp091Encoding encoding = Amqp091Encoding.NONE;

  /** Method frame, header frame and the start of a body frame. */
  private byte[] template = NO_TEMPLATE;

  /** Where in the template the fields stand that differ from message to message. */
  private int tagAt;

  private int bodySizeAt;
  private int headerEnd;

  private byte[] collected = {};
  private int collectedBytes;

  DeliverWriter(FrameLimits limits, FrameWriter frames) {
    this.limits = limits;
    this.frames = frames;
  }

  void write(Deliver run, ByteBuf out) {
    List<Delivery> deliveries = run.deliveries();
    long tag = run.firstTag();
    int maxBody = limits.frameMaxBytes() - Wire.FRAME_OVERHEAD_BYTES;
    for (int i = run.from(); i < run.to(); i++) {
      Delivery delivery = deliveries.get(i);
      Message message = delivery.message();
      Body body = message.body();
      int length = body.length();
      if (!fits(run, message)) {
        flush(out);
        method(run, tag++, delivery, out);
        frames.content(run.channel(), encoding, body, out);
        continue;
      }
      LONGS.set(template, tagAt, tag++);
      template[tagAt + 8] = (byte) (delivery.isRedelivered() ? 1 : 0);
      LONGS.set(template, bodySizeAt, (long) length);
      if (length <= maxBody && template.length + length < COLLECTED_BYTES) {
        collect(body, length, out);
      } else {
        flush(out);
        out.writeBytes(template, 0, headerEnd);
        frames.body(run.channel(), body, out);
      }
    }
    flush(out);
  }

  /** Adds a small message, template and body, to what is collected. */
  private void collect(Body body, int length, ByteBuf out) {
    if (collected.length == 0) {
      collected = new byte[COLLECTED_BYTES];
    }
    if (collectedBytes + template.length + length + 1 > COLLECTED_BYTES) {
      flush(out);
    }
    int at = collectedBytes;
    if (length == 0) {
      System.arraycopy(template, 0, collected, at, headerEnd);
      collectedBytes = at + headerEnd;
      return;
    }
    System.arraycopy(template, 0, collected, at, template.length);
    at += template.length;
    INTS.set(collected, at - 4, length);
    System.arraycopy(body.chunk(0), 0, collected, at, length); // small: it is one chunk
    at += length;
    collected[at] = (byte) Wire.FRAME_END;
    collectedBytes = at + 1;
  }

  private void flush(ByteBuf out) {
    if (collectedBytes > 0) {
      out.writeBytes(collected, 0, collectedBytes);
      collectedBytes = 0;
    }
  }

  /**
   * Whether the template is for this; made when the same comes for the second time. A publisher's
   * messages share address and encoding, whatever its protocol, so one translation serves a run.
   */
  @SuppressWarnings("ReferenceEquality") // all three are shared; a miss costs some nanoseconds
  private boolean fits(Deliver run, Message message) {
    boolean isKnown =
        published == message.encoding()
            && address == message.address()
            && consumerTag == run.consumerTag()
            && channel == run.channel();
    if (!isKnown) {
      channel = run.channel();
      consumerTag = run.consumerTag();
      address = message.address();
      published = message.encoding();
      encoding = Amqp091Mapping.of(message);
      template = NO_TEMPLATE;
    } else if (template.length == 0) {
      prepare();
    }
    return isKnown;
  }

  private void prepare() {
    ByteBuf out = Unpooled.buffer(128);
    int payload = FrameWriter.begin(channel, BasicContent.DELIVER, out);
    out.writeByte(consumerTag.length);
    out.writeBytes(consumerTag);
    tagAt = out.writerIndex();
    out.writeLong(0);
    out.writeByte(0);
    frames.address(address, out);
    FrameWriter.end(payload, out);
    bodySizeAt = out.writerIndex() + Wire.FRAME_HEADER_BYTES + 4;
    FrameWriter.header(channel, encoding, 0, out);
    headerEnd = out.writerIndex();
    out.writeByte(Wire.FRAME_BODY);
    out.writeShort(channel);
    out.writeInt(0);
    template = Arrays.copyOf(out.array(), out.writerIndex());
  }

  /** The method frame alone. */
  private void method(Deliver run, long tag, Delivery delivery, ByteBuf out) {
    int payload = FrameWriter.begin(run.channel(), BasicContent.DELIVER, out);
    out.writeByte(run.consumerTag().length);
    out.writeBytes(run.consumerTag());
    out.writeLong(tag);
    out.writeByte(delivery.isRedelivered() ? 1 : 0);
    frames.address(delivery.message().address(), out);
    FrameWriter.end(payload, out);
  }
}
