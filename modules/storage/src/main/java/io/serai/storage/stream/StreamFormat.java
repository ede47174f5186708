package io.serai.storage.stream;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a segment of a stream and its chunks look on disk; docs/storage.md shows it. All numbers are
 * big-endian, chunks start at multiples of 8.
 */
final class StreamFormat {
  /** Raised when an older program could not read what a newer one writes. */
  static final int FORMAT = 1;

  static final long MAGIC = 0x5345_5241_4953_5452L; // "SERAISTR"
  static final int SEGMENT_HEADER_BYTES = 64;

  static final int CHUNK_HEADER_BYTES = 64;
  static final int ALIGNMENT = 8;
  static final int VERSION = 1;
  static final int MAX_FILTER_BYTES = 256;

  /** What is in a chunk. */
  static final int MESSAGES = 1;

  static final int INDEX = 2;

  /** A message in the chunk has no filter value. */
  static final int HAS_UNFILTERED = 1;

  /** Ends an index chunk, and so a segment that nothing was written to after it. */
  static final long INDEX_END = 0x5345_5241_4953_5449L; // "SERAISTI"

  /** Where in a chunk's header its fields are. */
  static final int AT_TYPE = 4;

  static final int AT_VERSION = 5;
  static final int AT_FLAGS = 6;
  static final int AT_PAYLOAD_CRC = 8;
  static final int AT_PAYLOAD_BYTES = 12;
  static final int AT_TAG = 16;
  static final int AT_COUNT = 20;
  static final int AT_FIRST_OFFSET = 24;
  static final int AT_FIRST_TIMESTAMP = 32;
  static final int AT_HIGHEST_TIMESTAMP = 40;
  static final int AT_SYNCED = 48;
  static final int AT_FILTER_BYTES = 56;

  private StreamFormat() {}

  /** Ties a chunk to its place, so that one that strayed is not taken for another. */
  static int tag(long stream, long segment, long place) {
    long mixed =
        (stream * 0x9E37_79B9_7F4A_7C15L)
            ^ (segment * 0xC2B2_AE3D_27D4_EB4FL)
            ^ (place / ALIGNMENT * 0x1656_67B1_9E37_79F9L);
    mixed = (mixed ^ (mixed >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
    return (int) (mixed >>> 32);
  }

  static int padded(int bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static ByteBuffer segmentHeader(long stream, long firstOffset, long createdMillis) {
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER_BYTES);
    header.putLong(MAGIC).putInt(FORMAT).putInt(SEGMENT_HEADER_BYTES);
    header.putLong(stream).putLong(firstOffset).putLong(createdMillis);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, SEGMENT_HEADER_BYTES - 4);
    header.putInt(SEGMENT_HEADER_BYTES - 4, (int) crc.getValue());
    return header.clear();
  }

  /**
   * Checks the first bytes of a segment.
   *
   * @return the format it was written in, or 0 when they are damaged or another segment's
   */
  static int formatOf(ByteBuffer header, long stream, long firstOffset) {
    if (header.limit() < SEGMENT_HEADER_BYTES) {
      return 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().position(0).limit(SEGMENT_HEADER_BYTES - 4));
    boolean isRight =
        header.getLong(0) == MAGIC
            && header.getInt(SEGMENT_HEADER_BYTES - 4) == (int) crc.getValue()
            && header.getLong(16) == stream
            && header.getLong(24) == firstOffset;
    return isRight ? header.getInt(8) : 0;
  }

  /** Checksum of a part of a buffer, whose position and limit stay. */
  static int checksum(ByteBuffer buffer, int from, int to, CRC32C crc) {
    int position = buffer.position();
    int limit = buffer.limit();
    crc.reset();
    buffer.limit(to).position(from);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }
}
