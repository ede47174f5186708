package io.serai.storage.journal;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes records to the end of the current segment. Confined to the writer thread. */
final class SegmentOutput {
  private static final int BUFFER_BYTES = 2 << 20;

  /** Called when a write finds no space: returns when it is worth trying again. */
  interface NoSpace {
    void await(DiskFullException cause, long neededBytes) throws IOException;
  }

  private final FileSystemSeam files;
  private final NoSpace noSpace;

  /** What follows {@link #start}: a block that is written in part, then what is not written. */
  private final ByteBuffer buffer = SeamFile.blocks(BUFFER_BYTES);

  private final CRC32C crc = new CRC32C();
  private final SegmentFooter footer = new SegmentFooter();
  private @Nullable Segment segment;

  /** Where the buffer begins in the segment, at a block. */
  private long start;

  /** Behind the last byte that was given to the file. */
  private long written;

  private long synced;

  SegmentOutput(FileSystemSeam files, NoSpace noSpace) {
    this.files = files;
    this.noSpace = noSpace;
  }

  /** The segment that is being written, null before the first. */
  @Nullable Segment segment() {
    return segment;
  }

  Segment current() {
    Segment current = segment;
    if (current == null) {
      throw new IllegalStateException("no segment to write to");
    }
    return current;
  }

  /** Bytes of records that still fit, the footer's part taken off. */
  long remainingBytes() {
    if (segment == null) {
      return 0;
    }
    long closing = RecordFormat.recordBytes(0);
    return segment.bytes - offset() - footer.diskBytes() - closing;
  }

  /** Bytes a segment needs beside its records. */
  static long overheadBytes() {
    return RecordFormat.SEGMENT_HEADER_BYTES
        + RecordFormat.streamBytes(10)
        + RecordFormat.TRAILER_BYTES
        + RecordFormat.recordBytes(0);
  }

  private long offset() {
    return start + buffer.position();
  }

  /** Where the next record goes. */
  long end() {
    return offset();
  }

  /** Seals the current segment, if any, and goes on in another. */
  void roll(Segment next) throws IOException {
    if (segment != null) {
      seal();
      files.reached(CrashPoint.MID_ROLL);
    }
    segment = next;
    buffer.clear().limit(RecordFormat.SEGMENT_HEADER_BYTES);
    next.file.readFully(buffer, 0); // it is written again with the rest of its block
    buffer.limit(buffer.capacity());
    start = 0;
    written = RecordFormat.SEGMENT_HEADER_BYTES;
    synced = written;
  }

  private void seal() throws IOException {
    Segment sealed = current();
    write();
    force();
    while (true) {
      try {
        footer.seal(files, sealed, offset());
        break;
      } catch (DiskFullException e) {
        noSpace.await(e, footer.diskBytes());
      }
    }
    footer.clear();
    segment = null;
  }

  /** Writes a payload; returns where it is. */
  long payload(long id, StoredPayload payload) throws IOException {
    int size = payload.encodedSize();
    if (size > RecordFormat.MAX_PIECE_BYTES) {
      ByteBuffer whole = ByteBuffer.allocate(size);
      payload.encode(whole);
      checkEncoded(whole.remaining(), size);
      return payload(id, whole.flip());
    }
    begin(RecordFormat.PAYLOAD, 0, RecordFormat.PAYLOAD_PREFIX_BYTES + size);
    int from = buffer.position() - RecordFormat.HEADER_BYTES;
    long at = start + from;
    buffer.putLong(id).putInt(size).putInt(0);
    int limit = buffer.limit();
    buffer.limit(buffer.position() + size);
    payload.encode(buffer);
    checkEncoded(buffer.remaining(), size);
    buffer.limit(limit);
    RecordFormat.endRecord(buffer, from, crc);
    footer.payload(id, at, size);
    return at;
  }

  /** Writes a payload's bytes, in pieces where it must be; returns where the first is. */
  long payload(long id, ByteBuffer content) throws IOException {
    int size = content.remaining();
    long first = -1;
    int done = 0;
    do {
      int piece = Math.min(RecordFormat.MAX_PIECE_BYTES, size - done);
      begin(RecordFormat.PAYLOAD, 0, RecordFormat.PAYLOAD_PREFIX_BYTES + piece);
      int from = buffer.position() - RecordFormat.HEADER_BYTES;
      first = first < 0 ? start + from : first;
      buffer.putLong(id).putInt(size).putInt(done);
      buffer.put(content.slice(content.position() + done, piece));
      RecordFormat.endRecord(buffer, from, crc);
      done += piece;
    } while (done < size);
    footer.payload(id, first, size);
    return first;
  }

  private static void checkEncoded(int left, int size) {
    if (left != 0) {
      throw new IllegalStateException(
          "a payload announced %d bytes and wrote %d".formatted(size, size - left));
    }
  }

  /** Writes operations that are recovered whole or not at all. */
  void ops(ByteSink ops) throws IOException {
    int done = 0;
    do {
      int piece = Math.min(RecordFormat.MAX_CONTENT_BYTES, ops.size() - done);
      begin(RecordFormat.OPS, done + piece < ops.size() ? RecordFormat.MORE : 0, piece);
      int from = buffer.position() - RecordFormat.HEADER_BYTES;
      buffer.put(ops.array(), done, piece);
      RecordFormat.endRecord(buffer, from, crc);
      done += piece;
    } while (done < ops.size());
    footer.unit(ops.array(), ops.size());
  }

  private void begin(int type, int flags, int contentBytes) throws IOException {
    if (buffer.remaining() < RecordFormat.recordBytes(contentBytes)) {
      write();
    }
    int tag = RecordFormat.tag(current().number, offset());
    RecordFormat.beginRecord(buffer, type, flags, contentBytes, tag, synced);
  }

  /**
   * Gives what was written to the file, in whole blocks: behind the end there are zeros, in the
   * file as in what fills up the last block, which is written again as it grows.
   */
  void write() throws IOException {
    int end = buffer.position();
    if (start + end == written) {
      return;
    }
    while (buffer.position() % SeamFile.BLOCK_BYTES != 0) {
      buffer.put((byte) 0);
    }
    buffer.flip().limit((int) Math.min(buffer.limit(), current().bytes - start));
    while (buffer.hasRemaining()) {
      try {
        current().file.write(buffer, start + buffer.position());
      } catch (DiskFullException e) {
        noSpace.await(e, buffer.remaining());
      }
    }
    int last = end - end % SeamFile.BLOCK_BYTES;
    buffer.clear().put(0, buffer, last, end - last).position(end - last);
    written = start + end;
    start += last;
  }

  /** Returns when all that was given to the file is on the device. */
  void force() throws IOException {
    if (synced == written) {
      return;
    }
    files.reached(CrashPoint.WRITTEN_NOT_SYNCED);
    current().file.force(false);
    synced = written;
    files.reached(CrashPoint.SYNCED_NOT_TOLD);
  }

  /** Notes that nothing follows: a later reader can tell damage from a torn end. */
  void close() throws IOException {
    if (segment == null || end() == RecordFormat.SEGMENT_HEADER_BYTES) {
      return;
    }
    write();
    force();
    begin(RecordFormat.CLOSED, 0, 0);
    RecordFormat.endRecord(buffer, buffer.position() - RecordFormat.HEADER_BYTES, crc);
    write();
    force();
  }
}
