package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import org.jspecify.annotations.Nullable;

/**
 * Messages over WebSocket (RFC 8323 §4.2), each a WebSocket message: what is readable is one, and
 * its length is that of the WebSocket message, so the field for it is 0.
 */
final class WebSocketCodec implements Codec<CoapFrame> {
  private static final int HEADER_BYTES = 2;
  private final int maxMessageBytes;

  /**
   * @param maxMessageBytes what we announce as Max-Message-Size: the longest message taken
   */
  WebSocketCodec(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  public @Nullable CoapFrame decode(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int length = in.readableBytes();
    StreamCodec.checkLength(length, maxMessageBytes);
    int end = in.writerIndex();
    if (length < HEADER_BYTES) {
      throw MessageParts.error("a message of one byte", "RFC 8323 §4.2");
    }
    int first = in.readUnsignedByte();
    if (first >> 4 != 0) {
      throw MessageParts.error(
          "length " + (first >> 4) + ": over WebSocket it is 0", "RFC 8323 §4.2");
    }
    CoapCode code = new CoapCode(in.readUnsignedByte());
    return StreamCodec.readRest(code, first & 0xf, in, end);
  }

  @Override
  public void encode(CoapFrame frame, ByteBuf out) {
    if (frame instanceof CoapMessage message) {
      out.writeByte(message.token().length());
      StreamCodec.writeRest(message, out);
    }
  }
}
