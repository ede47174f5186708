package io.serai.gateway.coap;

import java.util.HexFormat;

/**
 * What ties an answer to its request (RFC 7252 §5.3.1): up to 8 bytes that a client chooses.
 *
 * @param bits the bytes, the first one highest
 * @param length number of bytes, 0 to 8
 */
public record CoapToken(long bits, int length) {
  /** The token without bytes. */
  public static final CoapToken EMPTY = new CoapToken(0, 0);

  /** Longest token in bytes. */
  public static final int MAX_LENGTH = 8;

  /** The token of these bytes, at most 8. */
  public static CoapToken of(byte... bytes) {
    long bits = 0;
    for (byte b : bytes) {
      bits = bits << Byte.SIZE | b & 0xff;
    }
    return new CoapToken(bits, bytes.length);
  }

  /** As hexadecimal digits. */
  @Override
  public String toString() {
    return length == 0 ? "" : HexFormat.of().toHexDigits(bits, 2 * length);
  }
}
