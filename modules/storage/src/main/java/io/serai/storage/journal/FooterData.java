package io.serai.storage.journal;

import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A footer read back.
 *
 * @param stream begins with payload places and operations, as {@link SegmentFooter} wrote them
 * @param streamBytes how many bytes those take
 */
record FooterData(
    long recordsEnd,
    long payloadCount,
    long payloadBytes,
    long maxPayloadId,
    byte[] stream,
    int streamBytes) {
  /** Takes one payload's place. */
  interface PayloadVisitor {
    void payload(long id, long offset);
  }

  /** Reads and checks a sealed segment's footer; null when it has none, or it is damaged. */
  static @Nullable FooterData read(SeamFile file, long number, long size) throws IOException {
    long trailerAt = size - RecordFormat.TRAILER_BYTES;
    if (trailerAt < RecordFormat.SEGMENT_HEADER_BYTES || size % RecordFormat.ALIGNMENT != 0) {
      return null;
    }
    CRC32C crc = new CRC32C();
    ByteBuffer trailer = ByteBuffer.allocate(RecordFormat.TRAILER_BYTES);
    file.readFully(trailer, trailerAt);
    trailer.flip();
    if (RecordFormat.verify(trailer, 0, RecordFormat.tag(number, trailerAt), crc)
            != RecordFormat.TRAILER_BYTES
        || trailer.get(8) != RecordFormat.TRAILER) {
      return null;
    }
    trailer.position(RecordFormat.HEADER_BYTES);
    long end = trailer.getLong();
    long streamSize = trailer.getLong();
    if (end < RecordFormat.SEGMENT_HEADER_BYTES
        || end > trailerAt
        || streamSize > trailerAt - end) {
      return null;
    }
    ByteBuffer footer = ByteBuffer.allocate((int) (trailerAt - end));
    file.readFully(footer, end);
    if (!joinRecords(footer.flip(), number, end, streamSize, crc)) {
      return null;
    }
    return new FooterData(
        end,
        trailer.getLong(),
        trailer.getLong(),
        trailer.getLong(),
        footer.array(),
        (int) streamSize);
  }

  /** Checks the records of a footer and moves their contents together, to where it begins. */
  private static boolean joinRecords(
      ByteBuffer footer, long number, long offset, long size, CRC32C crc) {
    byte[] stream = footer.array();
    int done = 0;
    int at = 0;
    while (at < footer.limit()) {
      int bytes = RecordFormat.verify(footer, at, RecordFormat.tag(number, offset + at), crc);
      if (bytes == 0 || footer.get(at + 8) != RecordFormat.FOOTER) {
        return false;
      }
      int content = footer.getInt(at + 4);
      if (content > size - done) {
        return false;
      }
      System.arraycopy(stream, at + RecordFormat.HEADER_BYTES, stream, done, content);
      done += content;
      at += bytes;
    }
    return done == size;
  }

  /** Hands over the payloads, then every operation in order. */
  void visit(PayloadVisitor payloads, OpsVisitor ops) {
    eachPayload(payloads);
    eachUnit((offset, length) -> OpsDecoder.decode(new ByteSource(stream, offset, length), ops));
  }

  /** Takes the place of one unit's operations in the stream. */
  interface UnitVisitor {
    void unit(int offset, int length);
  }

  /** Hands over the places of all units in order. */
  void eachUnit(UnitVisitor visitor) {
    ByteSource from = source();
    visitPayloads(from, (_, _) -> {});
    while (from.hasRemaining()) {
      int length = from.length();
      visitor.unit(from.position(), length);
      from.skip(length);
    }
  }

  /** Hands over the payloads alone. */
  void eachPayload(PayloadVisitor visitor) {
    visitPayloads(source(), visitor);
  }

  private ByteSource source() {
    return new ByteSource(stream, 0, streamBytes);
  }

  private static void visitPayloads(ByteSource from, PayloadVisitor payloads) {
    long count = from.varint();
    long id = 0;
    long offset = 0;
    for (long i = 0; i < count; i++) {
      id += from.signed();
      offset += from.varint() * RecordFormat.ALIGNMENT;
      payloads.payload(id, offset);
    }
  }
}
