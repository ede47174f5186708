package io.serai.storage.journal;

import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a segment record by record, checking every checksum. */
final class SegmentScan {
  private static final int WINDOW_BYTES = 4 << 20;

  /** Takes whole and right records; the buffer stands at the content, its limit behind it. */
  interface RecordVisitor {
    void record(long offset, int type, int version, int flags, ByteBuffer content)
        throws IOException;
  }

  /**
   * What is behind the last whole record.
   *
   * @param dirtyEnd behind the last byte that is not 0; at most {@code end} when all are
   * @param syncedEnd how far the segment was synced according to records found further on; more
   *     than {@code end} proves that something was damaged after it was safe
   */
  record Tail(long dirtyEnd, long syncedEnd) {}

  private final SeamFile file;
  private final long number;
  private final long size;
  private final ByteBuffer window;
  private final CRC32C crc = new CRC32C();
  private long windowStart;

  SegmentScan(SeamFile file, long number, long size) {
    this.file = file;
    this.number = number;
    this.size = size;
    window = SeamFile.blocks((int) Math.min(WINDOW_BYTES, Math.max(size, 64)));
    window.limit(0);
  }

  /** Visits the records up to the first that is not right; returns where that is. */
  long forEach(RecordVisitor visitor) throws IOException {
    long offset = RecordFormat.SEGMENT_HEADER_BYTES;
    while (true) {
      int at = load(offset, RecordFormat.MAX_RECORD_BYTES);
      int bytes = RecordFormat.verify(window, at, RecordFormat.tag(number, offset), crc);
      if (bytes == 0) {
        return offset;
      }
      int length = window.getInt(at + 4);
      int type = window.get(at + 8);
      int version = window.get(at + 9);
      int flags = window.getShort(at + 10);
      int limit = window.limit();
      window.limit(at + RecordFormat.HEADER_BYTES + length);
      window.position(at + RecordFormat.HEADER_BYTES);
      visitor.record(offset, type, version, flags, window);
      window.limit(limit);
      offset += bytes;
    }
  }

  /** Whether there is nothing but zeros from an offset on. */
  boolean isBlank(long from) throws IOException {
    int length;
    for (long offset = from; offset < size; offset += length) {
      int at = load(offset, 1);
      length = window.limit() - at;
      boolean isUniform =
          window.slice(at, length - 1).mismatch(window.slice(at + 1, length - 1)) < 0;
      if (window.get(at) != 0 || !isUniform) {
        return false;
      }
    }
    return true;
  }

  /** Looks at everything from an offset on, whether it makes sense or not. */
  Tail tail(long end) throws IOException {
    if (isBlank(end)) {
      return new Tail(end, 0);
    }
    long dirtyEnd = end;
    long syncedEnd = 0;
    for (long offset = end; offset + Long.BYTES <= size; offset += RecordFormat.ALIGNMENT) {
      int at = load(offset, Long.BYTES);
      if (window.getLong(at) == 0) {
        continue;
      }
      dirtyEnd = offset + Long.BYTES;
      int header = load(offset, RecordFormat.HEADER_BYTES);
      if (window.limit() - header >= RecordFormat.HEADER_BYTES
          && window.getInt(header + 12) == RecordFormat.tag(number, offset)) {
        int record = load(offset, RecordFormat.MAX_RECORD_BYTES);
        if (RecordFormat.verify(window, record, RecordFormat.tag(number, offset), crc) > 0) {
          long synced = (window.getInt(record + 16) & 0xFFFF_FFFFL) * RecordFormat.ALIGNMENT;
          syncedEnd = Math.max(syncedEnd, synced);
        }
      }
    }
    return new Tail(dirtyEnd, syncedEnd);
  }

  /** The file. */
  @Override
  public String toString() {
    return file.toString();
  }

  /** Makes bytes from an offset on available as far as there are any; returns where they begin. */
  private int load(long offset, int wanted) throws IOException {
    long available = Math.min(wanted, size - offset);
    if (offset < windowStart || offset + available > windowStart + window.limit()) {
      windowStart = offset - offset % SeamFile.BLOCK_BYTES;
      window.clear();
      file.readFully(window, windowStart);
      window.flip();
    }
    return (int) (offset - windowStart);
  }
}
