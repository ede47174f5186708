package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;

/**
 * What messages over every transport have in common: token, options and payload (RFC 7252 §3,
 * §3.1).
 */
final class MessageParts {
  private static final int PAYLOAD_MARKER = 0xff;

  /** A nibble that says: one byte more, and the value is it plus 13. */
  private static final int ONE_MORE = 13;

  /** A nibble that says: two bytes more, and the value is them plus 269. */
  private static final int TWO_MORE = 14;

  private static final int RESERVED_NIBBLE = 15;
  private static final int TWO_MORE_FROM = 269;
  private static final int MAX_OPTION_NUMBER = 65_535;

  /** Options of one message. More are no honest peer's: a path has at most a few dozen. */
  private static final int MAX_OPTIONS = 256;

  /** Bytes of their values; those of observers and of requests that wait are kept. */
  static final int MAX_OPTION_BYTES = 16 << 10;

  /** Options and payload as they were read. */
  record Read(List<CoapOption> options, Body payload) {}

  private MessageParts() {}

  // ---- reading

  /**
   * Reads a token at the reader index.
   *
   * @throws ProtocolException when the length is one of the reserved, or goes beyond {@code end}
   */
  static CoapToken token(ByteBuf in, int length, int end) {
    checkTokenLength(length);
    require(in, length, end, "the token");
    long bits = 0;
    for (int i = 0; i < length; i++) {
      bits = bits << Byte.SIZE | in.readUnsignedByte();
    }
    return length == 0 ? CoapToken.EMPTY : new CoapToken(bits, length);
  }

  /** Refuses the reserved lengths. */
  static void checkTokenLength(int length) {
    if (length > CoapToken.MAX_LENGTH) {
      throw error("token length " + length + " is reserved: 0 to 8 are allowed", "RFC 7252 §3");
    }
  }

  /**
   * Reads options and payload up to {@code end}, where the reader index is left.
   *
   * @throws ProtocolException on a reserved nibble, a value beyond the end, a number too high, or a
   *     payload marker with nothing behind it
   */
  static Read read(ByteBuf in, int end) {
    List<CoapOption> options = new ArrayList<>(8);
    int number = 0;
    int bytes = 0;
    while (in.readerIndex() < end) {
      int head = in.readUnsignedByte();
      if (head == PAYLOAD_MARKER) {
        return new Read(options, payload(in, end));
      }
      number += extended(head >> 4, in, end);
      int length = extended(head & 0xf, in, end);
      if (number > MAX_OPTION_NUMBER) {
        throw error("option number " + number + " is too high", "RFC 7252 §3.1");
      }
      require(in, length, end, "the value of option " + number);
      if (options.size() == MAX_OPTIONS) {
        throw error("more than " + MAX_OPTIONS + " options", "RFC 7252 §3.1");
      }
      bytes += length;
      if (bytes > MAX_OPTION_BYTES) {
        throw error("options of more than " + MAX_OPTION_BYTES + " bytes", "RFC 7252 §3.1");
      }
      byte[] value = new byte[length];
      in.readBytes(value);
      options.add(CoapOption.owning(number, value));
    }
    return new Read(options, Body.EMPTY);
  }

  private static Body payload(ByteBuf in, int end) {
    int length = end - in.readerIndex();
    if (length == 0) {
      throw error("a payload marker with no payload behind it", "RFC 7252 §3");
    }
    Body payload = Body.copyOf(in, in.readerIndex(), length);
    in.readerIndex(end);
    return payload;
  }

  private static int extended(int nibble, ByteBuf in, int end) {
    switch (nibble) {
      case ONE_MORE -> {
        require(in, 1, end, "an option's header");
        return in.readUnsignedByte() + ONE_MORE;
      }
      case TWO_MORE -> {
        require(in, 2, end, "an option's header");
        return in.readUnsignedShort() + TWO_MORE_FROM;
      }
      case RESERVED_NIBBLE -> throw error("option delta or length 15 is reserved", "RFC 7252 §3.1");
      default -> {
        return nibble;
      }
    }
  }

  private static void require(ByteBuf in, int bytes, int end, String what) {
    if (in.readerIndex() + bytes > end) {
      throw error("the message ends inside " + what, "RFC 7252 §3");
    }
  }

  static ProtocolException error(String message, String section) {
    return new ProtocolException(CoapCode.BAD_REQUEST.value(), message, section);
  }

  // ---- writing

  static void writeToken(CoapToken token, ByteBuf out) {
    for (int i = token.length() - 1; i >= 0; i--) {
      out.writeByte((int) (token.bits() >> Byte.SIZE * i));
    }
  }

  /**
   * Appends options and payload.
   *
   * @param options in the order of their numbers
   */
  static void write(List<CoapOption> options, Body payload, ByteBuf out) {
    int number = 0;
    for (int i = 0; i < options.size(); i++) {
      CoapOption option = options.get(i);
      int delta = option.number() - number;
      number = option.number();
      out.writeByte(nibble(delta) << 4 | nibble(option.length()));
      writeExtended(delta, out);
      writeExtended(option.length(), out);
      option.writeTo(out);
    }
    if (payload.length() > 0) {
      out.writeByte(PAYLOAD_MARKER);
      payload.writeTo(out);
    }
  }

  /** How many bytes {@link #write} appends. */
  static int lengthOf(List<CoapOption> options, Body payload) {
    int length = payload.length() > 0 ? 1 + payload.length() : 0;
    int number = 0;
    for (int i = 0; i < options.size(); i++) {
      CoapOption option = options.get(i);
      length += 1 + extraBytes(option.number() - number) + extraBytes(option.length());
      length += option.length();
      number = option.number();
    }
    return length;
  }

  private static int nibble(int value) {
    return switch (extraBytes(value)) {
      case 0 -> value;
      case 1 -> ONE_MORE;
      default -> TWO_MORE;
    };
  }

  private static int extraBytes(int value) {
    return value < ONE_MORE ? 0 : value < TWO_MORE_FROM ? 1 : 2;
  }

  private static void writeExtended(int value, ByteBuf out) {
    switch (extraBytes(value)) {
      case 0 -> {}
      case 1 -> out.writeByte(value - ONE_MORE);
      default -> out.writeShort(value - TWO_MORE_FROM);
    }
  }
}
