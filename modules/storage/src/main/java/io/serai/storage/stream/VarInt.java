package io.serai.storage.stream;

import java.nio.ByteBuffer;

/** Numbers of 7 bits a byte, lowest first. */
final class VarInt {
  private VarInt() {}

  static void write(ByteBuffer into, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      into.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    into.put((byte) rest);
  }

  /**
   * Reads a number.
   *
   * @throws java.nio.BufferUnderflowException when it is cut short
   */
  static long read(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        break;
      }
    }
    return value;
  }

  /** A number that may be negative as one that is short when it is near zero. */
  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
