package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.ProtocolException;
import io.serai.model.Value;

/**
 * Reads the fields of one payload in order and never past its end. One instance per codec, pointed
 * at each payload in turn.
 */
final class FieldReader {
  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private int at;
  private int end;

  /** Reads from now on what lies in {@code [from, to)}. */
  FieldReader over(ByteBuf buffer, int from, int to) {
    in = buffer;
    at = from;
    end = to;
    return this;
  }

  /** Where the next field starts. */
  int position() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  ByteBuf buffer() {
    return in;
  }

  int octet() {
    return in.getUnsignedByte(advance(1));
  }

  byte signedOctet() {
    return in.getByte(advance(1));
  }

  int shortUint() {
    return in.getUnsignedShort(advance(2));
  }

  short shortInt() {
    return in.getShort(advance(2));
  }

  long longUint() {
    return in.getUnsignedInt(advance(4));
  }

  int longInt() {
    return in.getInt(advance(4));
  }

  long longLong() {
    return in.getLong(advance(8));
  }

  /** Packed booleans: up to eight share an octet, the first in the lowest bit (§4.2.5.2). */
  int bits() {
    return octet();
  }

  boolean bit() {
    return (octet() & 1) != 0;
  }

  /** A short string: at most 255 bytes of UTF-8 (§4.2.5.3). */
  String shortString() {
    int length = octet();
    return Wire.text(bytes(length), 0, length);
  }

  /** A long string: any bytes (§4.2.5.3). */
  byte[] longString() {
    return bytes(length());
  }

  Value.MapOf table() {
    return FieldTable.read(this);
  }

  byte[] bytes(int count) {
    byte[] copy = new byte[count <= remaining() ? count : 0];
    in.getBytes(advance(count), copy);
    return copy;
  }

  /** The length of a long string, table or array; checked to lie inside the payload. */
  int length() {
    long length = longUint();
    if (length > remaining()) {
      throw cutShort(length);
    }
    return (int) length;
  }

  void skip(int count) {
    advance(count);
  }

  /** The error for a payload that goes on after the fields of {@code what}. */
  ProtocolException leftOver(String what) {
    return ReplyCode.SYNTAX_ERROR.because(
        remaining() + " bytes too many after the fields of " + what, "AMQP 0-9-1 §2.3.5.1");
  }

  private int advance(int count) {
    int from = at;
    if (count > end - from) {
      throw cutShort(count);
    }
    at = from + count;
    return from;
  }

  private ProtocolException cutShort(long wanted) {
    return ReplyCode.SYNTAX_ERROR.because(
        "field of " + wanted + " bytes where " + remaining() + " are left", "AMQP 0-9-1 §4.2.5");
  }
}
