package io.serai.storage.journal;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What a segment holds, gathered while it is written and put at its end when it is sealed: every
 * payload's id and offset, and a copy of all operations. Recovery reads this alone.
 */
final class SegmentFooter {
  private final ByteSink payloads = new ByteSink(1024);
  private final ByteSink units = new ByteSink(1024);
  private long payloadCount;
  private long payloadBytes;
  private long maxPayloadId;
  private long lastId;
  private long lastOffset;

  void payload(long id, long offset, int size) {
    payloads.signed(id - lastId);
    payloads.varint((offset - lastOffset) / RecordFormat.ALIGNMENT);
    lastId = id;
    lastOffset = offset;
    payloadCount++;
    payloadBytes += size;
    maxPayloadId = Math.max(maxPayloadId, id);
  }

  void unit(byte[] ops, int length) {
    units.varint(length);
    units.bytes(ops, 0, length);
  }

  void clear() {
    payloads.clear();
    units.clear();
    payloadCount = 0;
    payloadBytes = 0;
    maxPayloadId = 0;
    lastId = 0;
    lastOffset = 0;
  }

  long payloadCount() {
    return payloadCount;
  }

  long payloadBytes() {
    return payloadBytes;
  }

  /** Bytes it would take on disk now, trailer included. */
  long diskBytes() {
    return RecordFormat.streamBytes(10L + payloads.size() + units.size())
        + RecordFormat.TRAILER_BYTES;
  }

  private ByteSink stream() {
    ByteSink stream = new ByteSink(10 + payloads.size() + units.size());
    stream.varint(payloadCount);
    stream.bytes(payloads.array(), 0, payloads.size());
    stream.bytes(units.array(), 0, units.size());
    return stream;
  }

  /** As if it had been written and read back. */
  FooterData data(long recordsEnd) {
    ByteSink stream = stream();
    return new FooterData(
        recordsEnd, payloadCount, payloadBytes, maxPayloadId, stream.array(), stream.size());
  }

  /**
   * Writes it, cuts the file behind it and makes all of it safe.
   *
   * @param end where the records end; all before is synced
   */
  void seal(FileSystemSeam files, Segment segment, long end) throws IOException {
    ByteSink stream = stream();
    SeamFile file = segment.file;
    ByteBuffer buffer = ByteBuffer.allocateDirect(RecordFormat.MAX_RECORD_BYTES);
    CRC32C crc = new CRC32C();
    long offset = end;
    int done = 0;
    do {
      int piece = Math.min(RecordFormat.MAX_CONTENT_BYTES, stream.size() - done);
      int flags = done + piece < stream.size() ? RecordFormat.MORE : 0;
      int tag = RecordFormat.tag(segment.number, offset);
      buffer.clear();
      RecordFormat.beginRecord(buffer, RecordFormat.FOOTER, flags, piece, tag, end);
      buffer.put(stream.array(), done, piece);
      RecordFormat.endRecord(buffer, 0, crc);
      file.writeFully(buffer.flip(), offset);
      files.reached(CrashPoint.MID_FOOTER);
      offset += buffer.limit();
      done += piece;
    } while (done < stream.size());

    buffer.clear();
    int tag = RecordFormat.tag(segment.number, offset);
    RecordFormat.beginRecord(
        buffer, RecordFormat.TRAILER, 0, RecordFormat.TRAILER_CONTENT_BYTES, tag, end);
    buffer.putLong(end).putLong(stream.size()).putLong(payloadCount).putLong(payloadBytes);
    buffer.putLong(maxPayloadId);
    RecordFormat.endRecord(buffer, 0, crc);
    file.writeFully(buffer.flip(), offset);
    offset += buffer.limit();
    file.force(false);
    file.truncate(offset); // when a crash undoes it, recovery finds the footer by reading on
    segment.bytes = offset;
    segment.sealed = true;
    segment.payloadCount = payloadCount;
    segment.payloadBytes = payloadBytes;
  }
}
