package io.serai.storage.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A message of bytes that can be recognised, and what it is appended with. */
record Sample(byte[] content, long timestamp, String filterValue) implements StreamRecord {
  /** Content that depends on the number alone. */
  static Sample of(long number, int size, long timestamp, String filterValue) {
    byte[] content = new byte[size];
    long state = number * 0x9E37_79B9_7F4A_7C15L + 1;
    for (int i = 0; i < size; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      content[i] = (byte) state;
    }
    return new Sample(content, timestamp, filterValue);
  }

  static Sample of(long number, int size) {
    return of(number, size, number, null);
  }

  static Sample text(String text, long timestamp, String filterValue) {
    return new Sample(text.getBytes(StandardCharsets.UTF_8), timestamp, filterValue);
  }

  /** As it was read. */
  static Sample of(StreamEntry entry) {
    return new Sample(
        Arrays.copyOfRange(entry.data(), entry.from(), entry.from() + entry.length()),
        entry.timestampMillis(),
        entry.filterValue());
  }

  @Override
  public int encodedSize() {
    return content.length;
  }

  @Override
  public void encode(ByteBuffer into) {
    into.put(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Sample(byte[] bytes, long time, String value)
        && Arrays.equals(content, bytes)
        && timestamp == time
        && Objects.equals(filterValue, value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return content.length + " bytes " + Arrays.hashCode(content) + " at " + timestamp;
  }
}
