package io.serai.storage.journal;

import java.util.Arrays;

/** A growing byte array with variable-length numbers (7 bits a byte, lowest first). */
final class ByteSink {
  private static final int MAX_KEPT_BYTES = 4 << 20;

  private byte[] bytes;
  private int size;

  ByteSink(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  /** The array behind it; only the first {@link #size} bytes count. */
  byte[] array() {
    return bytes;
  }

  /** Empties it, and gives memory back that a large use left behind. */
  void clear() {
    size = 0;
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[MAX_KEPT_BYTES];
    }
  }

  void u8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void varint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A number that may be negative, short when it is near zero. */
  void signed(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  void bytes(byte[] from, int offset, int length) {
    ensure(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /** Length, then content. */
  void block(byte[] from) {
    varint(from.length);
    bytes(from, 0, from.length);
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      bytes =
          Arrays.copyOf(
              bytes,
              (int)
                  Math.min(Integer.MAX_VALUE - 8, Math.max(size + (long) more, bytes.length * 2L)));
    }
  }
}
