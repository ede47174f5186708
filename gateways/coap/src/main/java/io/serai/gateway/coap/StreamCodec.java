package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.coap.CoapFrame.CoapMessage;
import org.jspecify.annotations.Nullable;

/**
 * Messages over TCP and TLS (RFC 8323 §3.2): a length, then code, token, options and payload. No
 * type and no message id.
 */
final class StreamCodec implements Codec<CoapFrame> {
  private static final int ONE_MORE = 13;
  private static final int TWO_MORE = 14;
  private static final int FOUR_MORE = 15;
  private static final int TWO_MORE_FROM = 269;
  private static final int FOUR_MORE_FROM = 65_805;

  private final int maxMessageBytes;

  /**
   * @param maxMessageBytes what we announce as Max-Message-Size: the longest message taken
   */
  StreamCodec(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  /** How long a message is, with its length. */
  static int lengthOf(CoapMessage message) {
    int rest = MessageParts.lengthOf(message.options(), message.payload());
    return 2 + extraBytes(rest) + message.token().length() + rest;
  }

  @Override
  public @Nullable CoapFrame decode(ByteBuf in) {
    if (!in.isReadable()) {
      return null;
    }
    int start = in.readerIndex();
    int first = in.getUnsignedByte(start);
    int tokenLength = first & 0xf;
    MessageParts.checkTokenLength(tokenLength);
    int extra = extraBytesOf(first >> 4);
    if (in.readableBytes() < 1 + extra) {
      return null;
    }
    long rest = rest(in, start + 1, first >> 4);
    long length = 2L + extra + tokenLength + rest;
    checkLength(length, maxMessageBytes);
    if (in.readableBytes() < length) {
      return null;
    }
    CoapCode code = new CoapCode(in.getUnsignedByte(start + 1 + extra));
    int end = start + (int) length;
    in.readerIndex(start + 2 + extra);
    return readRest(code, tokenLength, in, end);
  }

  /** Refuses what is longer than we have said that we take. */
  static void checkLength(long length, int maxMessageBytes) {
    if (length > maxMessageBytes) {
      throw new ProtocolException(
          CoapCode.REQUEST_ENTITY_TOO_LARGE.value(),
          "a message of " + length + " bytes; Max-Message-Size is " + maxMessageBytes,
          "RFC 8323 §5.3.1");
    }
  }

  /** What follows the code up to {@code end}: token, options, payload. */
  static CoapMessage readRest(CoapCode code, int tokenLength, ByteBuf in, int end) {
    CoapToken token = MessageParts.token(in, tokenLength, end);
    MessageParts.Read read = MessageParts.read(in, end);
    return new CoapMessage(CoapType.CON, 0, code, token, read.options(), read.payload());
  }

  private static int extraBytesOf(int nibble) {
    return switch (nibble) {
      case ONE_MORE -> 1;
      case TWO_MORE -> 2;
      case FOUR_MORE -> 4;
      default -> 0;
    };
  }

  /** Bytes of options and payload. */
  private static long rest(ByteBuf in, int at, int nibble) {
    return switch (nibble) {
      case ONE_MORE -> in.getUnsignedByte(at) + ONE_MORE;
      case TWO_MORE -> in.getUnsignedShort(at) + TWO_MORE_FROM;
      case FOUR_MORE -> in.getUnsignedInt(at) + FOUR_MORE_FROM;
      default -> nibble;
    };
  }

  @Override
  public void encode(CoapFrame frame, ByteBuf out) {
    if (frame instanceof CoapMessage message) {
      int rest = MessageParts.lengthOf(message.options(), message.payload());
      int extra = extraBytes(rest);
      int nibble =
          switch (extra) {
            case 0 -> rest;
            case 1 -> ONE_MORE;
            case 2 -> TWO_MORE;
            default -> FOUR_MORE;
          };
      out.writeByte(nibble << 4 | message.token().length());
      switch (extra) {
        case 0 -> {}
        case 1 -> out.writeByte(rest - ONE_MORE);
        case 2 -> out.writeShort(rest - TWO_MORE_FROM);
        default -> out.writeInt(rest - FOUR_MORE_FROM);
      }
      writeRest(message, out);
    }
  }

  /** What follows the length: code, token, options, payload. */
  static void writeRest(CoapMessage message, ByteBuf out) {
    out.writeByte(message.code().value());
    MessageParts.writeToken(message.token(), out);
    MessageParts.write(message.options(), message.payload(), out);
  }

  private static int extraBytes(int rest) {
    return rest < ONE_MORE ? 0 : rest < TWO_MORE_FROM ? 1 : rest < FOUR_MORE_FROM ? 2 : 4;
  }
}
