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
  private final DeliverWriter deliveries;

  /** The body frame that is being taken as it comes: its channel and what is left of it. */
  private int streamedChannel = -1;

  private int streamedLeft;

  public Amqp091Codec(FrameLimits limits) {
    this.limits = limits;
    this.contents = new ContentAssembler(limits, fields);
    this.writer = new FrameWriter(limits);
    this.deliveries = new DeliverWriter(limits, writer);
  }

  @Override
  public @Nullable Amqp091Frame decode(ByteBuf in) {
    boolean pending = false;
    while (true) {
      Amqp091Frame frame;
      if (streamedChannel >= 0) {
        if (!in.isReadable()) {
          return pending ? ContentPending.PENDING : null;
        }
        frame = stream(in);
      } else {
        int at = in.readerIndex();
        int readable = in.writerIndex() - at;
        if (readable < Wire.FRAME_OVERHEAD_BYTES) {
          return pending ? ContentPending.PENDING : null;
        }
        long head = in.getLong(at); // type, channel, payload size, and one byte that is not used
        int type = (int) (head >>> 56);
        int channel = (int) (head >>> 40) & 0xFFFF;
        int size = (int) (head >>> 8);
        checkStart(type, channel, size);
        int payload = at + Wire.FRAME_HEADER_BYTES;
        if (readable >= size + Wire.FRAME_OVERHEAD_BYTES) {
          checkEnd(type, channel, in.getByte(payload + size));
          in.readerIndex(payload + size + 1);
          frame = frame(type, channel, in, payload, payload + size);
        } else if (type == Wire.FRAME_BODY && size >= STREAMED_BYTES) {
          contents.startBody(channel, size);
          in.readerIndex(payload);
          streamedChannel = channel;
          streamedLeft = size;
          frame = null;
        } else {
          return pending ? ContentPending.PENDING : null;
        }
      }
      if (frame != null) {
        return frame;
      }
      pending = true;
    }
  }

  private @Nullable Amqp091Frame frame(int type, int channel, ByteBuf in, int from, int to) {
    return switch (type) {
      case Wire.FRAME_METHOD -> method(channel, in, from, to);
      case Wire.FRAME_HEADER -> contents.header(channel, in, from, to);
      case Wire.FRAME_BODY -> contents.body(channel, in, from, to);
      default -> Heartbeat.HEARTBEAT;
    };
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
    limits.reading(0);
    if (type != Wire.FRAME_METHOD
        && type != Wire.FRAME_HEADER
        && type != Wire.FRAME_BODY
        && type != Wire.FRAME_HEARTBEAT) {
      throw ReplyCode.FRAME_ERROR.because("unknown frame type " + type, SECTION);
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
    if (channel != 0 && (type == Wire.FRAME_HEARTBEAT || !limits.hasChannels())) {
      throw ReplyCode.UNEXPECTED_FRAME.because(
          "frame of type "
              + type
              + " on channel "
              + channel
              + (limits.hasChannels() ? "" : " before the connection is open"),
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
    limits.reading(id);
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
      case BasicContent.Deliver deliver -> deliveries.write(deliver, out);
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
