package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;

/**
 * Reads the fields of one packet between two offsets of a buffer. Every read past the end is a
 * malformed packet. One instance per codec, pointed at packet after packet.
 */
final class PacketReader {
  private ByteBuf in = io.netty.buffer.Unpooled.EMPTY_BUFFER;
  private int at;
  private int end;

  /** Points at the packet content in {@code [from, to)}. */
  void over(ByteBuf buffer, int from, int to) {
    in = buffer;
    at = from;
    end = to;
  }

  ByteBuf buffer() {
    return in;
  }

  /** The offset of the next field in the buffer. */
  int position() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  boolean hasMore() {
    return at < end;
  }

  /** Moves past {@code count} bytes. */
  void skip(int count) {
    need(count);
    at += count;
  }

  int u8() {
    need(1);
    return in.getUnsignedByte(at++);
  }

  int u16() {
    need(2);
    int value = in.getUnsignedShort(at);
    at += 2;
    return value;
  }

  long u32() {
    need(4);
    long value = in.getUnsignedInt(at);
    at += 4;
    return value;
  }

  /** A variable byte integer (MQTT 5.0 §1.5.5), which must use the fewest bytes. */
  int varint() {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int b = u8();
      value |= (b & 0x7F) << shift;
      if ((b & 0x80) == 0) {
        if (b == 0 && shift > 0) {
          throw malformed("a variable byte integer in more bytes than it needs", "§1.5.5");
        }
        return value;
      }
    }
    throw malformed("a variable byte integer of more than 4 bytes", "§1.5.5");
  }

  /** A packet identifier. */
  int packetId(int reasonForZero) {
    int id = u16();
    if (id == 0) {
      throw new ProtocolException(reasonForZero, "packet identifier 0", "MQTT 5.0 §2.2.1");
    }
    return id;
  }

  /** Binary data with its two byte length. */
  byte[] binary() {
    int length = u16();
    need(length);
    byte[] bytes = new byte[length];
    in.getBytes(at, bytes);
    at += length;
    return bytes;
  }

  /**
   * A UTF-8 string with its two byte length.
   *
   * @param reason what a peer is told when the string is not valid
   */
  String text(Utf8.Forbidden forbidden, int reason, String what) {
    byte[] bytes = binary();
    if (!Utf8.isValid(bytes, 0, bytes.length, forbidden)) {
      throw new ProtocolException(reason, what + " is not valid UTF-8 text", "MQTT 5.0 §1.5.4");
    }
    return Utf8.text(bytes, 0, bytes.length);
  }

  /** A UTF-8 string of a property. */
  String text(String what) {
    return text(Utf8.Forbidden.NUL_ONLY, MqttReason.MALFORMED_PACKET, what);
  }

  void expectEnd(String packet) {
    if (at != end) {
      throw malformed(packet + " has " + (end - at) + " bytes too many", "§2.1.4");
    }
  }

  private void need(int count) {
    if (end - at < count) {
      throw malformed(
          "a field needs " + count + " bytes, the packet has " + (end - at) + " left", "§2.1.4");
    }
  }

  static ProtocolException malformed(String message, String section) {
    return new ProtocolException(MqttReason.MALFORMED_PACKET, message, "MQTT 5.0 " + section);
  }

  static ProtocolException protocolError(String message, String section) {
    return new ProtocolException(MqttReason.PROTOCOL_ERROR, message, "MQTT 5.0 " + section);
  }
}
