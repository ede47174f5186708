package io.serai.storage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a segment and its records look on disk; docs/storage.md shows it. All numbers are big-endian,
 * records start at multiples of 8.
 */
final class RecordFormat {
  /** Raised when an older program could not read what a newer one writes. */
  static final int FORMAT = 1;

  static final long MAGIC = 0x5345_5241_494A_4E4CL; // "SERAIJNL"
  static final int SEGMENT_HEADER_BYTES = 64;
  static final int HEADER_BYTES = 20;
  static final int ALIGNMENT = 8;
  static final int VERSION = 1;
  static final int MAX_RECORD_BYTES = 1 << 20;
  static final int MAX_CONTENT_BYTES = MAX_RECORD_BYTES - HEADER_BYTES - 4;

  /** Id, length of the whole payload, where in it this piece begins; then the piece. */
  static final int PAYLOAD_PREFIX_BYTES = 16;

  static final int MAX_PIECE_BYTES = MAX_CONTENT_BYTES - PAYLOAD_PREFIX_BYTES;
  static final int TRAILER_CONTENT_BYTES = 40;
  static final int TRAILER_BYTES = recordBytes(TRAILER_CONTENT_BYTES);

  static final int PAYLOAD = 1;
  static final int OPS = 2;
  static final int FOOTER = 3;
  static final int TRAILER = 4;
  static final int CLOSED = 5;

  /** The next record of the same type goes on with the content of this one. */
  static final int MORE = 1;

  /** Footer offset and bytes in 8-byte units must fit an index entry (27 bits). */
  static final long MAX_SEGMENT_BYTES = 1L << 30;

  private RecordFormat() {}

  /** Bytes a record takes on disk, padding included. */
  static int recordBytes(int contentBytes) {
    return (HEADER_BYTES + contentBytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** Bytes a payload takes on disk, cut into pieces where it must be. */
  static long payloadBytes(int size) {
    long whole = size / MAX_PIECE_BYTES;
    int rest = size % MAX_PIECE_BYTES;
    long bytes = whole * recordBytes(MAX_PIECE_BYTES + PAYLOAD_PREFIX_BYTES);
    return rest > 0 || whole == 0 ? bytes + recordBytes(rest + PAYLOAD_PREFIX_BYTES) : bytes;
  }

  /** Bytes a stream takes as records of at most the maximum each. */
  static long streamBytes(long size) {
    long records = Math.max(1, (size + MAX_CONTENT_BYTES - 1) / MAX_CONTENT_BYTES);
    return size + records * (HEADER_BYTES + ALIGNMENT);
  }

  /** Ties a record to its place, so that one that strayed is not taken for another. */
  static int tag(long segment, long offset) {
    long mixed = (segment * 0x9E37_79B9_7F4A_7C15L) ^ (offset / ALIGNMENT * 0xC2B2_AE3D_27D4_EB4FL);
    mixed = (mixed ^ (mixed >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
    return (int) (mixed >>> 32);
  }

  /** Writes a header with room for the checksum; the content follows. */
  static void beginRecord(
      ByteBuffer into, int type, int flags, int contentBytes, int tag, long syncedOffset) {
    into.putInt(0)
        .putInt(contentBytes)
        .put((byte) type)
        .put((byte) VERSION)
        .putShort((short) flags)
        .putInt(tag)
        .putInt((int) (syncedOffset / ALIGNMENT));
  }

  /** Pads what was written since {@code start}, fills in the checksum, stands behind it. */
  static void endRecord(ByteBuffer buffer, int start, CRC32C crc) {
    while ((buffer.position() - start) % ALIGNMENT != 0) {
      buffer.put((byte) 0);
    }
    int end = buffer.position();
    buffer.putInt(start, checksum(buffer, start, end, crc));
  }

  /** Checksum of the record that takes these bytes of a buffer. */
  static int checksum(ByteBuffer buffer, int start, int end, CRC32C crc) {
    int position = buffer.position();
    int limit = buffer.limit();
    crc.reset();
    buffer.limit(end).position(start + 4);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return (int) crc.getValue();
  }

  /**
   * Whether a whole and right record starts here.
   *
   * @param tag what {@link #tag} says of its place
   * @return its bytes on disk, or 0
   */
  static int verify(ByteBuffer buffer, int start, int tag, CRC32C crc) {
    if (buffer.limit() - start < HEADER_BYTES || buffer.getInt(start + 12) != tag) {
      return 0;
    }
    int length = buffer.getInt(start + 4);
    if (length < 0 || length > MAX_CONTENT_BYTES) {
      return 0;
    }
    int bytes = recordBytes(length);
    if (bytes > buffer.limit() - start
        || buffer.getInt(start) != checksum(buffer, start, start + bytes, crc)) {
      return 0;
    }
    return bytes;
  }

  static ByteBuffer segmentHeader(long number, long createdMillis, long capacity) {
    ByteBuffer header = ByteBuffer.allocate(SEGMENT_HEADER_BYTES);
    header.putLong(MAGIC).putInt(FORMAT).putInt(SEGMENT_HEADER_BYTES);
    header.putLong(number).putLong(createdMillis).putLong(capacity);
    CRC32C crc = new CRC32C();
    crc.update(header.array(), 0, SEGMENT_HEADER_BYTES - 4);
    header.putInt(SEGMENT_HEADER_BYTES - 4, (int) crc.getValue());
    return header.clear();
  }

  /**
   * Checks the first bytes of a segment.
   *
   * @return the format it was written in, or 0 when they are damaged
   */
  static int formatOf(ByteBuffer header, long number) {
    if (header.limit() < SEGMENT_HEADER_BYTES) {
      return 0;
    }
    CRC32C crc = new CRC32C();
    crc.update(header.duplicate().position(0).limit(SEGMENT_HEADER_BYTES - 4));
    boolean right =
        header.getLong(0) == MAGIC
            && header.getInt(SEGMENT_HEADER_BYTES - 4) == (int) crc.getValue()
            && header.getLong(16) == number;
    return right ? header.getInt(8) : 0;
  }
}
