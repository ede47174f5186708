package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Writes the field types of MQTT (MQTT 5.0 §1.5) and tells how long they will be. */
final class PacketWriter {
  /** Largest value of a variable byte integer. */
  static final int MAX_VARINT = 268_435_455;

  private PacketWriter() {}

  /** Bytes of {@code value} as a variable byte integer, 1 to 4. */
  static int varintSize(int value) {
    if (value < 128) {
      return 1;
    }
    return value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;
  }

  static void varint(int value, ByteBuf out) {
    int left = value;
    while (left > 0x7F) {
      out.writeByte(left | 0x80);
      left >>>= 7;
    }
    out.writeByte(left);
  }

  static int textSize(String text) {
    return 2 + ByteBufUtil.utf8Bytes(text);
  }

  static void text(String text, ByteBuf out) {
    int bytes = ByteBufUtil.utf8Bytes(text);
    out.writeShort(bytes);
    ByteBufUtil.reserveAndWriteUtf8(out, text, bytes);
  }

  static void binary(byte[] bytes, ByteBuf out) {
    out.writeShort(bytes.length);
    out.writeBytes(bytes);
  }
}
