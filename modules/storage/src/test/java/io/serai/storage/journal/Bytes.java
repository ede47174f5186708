package io.serai.storage.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A payload of bytes that can be recognised. */
final class Bytes implements StoredPayload {
  final byte[] content;
  private long id;

  Bytes(byte[] content) {
    this.content = content;
  }

  /** Content that depends on the number alone. */
  static Bytes of(long number, int size) {
    byte[] content = new byte[size];
    long state = number * 0x9E37_79B9_7F4A_7C15L + 1;
    for (int i = 0; i < size; i++) {
      state ^= state << 13;
      state ^= state >>> 7;
      state ^= state << 17;
      content[i] = (byte) state;
    }
    return new Bytes(content);
  }

  RefAttributes attributes() {
    return RefAttributes.ofBody(content.length);
  }

  @Override
  public long journalId() {
    return id;
  }

  @Override
  public void journalId(long given) {
    id = given;
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
  public String toString() {
    return content.length + " bytes " + Arrays.hashCode(content);
  }
}
