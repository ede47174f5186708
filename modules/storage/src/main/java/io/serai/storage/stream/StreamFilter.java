package io.serai.storage.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * Which messages a reader wants, by their filter values. Chunks that have none of them are passed
 * over unread, and of the others only messages with one of the values are given.
 */
public final class StreamFilter {
  private final byte[][] values;
  private final long[] hashes;
  private final boolean matchUnfiltered;

  private StreamFilter(byte[][] values, boolean matchUnfiltered) {
    this.values = values;
    this.matchUnfiltered = matchUnfiltered;
    hashes = Arrays.stream(values).mapToLong(ChunkFilter::hash).toArray();
  }

  /**
   * The filter for some values.
   *
   * @param matchUnfiltered whether messages without a value are wanted, too
   */
  public static StreamFilter of(Collection<String> values, boolean matchUnfiltered) {
    byte[][] encoded =
        values.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    return new StreamFilter(encoded, matchUnfiltered);
  }

  /** Whether a chunk may have a message that is wanted. */
  boolean mayBeIn(ChunkFilter chunk) {
    if (matchUnfiltered && chunk.hasUnfiltered()) {
      return true;
    }
    for (long hash : hashes) {
      if (chunk.mayHave(hash)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a message is wanted. */
  boolean lets(StreamEntry entry) {
    if (entry.filterBytes() < 0) {
      return matchUnfiltered;
    }
    int from = entry.from() - entry.filterBytes();
    for (byte[] value : values) {
      if (Arrays.equals(value, 0, value.length, entry.data(), from, entry.from())) {
        return true;
      }
    }
    return false;
  }
}
