package io.serai.routing.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How far the readers of one name have come in a stream, as it is stored.
 *
 * @param owner the stream's number
 * @param name the readers'
 * @param offset they go on with
 */
public record StreamPlace(long owner, String name, long offset) {
  /** The key of the fact. */
  public static byte[] key(long owner, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length).putLong(owner).put(text).array();
  }

  /** Its value. */
  public static byte[] value(long offset) {
    return ByteBuffer.allocate(Long.BYTES).putLong(offset).array();
  }

  /** Reads a fact. */
  public static StreamPlace read(Fact fact) {
    ByteBuffer key = ByteBuffer.wrap(fact.key());
    long owner = key.getLong();
    return new StreamPlace(
        owner,
        StandardCharsets.UTF_8.decode(key).toString(),
        ByteBuffer.wrap(fact.value()).getLong());
  }
}
