package io.serai.storage.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A chunk that says what is before it in its segment. A segment that was closed in order ends in
 * one; it is found from the end of the file.
 */
final class IndexChunk {
  private static final int HEAD_BYTES = 32;
  private static final int ENTRY_BYTES = 24;

  /** Where the index chunk begins, and the mark that it is one: the last bytes of the file. */
  private static final int END_BYTES = 16;

  /** A segment as its index chunk tells of it. */
  record Loaded(SegmentInfo info, SparseIndex index) {}

  private IndexChunk() {}

  /** About the bytes that an index takes on disk. */
  static int diskBytes(SparseIndex index) {
    return StreamFormat.CHUNK_HEADER_BYTES + HEAD_BYTES + index.size() * ENTRY_BYTES + END_BYTES;
  }

  /**
   * The chunk for a segment that ends where the chunk goes.
   *
   * @param tag of that place
   */
  static ByteBuffer write(
      ChunkBuilder builder, SegmentInfo info, SparseIndex index, int tag, long syncedPlace) {
    builder.begin(info.endOffset());
    int bytes = HEAD_BYTES + index.size() * ENTRY_BYTES + END_BYTES;
    ByteBuffer content = builder.content(bytes);
    content
        .putLong(info.endOffset())
        .putLong(info.lastChunkOffset())
        .putLong(info.highestTimestamp())
        .putInt(index.size())
        .putInt(0);
    for (int entry = 0; entry < index.size(); entry++) {
      content
          .putLong(index.offset(entry))
          .putLong(index.place(entry))
          .putLong(index.highest(entry));
    }
    content.putLong(info.endPlace()).putLong(StreamFormat.INDEX_END);
    return builder.finish(StreamFormat.INDEX, tag, syncedPlace);
  }

  /** What the index at the end of a segment says; null when none ends there. */
  static @Nullable Loaded atEnd(ChunkCursor cursor, long firstOffset) throws IOException {
    long end = cursor.end();
    if (end % StreamFormat.ALIGNMENT != 0
        || end < StreamFormat.SEGMENT_HEADER_BYTES + StreamFormat.CHUNK_HEADER_BYTES
        || cursor.word(end - Long.BYTES) != StreamFormat.INDEX_END) {
      return null;
    }
    long place = cursor.word(end - END_BYTES);
    if (place < StreamFormat.SEGMENT_HEADER_BYTES
        || place % StreamFormat.ALIGNMENT != 0
        || place >= end) {
      return null;
    }
    Loaded loaded = at(cursor, firstOffset, place);
    return loaded == null || loaded.info().endPlace() != end ? null : loaded;
  }

  /** What the index at a place says; null when it is not right. */
  static @Nullable Loaded at(ChunkCursor cursor, long firstOffset, long place) throws IOException {
    ChunkHeader header = cursor.header(place);
    if (header == null
        || header.type() != StreamFormat.INDEX
        || header.payloadBytes() < HEAD_BYTES + END_BYTES) {
      return null;
    }
    byte[] content = cursor.payload(header);
    if (content == null) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(content);
    long endOffset = in.getLong();
    long lastChunkOffset = in.getLong();
    long highestTimestamp = in.getLong();
    int entries = in.getInt();
    in.getInt();
    if (in.remaining() != (long) entries * ENTRY_BYTES + END_BYTES) {
      return null;
    }
    SparseIndex index = new SparseIndex();
    for (int i = 0; i < entries; i++) {
      index.restore(in.getLong(), in.getLong(), in.getLong());
    }
    return new Loaded(
        new SegmentInfo(
            firstOffset, endOffset, header.endPlace(), lastChunkOffset, highestTimestamp, place),
        index);
  }
}
