package io.serai.gateway.coap;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One option of a CoAP message (RFC 7252 §3.1, §5.10). Immutable.
 *
 * <p>Two numbers of the range for experiments (RFC 7252 §12.2) are Serai's own. Both are elective,
 * so whoever does not know them ignores them, and safe to forward.
 */
public final class CoapOption {
  public static final int IF_MATCH = 1;
  public static final int URI_HOST = 3;
  public static final int ETAG = 4;
  public static final int IF_NONE_MATCH = 5;
  public static final int OBSERVE = 6; // RFC 7641
  public static final int URI_PORT = 7;
  public static final int LOCATION_PATH = 8;
  public static final int URI_PATH = 11;
  public static final int CONTENT_FORMAT = 12;
  public static final int MAX_AGE = 14;
  public static final int URI_QUERY = 15;
  public static final int HOP_LIMIT = 16; // RFC 8768
  public static final int ACCEPT = 17;
  public static final int LOCATION_QUERY = 20;
  public static final int BLOCK2 = 23; // RFC 7959
  public static final int BLOCK1 = 27; // RFC 7959
  public static final int SIZE2 = 28; // RFC 7959
  public static final int PROXY_URI = 35;
  public static final int PROXY_SCHEME = 39;
  public static final int SIZE1 = 60;
  public static final int ECHO = 252; // RFC 9175
  public static final int NO_RESPONSE = 258; // RFC 7967
  public static final int REQUEST_TAG = 292; // RFC 9175

  /** The topic of a notification for a wildcard observation: its path below {@code /ps/}. */
  public static final int TOPIC = 65_000;

  /** A property or header without an option of its own, as {@code name=value}; may repeat. */
  public static final int PROPERTY = 65_004;

  private final int number;
  private final byte[] value;

  private CoapOption(int number, byte[] value) {
    this.number = number;
    this.value = value;
  }

  /** An option with these bytes, which nobody writes to any more. */
  static CoapOption owning(int number, byte[] value) {
    return new CoapOption(number, value);
  }

  /** An option with these bytes; copies them. */
  public static CoapOption of(int number, byte[] value) {
    return new CoapOption(number, value.clone());
  }

  /** An option with a text (format "string"). */
  public static CoapOption of(int number, String text) {
    return new CoapOption(number, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An option with a number (format "uint"): as few bytes as possible, none for 0. */
  public static CoapOption of(int number, long unsigned) {
    int length = (Long.SIZE - Long.numberOfLeadingZeros(unsigned) + 7) / 8;
    byte[] value = new byte[length];
    for (int i = 0; i < length; i++) {
      value[i] = (byte) (unsigned >> 8 * (length - 1 - i));
    }
    return new CoapOption(number, value);
  }

  /** Its number, 0 to 65 535. */
  public int number() {
    return number;
  }

  /** A copy of its bytes. */
  public byte[] value() {
    return value.clone();
  }

  /** Appends its bytes to {@code out}. */
  void writeTo(ByteBuf out) {
    out.writeBytes(value);
  }

  /** Length of the value in bytes. */
  public int length() {
    return value.length;
  }

  /** The value read as text; malformed bytes are replaced. */
  public String text() {
    return new String(value, StandardCharsets.UTF_8);
  }

  /** Whether the value is well-formed UTF-8 (RFC 7252 §3.2, format "string"). */
  boolean isText() {
    for (byte b : value) {
      if (b < 0) {
        return ByteBufUtil.isText(Unpooled.wrappedBuffer(value), StandardCharsets.UTF_8);
      }
    }
    return true;
  }

  /** The value read as a number, -1 when it is longer than 4 bytes. */
  public long unsigned() {
    if (value.length > Integer.BYTES) {
      return -1;
    }
    long number = 0;
    for (byte b : value) {
      number = number << 8 | b & 0xff;
    }
    return number;
  }

  /** Whether a receiver that does not know it must refuse the message (RFC 7252 §5.4.1). */
  public boolean isCritical() {
    return (number & 1) != 0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CoapOption that
        && number == that.number
        && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return 31 * number + Arrays.hashCode(value);
  }

  /** Number and length; the value may be a secret. */
  @Override
  public String toString() {
    return number + "[" + value.length + " bytes]";
  }
}
