package io.serai.storage.stream;

import java.io.IOException;

/** Reads the index of a segment that is not in memory. */
final class SegmentIndex {
  private SegmentIndex() {}

  /**
   * What is in a segment and where; from its last index chunk, as far as that goes.
   *
   * @param cursor ends where the segment ends
   */
  static SegmentScan.Found load(ChunkCursor cursor, SegmentInfo info) throws IOException {
    IndexChunk.Loaded loaded =
        info.indexPlace() == 0
            ? null
            : IndexChunk.at(cursor, info.firstOffset(), info.indexPlace());
    SegmentInfo known = loaded == null ? SegmentInfo.empty(info.firstOffset()) : loaded.info();
    SparseIndex index = loaded == null ? new SparseIndex() : loaded.index();
    return new SegmentScan(cursor).from(known, index, Long.MAX_VALUE);
  }
}
