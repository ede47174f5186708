package io.serai.storage.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Makes chunks, one after the other, in one buffer. Confined to one thread. */
final class ChunkBuilder {
  /** A chunk is closed when it has this; only a message that is larger makes a larger one. */
  static final int TARGET_BYTES = 128 << 10;

  private static final int CAPACITY_BYTES = TARGET_BYTES + 4096;
  private static final int MAX_KEPT_BYTES = 1 << 20;

  /** Length of a message, its time, length of its filter value: at most 5, 10 and 5 bytes. */
  private static final int MAX_ENTRY_HEADER_BYTES = 20;

  /** The header and the filter, which is known last, go before the content. */
  private static final int PAYLOAD_AT =
      StreamFormat.CHUNK_HEADER_BYTES + StreamFormat.MAX_FILTER_BYTES;

  private final CRC32C crc = new CRC32C();
  private ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY_BYTES);
  private final ChunkFilter.Builder filter = new ChunkFilter.Builder();
  private @Nullable String lastFilterValue;
  private byte[] lastFilterBytes = new byte[0];
  private boolean hasUnfiltered;
  private int count;
  private long firstOffset;
  private long firstTimestamp;
  private long lastTimestamp;
  private long highestTimestamp;

  int count() {
    return count;
  }

  long firstOffset() {
    return firstOffset;
  }

  long highestTimestamp() {
    return highestTimestamp;
  }

  /** Whether it has no message. */
  boolean isEmpty() {
    return count == 0;
  }

  /** Drops what was begun. */
  void clear() {
    count = 0;
  }

  /** Begins another chunk. */
  void begin(long offset) {
    if (buffer.capacity() > MAX_KEPT_BYTES) {
      buffer = ByteBuffer.allocateDirect(CAPACITY_BYTES);
    }
    buffer.clear().position(PAYLOAD_AT);
    count = 0;
    filter.clear();
    lastFilterValue = null;
    hasUnfiltered = false;
    firstOffset = offset;
    firstTimestamp = 0;
    highestTimestamp = Long.MIN_VALUE;
  }

  /** Whether a message of that size had better go to the next chunk. */
  boolean isFullFor(int bytes) {
    return count > 0 && buffer.position() - PAYLOAD_AT + bytes > TARGET_BYTES;
  }

  void add(StreamRecord record, int size, long timestampMillis, @Nullable String filterValue) {
    byte[] value = filterValue == null ? null : filterBytes(filterValue);
    ensure((long) MAX_ENTRY_HEADER_BYTES + size + (value == null ? 0 : value.length));
    if (count == 0) {
      firstTimestamp = timestampMillis;
      lastTimestamp = timestampMillis;
    }
    VarInt.write(buffer, size);
    VarInt.write(buffer, VarInt.zigzag(timestampMillis - lastTimestamp));
    lastTimestamp = timestampMillis;
    highestTimestamp = Math.max(highestTimestamp, timestampMillis);
    if (value == null) {
      VarInt.write(buffer, 0);
      hasUnfiltered = true;
    } else {
      VarInt.write(buffer, value.length + 1L);
      buffer.put(value);
    }
    int end = buffer.position() + size;
    int limit = buffer.limit();
    buffer.limit(end);
    record.encode(buffer);
    if (buffer.position() != end) {
      throw new IllegalStateException(
          "a record of %d bytes left out %d of them".formatted(size, end - buffer.position()));
    }
    buffer.limit(limit);
    count++;
  }

  /** Messages in a row often have the same value. */
  private byte[] filterBytes(String value) {
    if (!value.equals(lastFilterValue)) {
      lastFilterValue = value;
      lastFilterBytes = value.getBytes(StandardCharsets.UTF_8);
      filter.add(ChunkFilter.hash(lastFilterBytes));
    }
    return lastFilterBytes;
  }

  /** Room for content that is not messages. */
  ByteBuffer content(int bytes) {
    ensure(bytes);
    return buffer;
  }

  private void ensure(long bytes) {
    long needed = buffer.position() + bytes + StreamFormat.ALIGNMENT;
    if (needed > Integer.MAX_VALUE) {
      throw new IllegalStateException("a message of " + bytes + " bytes does not fit a stream");
    }
    if (needed > buffer.capacity()) {
      long capacity = Math.max(needed, Math.min(2L * buffer.capacity(), Integer.MAX_VALUE));
      buffer = ByteBuffer.allocateDirect((int) capacity).put(buffer.flip());
    }
  }

  /**
   * Ends the chunk.
   *
   * @param tag what {@link StreamFormat#tag} says of the place it goes to
   * @param syncedPlace how far the segment is synced by now
   * @return the chunk as it goes to the file; good until the next {@link #begin}
   */
  ByteBuffer finish(int type, int tag, long syncedPlace) {
    int end = buffer.position();
    while (buffer.position() % StreamFormat.ALIGNMENT != 0) {
      buffer.put((byte) 0);
    }
    int padded = buffer.position();
    byte[] bits = filter.bits();
    int start = PAYLOAD_AT - bits.length - StreamFormat.CHUNK_HEADER_BYTES;
    buffer.clear().position(start);
    buffer
        .putInt(0)
        .put((byte) type)
        .put((byte) StreamFormat.VERSION)
        .putShort((short) (hasUnfiltered ? StreamFormat.HAS_UNFILTERED : 0))
        .putInt(StreamFormat.checksum(buffer, PAYLOAD_AT, end, crc))
        .putInt(end - PAYLOAD_AT)
        .putInt(tag)
        .putInt(count)
        .putLong(firstOffset)
        .putLong(firstTimestamp)
        .putLong(count == 0 ? 0 : highestTimestamp)
        .putLong(syncedPlace)
        .putShort((short) bits.length)
        .putShort((short) 0)
        .putInt(0)
        .put(bits);
    buffer.putInt(start, StreamFormat.checksum(buffer, start + 4, PAYLOAD_AT, crc));
    return buffer.limit(padded).position(start);
  }
}
