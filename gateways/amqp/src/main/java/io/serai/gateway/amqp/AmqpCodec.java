package io.serai.gateway.amqp;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.gateway.amqp.frame.AmqpFrame;
import org.jspecify.annotations.Nullable;

/** Reads the protocol header, then leaves the connection to the codec of the version it names. */
public final class AmqpCodec implements Codec<AmqpFrame> {
  private static final int MAGIC = 'A' << 24 | 'M' << 16 | 'Q' << 8 | 'P';

  /** The version's codec; null until its session has chosen it. */
  private @Nullable Codec<AmqpFrame> chosen;

  /** The header has been read: a client sends it once. */
  private boolean isHeaderRead;

  /**
   * Frames are of this version from now on.
   *
   * @param codec of a subtype of {@link AmqpFrame}; it is only ever given frames of its own session
   */
  @SuppressWarnings("unchecked") // see above
  void choose(Codec<? extends AmqpFrame> codec) {
    chosen = (Codec<AmqpFrame>) codec;
  }

  @Override
  public @Nullable AmqpFrame decode(ByteBuf in) {
    Codec<AmqpFrame> codec = chosen;
    if (codec != null) {
      return codec.decode(in);
    }
    return isHeaderRead ? null : header(in);
  }

  private @Nullable AmqpFrame header(ByteBuf in) {
    int at = in.readerIndex();
    int known = Math.min(in.readableBytes(), Integer.BYTES);
    for (int i = 0; i < known; i++) {
      if (in.getByte(at + i) != (byte) (MAGIC >>> 24 - 8 * i)) {
        isHeaderRead = true;
        in.skipBytes(in.readableBytes());
        return ProtocolHeader.UNKNOWN;
      }
    }
    if (in.readableBytes() < ProtocolHeader.BYTES) {
      return null;
    }
    isHeaderRead = true;
    in.skipBytes(ProtocolHeader.BYTES);
    return new ProtocolHeader(
        in.getUnsignedByte(at + 4),
        in.getUnsignedByte(at + 5),
        in.getUnsignedByte(at + 6),
        in.getUnsignedByte(at + 7));
  }

  @Override
  public void encode(AmqpFrame frame, ByteBuf out) {
    if (frame instanceof ProtocolHeader header) {
      out.writeInt(MAGIC);
      out.writeByte(header.protocolId());
      out.writeByte(header.major());
      out.writeByte(header.minor());
      out.writeByte(header.revision());
    } else if (chosen != null) {
      chosen.encode(frame, out);
    } else {
      throw new IllegalStateException("no version was chosen before " + frame);
    }
  }
}
