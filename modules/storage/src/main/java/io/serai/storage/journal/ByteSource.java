package io.serai.storage.journal;

import java.util.Arrays;

/** Reads what {@link ByteSink} wrote. Cut or senseless bytes give a {@link MalformedBytes}. */
final class ByteSource {
  /** The bytes are not what they should be although their checksum is right, or were cut. */
  static final class MalformedBytes extends RuntimeException {
    MalformedBytes(String message) {
      super(message);
    }
  }

  private final byte[] bytes;
  private final int end;
  private int at;

  ByteSource(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  ByteSource(byte[] bytes, int from, int length) {
    this.bytes = bytes;
    this.at = from;
    this.end = from + length;
  }

  boolean hasRemaining() {
    return at < end;
  }

  int position() {
    return at;
  }

  int u8() {
    if (at >= end) {
      throw new MalformedBytes("cut short at byte " + at);
    }
    return bytes[at++] & 0xFF;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new MalformedBytes("a number of more than 10 bytes ends at byte " + at);
  }

  long signed() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  int length() {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new MalformedBytes("a length of " + length + " at byte " + at + " of " + end);
    }
    return (int) length;
  }

  byte[] block() {
    int length = length();
    byte[] content = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return content;
  }

  void skip(int length) {
    at += length;
  }
}
