package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;

/** Appends fields in the AMQP 0-9-1 wire format (§4.2.5). */
record FieldWriter(ByteBuf out) {
  FieldWriter octet(int value) {
    out.writeByte(value);
    return this;
  }

  FieldWriter shortUint(int value) {
    out.writeShort(value);
    return this;
  }

  FieldWriter longUint(long value) {
    out.writeInt((int) value);
    return this;
  }

  FieldWriter longLong(long value) {
    out.writeLong(value);
    return this;
  }

  /** Up to eight booleans in one octet, the first in the lowest bit. */
  FieldWriter bits(boolean... bits) {
    int octet = 0;
    for (int i = 0; i < bits.length; i++) {
      octet |= bits[i] ? 1 << i : 0;
    }
    return octet(octet);
  }

  /** A short string; what goes beyond 255 bytes is cut off at a character. */
  FieldWriter shortString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return shortString(utf8);
  }

  /** A short string from its UTF-8 bytes, cut likewise. */
  FieldWriter shortString(byte[] utf8) {
    int length = Wire.shortenedLength(utf8);
    out.writeByte(length);
    out.writeBytes(utf8, 0, length);
    return this;
  }

  FieldWriter longString(byte[] bytes) {
    out.writeInt(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  FieldWriter longString(String text) {
    return longString(text.getBytes(StandardCharsets.UTF_8));
  }

  FieldWriter table(Value.MapOf table) {
    FieldTable.write(table, this);
    return this;
  }
}
