package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.gateway.amqp.v091.Amqp091Frame.ContentPending;
import io.serai.gateway.amqp.v091.Amqp091Frame.Heartbeat;
import io.serai.gateway.amqp.v091.Amqp091Frame.Method;
import org.jspecify.annotations.Nullable;

/**
 * AMQP 0-9-1 frames (§4.2.3): type, channel, payload size, payload, end octet. A message is read as
 * one {@link BasicContent.Publish} in one pass, and written straight from its stored bytes.
 */
public final class Amqp091Codec implements Codec<Amqp091Frame> {
  private static final String SECTION = "AMQP 0-9-1 §4.2.3";

  /** A body frame at least this long is taken as it comes instead of being waited for. */
  private static final int STREAMED_BYTES = 4096;

  private final FrameLimits limits;
  private final FieldReader fields = new FieldReader();
  private final ContentAssembler contents;
  private final FrameWriter writer;

  /** The body frame that is being taken as it comes: its channel and what is left of it. */
  private int streamedChannel = -1;

  private int streamedLeft;

  public Amqp091Codec(FrameLimits limits) {
    this.limits = limits;
    this.contents = new ContentAssembler(limits, fields);
    this.writer = new FrameWriter(limits);
  }

  @Override
  public @Nullable Amqp091Frame decode(ByteBuf in) {
    boolean pending = false;
    while (true) {
      if (streamedChannel >= 0) {
        if (!in.isReadable()) {
          return pending ? ContentPending.PENDING : null;
        }
        Amqp091Frame whole = stream(in);
        if (whole != null) {
          return whole;
        }
        pending = true;
        continue;
      }
      int at = in.readerIndex();
      int readable = in.readableBytes();
      if (readable < Wire.FRAME_HEADER_BYTES) {
        return pending ? ContentPending.PENDING : null;
      }
      int type = in.getByte(at);
      int channel = in.getUnsignedShort(at + 1);
      int size = in.getInt(at + 3);
      checkStart(type, channel, size);
      if (readable < size + Wire.FRAME_OVERHEAD_BYTES) {
        if (type == Wire.FRAME_BODY && size >= STREAMED_BYTES) {
          contents.startBody(channel, size);
          in.readerIndex(at + Wire.FRAME_HEADER_BYTES);
          streamedChannel = channel;
          streamedLeft = size;
          pending = true;
          continue;
        }
        return pending ? ContentPending.PENDING : null;
      }
      int payload = at + Wire.FRAME_HEADER_BYTES;
      int end = payload + size;
      checkEnd(type, channel, in.getByte(end));
      in.readerIndex(end + 1);
      Amqp091Frame frame =
          switch (type) {
            case Wire.FRAME_METHOD -> method(channel, in, payload, end);
            case Wire.FRAME_HEADER -> contents.header(channel, in, payload, end);
            case Wire.FRAME_BODY -> contents.body(channel, in, payload, end);
            default -> Heartbeat.HEARTBEAT;
          };
      if (frame != null) {
        return frame;
      }
      pending = true;
    }
  }

  /** Takes what has come of a long body frame; answers the message when that makes it whole. */
  private @Nullable Amqp091Frame stream(ByteBuf in) {
    int at = in.readerIndex();
    int count = Math.min(in.readableBytes(), streamedLeft);
    if (count > 0) {
      contents.bodyPart(streamedChannel, in, at, count);
      streamedLeft -= count;
      in.readerIndex(at + count);
    }
    if (streamedLeft > 0 || !in.isReadable()) {
      return null;
    }
    int channel = streamedChannel;
    streamedChannel = -1;
    checkEnd(Wire.FRAME_BODY, channel, in.readByte());
    return contents.endBody(channel);
  }

  private static void checkEnd(int type, int channel, byte octet) {
    if ((octet & 0xFF) != Wire.FRAME_END) {
      throw ReplyCode.FRAME_ERROR.because(
          String.format(
              "frame of type %d on channel %d ends with octet 0x%02x, not 0xce",
              type, channel, octet),
          SECTION);
    }
  }

  /** Refuses a frame as soon as its first bytes show that it is none. */
  private void checkStart(int type, int channel, int size) {
    if (type != Wire.FRAME_METHOD
        && type != Wire.FRAME_HEADER
        && type != Wire.FRAME_BODY
        && type != Wire.FRAME_HEARTBEAT) {
      throw ReplyCode.FRAME_ERROR.because("unknown frame type " + (type & 0xFF), SECTION);
    }
    int max = limits.frameMaxBytes() - Wire.FRAME_OVERHEAD_BYTES;
    if (size < 0 || size > max) {
      throw ReplyCode.FRAME_ERROR.because(
          "frame of type "
              + type
              + " on channel "
              + channel
              + " has a payload of "
              + Integer.toUnsignedString(size)
              + " bytes; frame_max leaves "
              + max,
          SECTION);
    }
    if (type == Wire.FRAME_HEARTBEAT && size > 0) {
      throw ReplyCode.FRAME_ERROR.because("heartbeat with a payload", "AMQP 0-9-1 §4.2.7");
    }
  }

  private @Nullable Amqp091Frame method(int channel, ByteBuf in, int from, int to) {
    if (to - from < 4) {
      throw ReplyCode.SYNTAX_ERROR.because(
          "method frame of " + (to - from) + " bytes", "AMQP 0-9-1 §2.3.5.1");
    }
    int id = in.getInt(from);
    if (id == ChannelMethod.Close.ID || id == ChannelMethod.CloseOk.ID) {
      contents.forget(channel);
    } else {
      contents.checkMethodExpected(channel);
    }
    if (id == BasicContent.PUBLISH) {
      contents.publish(channel, in, from + 4, to);
      return null;
    }
    return MethodReader.read(id >>> 16, id & 0xFFFF, channel, fields.over(in, from + 4, to));
  }

  @Override
  public void encode(Amqp091Frame frame, ByteBuf out) {
    switch (frame) {
      case BasicContent.Deliver deliver -> writer.deliver(deliver, out);
      case Method method -> writer.method(method, out);
      case BasicContent.GetOk getOk -> writer.getOk(getOk, out);
      case BasicContent.Return returned -> writer.returned(returned, out);
      case Heartbeat _ -> writer.heartbeat(out);
      case BasicContent.Publish publish -> writer.publish(publish, out);
      case ContentPending _, BasicContent.TooLarge _ ->
          throw new IllegalArgumentException("only read, never written: " + frame);
    }
  }
}
