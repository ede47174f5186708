package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import io.serai.gateway.coap.CoapFrame.Ignored;
import io.serai.gateway.coap.CoapFrame.Malformed;
import org.jspecify.annotations.Nullable;

/**
 * Messages over UDP and DTLS (RFC 7252 §3), each a datagram: what is readable is one message, and
 * all of it is read. Nothing here ends a peer's state: what cannot be read becomes a {@link
 * Malformed} or is {@link Ignored}.
 */
final class DatagramCodec implements Codec<CoapFrame> {
  private static final int VERSION = 1;

  /** Version, type, token length, code and message id. */
  static final int HEADER_BYTES = 4;

  private static final CoapType[] TYPES = CoapType.values();

  /** How long the datagram of a message is. */
  static int lengthOf(CoapMessage message) {
    return HEADER_BYTES
        + message.token().length()
        + MessageParts.lengthOf(message.options(), message.payload());
  }

  @Override
  public @Nullable CoapFrame decode(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int end = in.writerIndex();
    int first = in.getUnsignedByte(in.readerIndex());
    if (in.readableBytes() < HEADER_BYTES || first >> 6 != VERSION) {
      in.readerIndex(end);
      return Ignored.IGNORED;
    }
    CoapType type = TYPES[first >> 4 & 3];
    CoapCode code = new CoapCode(in.getUnsignedByte(in.readerIndex() + 1));
    int messageId = in.getUnsignedShort(in.readerIndex() + 2);
    in.skipBytes(HEADER_BYTES);
    try {
      return message(type, code, messageId, first & 0xf, in, end);
    } catch (ProtocolException e) {
      return new Malformed(type, messageId, String.valueOf(e.getMessage()));
    } finally {
      in.readerIndex(end);
    }
  }

  private static CoapFrame message(
      CoapType type, CoapCode code, int messageId, int tokenLength, ByteBuf in, int end) {
    if (code.value() == 0 && (tokenLength > 0 || in.readerIndex() < end)) {
      return new Malformed(type, messageId, "an empty message with more than its header");
    }
    if (isReserved(code)) {
      return new Malformed(type, messageId, "code " + code + " is of a reserved class");
    }
    CoapToken token = MessageParts.token(in, tokenLength, end);
    MessageParts.Read read = MessageParts.read(in, end);
    return new CoapMessage(type, messageId, code, token, read.options(), read.payload());
  }

  /** RFC 7252 §4.2: 1, 6 and 7; 3 has no meaning either (§12.1). */
  private static boolean isReserved(CoapCode code) {
    return code.codeClass() != 0 && !code.isAnswer();
  }

  @Override
  public void encode(CoapFrame frame, ByteBuf out) {
    if (frame instanceof CoapMessage message) {
      out.writeByte(VERSION << 6 | message.type().ordinal() << 4 | message.token().length());
      out.writeByte(message.code().value());
      out.writeShort(message.messageId());
      MessageParts.writeToken(message.token(), out);
      MessageParts.write(message.options(), message.payload(), out);
    }
  }
}
