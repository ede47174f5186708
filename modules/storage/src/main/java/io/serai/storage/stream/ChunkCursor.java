package io.serai.storage.stream;

import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads chunks of one segment through a window. Confined to a thread. */
final class ChunkCursor {
  /** Read at once for a header; all that fits the window where chunks are smaller than this. */
  private static final int NEAR_BYTES = 4096;

  private static final int MAX_HEADER_BYTES =
      StreamFormat.CHUNK_HEADER_BYTES + StreamFormat.MAX_FILTER_BYTES;

  private final SeamFile file;
  private final long stream;
  private final long segment;
  private final long end;
  private final ByteBuffer window;
  private final CRC32C crc = new CRC32C();
  private long windowStart;

  /** Of the chunk seen last: the next ones are likely to be like it. */
  private long chunkBytes = NEAR_BYTES;

  /**
   * A cursor.
   *
   * @param segment the segment's first offset
   * @param end nothing at or behind this place is looked at
   * @param window direct, its content does not matter
   */
  ChunkCursor(SeamFile file, long stream, long segment, long end, ByteBuffer window) {
    this.file = file;
    this.stream = stream;
    this.segment = segment;
    this.end = end;
    this.window = window;
    window.limit(0);
  }

  long end() {
    return end;
  }

  /** The chunk that begins at a place; null when no right and whole one does. */
  @Nullable ChunkHeader header(long place) throws IOException {
    if (place + StreamFormat.CHUNK_HEADER_BYTES > end) {
      return null;
    }
    int at =
        load(place, MAX_HEADER_BYTES, chunkBytes < NEAR_BYTES ? window.capacity() : NEAR_BYTES);
    ChunkHeader header =
        ChunkHeader.read(window, at, place, StreamFormat.tag(stream, segment, place), crc);
    if (header == null || header.endPlace() > end) {
      return null;
    }
    chunkBytes = header.endPlace() - place;
    return header;
  }

  /** The content of a chunk; null when it is not as it was written. */
  byte @Nullable [] payload(ChunkHeader header) throws IOException {
    byte[] content = new byte[header.payloadBytes()];
    if (content.length <= window.capacity()) {
      int at = load(header.payloadPlace(), content.length, content.length);
      if (window.limit() - at < content.length) {
        return null; // the file is shorter than it was
      }
      window.get(at, content);
    } else if (file.readFully(ByteBuffer.wrap(content), header.payloadPlace()) < content.length) {
      return null;
    }
    crc.reset();
    crc.update(content, 0, content.length);
    return (int) crc.getValue() == header.payloadCrc() ? content : null;
  }

  /** Whether the content of a chunk is as it was written. */
  boolean isRight(ChunkHeader header) throws IOException {
    CRC32C whole = new CRC32C();
    long place = header.payloadPlace();
    int left = header.payloadBytes();
    while (left > 0) {
      int piece = Math.min(left, window.capacity());
      int at = load(place, piece, window.capacity());
      if (window.limit() - at < piece) {
        return false;
      }
      whole.update(window.duplicate().position(at).limit(at + piece));
      place += piece;
      left -= piece;
    }
    return (int) whole.getValue() == header.payloadCrc();
  }

  /** Eight bytes at a place, as a number; 0 behind the end. */
  long word(long place) throws IOException {
    if (place + Long.BYTES > end) {
      return 0;
    }
    int at = load(place, Long.BYTES, window.capacity());
    return window.limit() - at < Long.BYTES ? 0 : window.getLong(at);
  }

  /**
   * Makes bytes available as far as there are any.
   *
   * @param ahead read at once when they are not there yet
   * @return where in the window they begin
   */
  private int load(long place, int wanted, int ahead) throws IOException {
    long needed = Math.min(wanted, end - place);
    if (place < windowStart || place + needed > windowStart + window.limit()) {
      window.clear();
      windowStart = place;
      window.limit((int) Math.min(Math.max(wanted, ahead), end - place));
      file.readFully(window, place);
      window.flip();
    }
    return (int) (place - windowStart);
  }
}
