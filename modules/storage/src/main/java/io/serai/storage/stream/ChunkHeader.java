package io.serai.storage.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a chunk says of itself, its checksum verified.
 *
 * @param place where in its segment it begins
 * @param count messages in it; they have offsets from {@code firstOffset} on, without gaps
 * @param firstTimestamp of its first message, ms since 1970
 * @param highestTimestamp of all its messages: clocks go back at times
 * @param syncedPlace how far the segment was synced when this was written
 * @param filter which filter values are in it
 * @param payloadBytes without padding
 */
record ChunkHeader(
    long place,
    int type,
    int version,
    int count,
    long firstOffset,
    long firstTimestamp,
    long highestTimestamp,
    long syncedPlace,
    ChunkFilter filter,
    int payloadBytes,
    int payloadCrc) {

  /**
   * Reads the header at a place in a buffer.
   *
   * @param tag what {@link StreamFormat#tag} says of its place
   * @return null when no whole and right header starts there
   */
  static @Nullable ChunkHeader read(ByteBuffer in, int at, long place, int tag, CRC32C crc) {
    int available = in.limit() - at;
    if (available < StreamFormat.CHUNK_HEADER_BYTES || in.getInt(at + StreamFormat.AT_TAG) != tag) {
      return null;
    }
    int filterBytes = Short.toUnsignedInt(in.getShort(at + StreamFormat.AT_FILTER_BYTES));
    int end = at + StreamFormat.CHUNK_HEADER_BYTES + filterBytes;
    int payloadBytes = in.getInt(at + StreamFormat.AT_PAYLOAD_BYTES);
    if (filterBytes > StreamFormat.MAX_FILTER_BYTES
        || end > in.limit()
        || payloadBytes < 0
        || in.getInt(at) != StreamFormat.checksum(in, at + 4, end, crc)) {
      return null;
    }
    byte[] bits = new byte[filterBytes];
    in.get(at + StreamFormat.CHUNK_HEADER_BYTES, bits);
    boolean hasUnfiltered =
        (in.getShort(at + StreamFormat.AT_FLAGS) & StreamFormat.HAS_UNFILTERED) != 0;
    return new ChunkHeader(
        place,
        in.get(at + StreamFormat.AT_TYPE),
        in.get(at + StreamFormat.AT_VERSION),
        in.getInt(at + StreamFormat.AT_COUNT),
        in.getLong(at + StreamFormat.AT_FIRST_OFFSET),
        in.getLong(at + StreamFormat.AT_FIRST_TIMESTAMP),
        in.getLong(at + StreamFormat.AT_HIGHEST_TIMESTAMP),
        in.getLong(at + StreamFormat.AT_SYNCED),
        new ChunkFilter(bits, hasUnfiltered),
        payloadBytes,
        in.getInt(at + StreamFormat.AT_PAYLOAD_CRC));
  }

  boolean isMessages() {
    return type == StreamFormat.MESSAGES;
  }

  /** The offset behind its last message. */
  long endOffset() {
    return firstOffset + count;
  }

  long payloadPlace() {
    return place + StreamFormat.CHUNK_HEADER_BYTES + filter.bytes();
  }

  /** Where the next chunk begins. */
  long endPlace() {
    return payloadPlace() + StreamFormat.padded(payloadBytes);
  }
}
