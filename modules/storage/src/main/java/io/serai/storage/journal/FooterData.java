package io.serai.storage.journal;

import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A footer read back.
 *
 * @param stream payload places and operations, as {@link SegmentFooter} wrote them
 */
record FooterData(
    long recordsEnd, long payloadCount, long payloadBytes, long maxPayloadId, byte[] stream) {
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
    byte[] stream = stream(footer.flip(), number, end, (int) streamSize, crc);
    return stream == null
        ? null
        : new FooterData(end, trailer.getLong(), trailer.getLong(), trailer.getLong(), stream);
  }

  private static byte @Nullable [] stream(
      ByteBuffer footer, long number, long offset, int size, CRC32C crc) {
    byte[] stream = new byte[size];
    int done = 0;
    int at = 0;
    while (at < footer.limit()) {
      int bytes = RecordFormat.verify(footer, at, RecordFormat.tag(number, offset + at), crc);
      if (bytes == 0 || footer.get(at + 8) != RecordFormat.FOOTER) {
        return null;
      }
      int content = footer.getInt(at + 4);
      if (content > size - done) {
        return null;
      }
      footer.get(at + RecordFormat.HEADER_BYTES, stream, done, content);
      done += content;
      at += bytes;
    }
    return done == size ? stream : null;
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
    ByteSource from = new ByteSource(stream);
    visitPayloads(from, (_, _) -> {});
    while (from.hasRemaining()) {
      int length = from.length();
      visitor.unit(from.position(), length);
      from.skip(length);
    }
  }

  /** Hands over the payloads alone. */
  void eachPayload(PayloadVisitor visitor) {
    visitPayloads(new ByteSource(stream), visitor);
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
