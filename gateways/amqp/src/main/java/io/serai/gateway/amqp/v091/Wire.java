package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes of the AMQP 0-9-1 wire format that reader and writer share (§4.2). */
final class Wire {
  static final int FRAME_METHOD = 1;
  static final int FRAME_HEADER = 2;
  static final int FRAME_BODY = 3;
  static final int FRAME_HEARTBEAT = 8;

  /** Last byte of every frame. */
  static final int FRAME_END = 0xCE;

  /** Type, channel and payload size. */
  static final int FRAME_HEADER_BYTES = 7;

  /** What a frame adds to its payload. */
  static final int FRAME_OVERHEAD_BYTES = 8;

  /** The smallest frame-max a peer may negotiate (§4.2.3). */
  static final int MIN_FRAME_MAX_BYTES = 4096;

  /** Longest short string. */
  static final int SHORT_STRING_BYTES = 255;

  static final int CLASS_BASIC = 60;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  /** Whether {@code key} is what stands at {@code at}; the caller has checked that it fits. */
  static boolean matches(ByteBuf in, int at, byte[] key) {
    int length = key.length;
    if (length < 8) {
      for (int i = 0; i < length; i++) {
        if (in.getByte(at + i) != key[i]) {
          return false;
        }
      }
      return true;
    }
    for (int i = 0; i < length - 8; i += 8) {
      if (in.getLong(at + i) != (long) LONGS.get(key, i)) {
        return false;
      }
    }
    // The last eight bytes, some of them for the second time.
    return in.getLong(at + length - 8) == (long) LONGS.get(key, length - 8);
  }

  /** A hash of {@code length} bytes at {@code at}. */
  static int hash(ByteBuf in, int at, int length) {
    long hash = length;
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      hash = (hash ^ in.getLong(at + i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    for (; i < length; i++) {
      hash = (hash ^ in.getByte(at + i)) * 0x9E3779B97F4A7C15L;
    }
    return (int) (hash ^ hash >>> 32);
  }

  /**
   * The text those UTF-8 bytes spell.
   *
   * @throws ProtocolException SYNTAX_ERROR when they are not UTF-8: two different names would
   *     become one if they were patched up
   */
  static String text(byte[] utf8, int from, int length) {
    String text = new String(utf8, from, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') >= 0 && !isUtf8(utf8, from, length)) {
      throw ReplyCode.SYNTAX_ERROR.because("short string is not UTF-8", "AMQP 0-9-1 §4.2.5.3");
    }
    return text;
  }

  private static boolean isUtf8(byte[] bytes, int from, int length) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** {@code text} cut to the most characters whose UTF-8 fits {@code most} bytes. */
  static String shortened(String text, int most) {
    if (text.length() <= most / 3) {
      return text;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int end = shortenedLength(utf8, most);
    return end == utf8.length ? text : new String(utf8, 0, end, StandardCharsets.UTF_8);
  }

  /** How many of these UTF-8 bytes fit a short string without cutting a character in two. */
  static int shortenedLength(byte[] utf8) {
    return shortenedLength(utf8, SHORT_STRING_BYTES);
  }

  private static int shortenedLength(byte[] utf8, int most) {
    if (utf8.length <= most) {
      return utf8.length;
    }
    int end = most;
    while ((utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }
}
