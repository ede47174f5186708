package io.serai.storage.stream;

import java.io.IOException;

/** Finds out what a segment holds by going from chunk to chunk. */
final class SegmentScan {
  /**
   * What was found.
   *
   * @param info of the chunks up to the first that is not right
   * @param unindexedPlace behind the last index chunk among them
   */
  record Found(SegmentInfo info, SparseIndex index, long unindexedPlace) {}

  /**
   * What lies behind the last right chunk.
   *
   * @param syncedPlace how far the segment was synced according to chunks found there; more than
   *     the end of the right ones proves that something was damaged after it was safe
   * @param endOffset behind all messages of chunks found there
   */
  record Tail(long syncedPlace, long endOffset) {}

  private final ChunkCursor cursor;

  SegmentScan(ChunkCursor cursor) {
    this.cursor = cursor;
  }

  /** How far the segment was safe according to chunks that follow each other from its start. */
  long syncedPlace() throws IOException {
    long synced = 0;
    long place = StreamFormat.SEGMENT_HEADER_BYTES;
    for (ChunkHeader chunk = cursor.header(place); chunk != null; chunk = cursor.header(place)) {
      synced = Math.max(synced, chunk.syncedPlace());
      place = chunk.endPlace();
    }
    return synced;
  }

  /**
   * Goes on from what is known of a segment up to the first chunk that is not right.
   *
   * @param index of what is known; more is added to it
   * @param trustedPlace contents of chunks before this are not looked at
   */
  Found from(SegmentInfo known, SparseIndex index, long trustedPlace) throws IOException {
    long endOffset = known.endOffset();
    long lastChunkOffset = known.lastChunkOffset();
    long highest = known.highestTimestamp();
    long indexPlace = known.indexPlace();
    long unindexed = known.endPlace();
    long place = known.endPlace();
    while (true) {
      ChunkHeader chunk = cursor.header(place);
      if (chunk == null
          || chunk.firstOffset() != endOffset
          || place >= trustedPlace && !cursor.isRight(chunk)) {
        break;
      }
      if (chunk.isMessages()) {
        index.chunk(chunk.firstOffset(), place, chunk.highestTimestamp());
        endOffset = chunk.endOffset();
        lastChunkOffset = chunk.firstOffset();
        highest = Math.max(highest, chunk.highestTimestamp());
      } else if (chunk.type() == StreamFormat.INDEX) {
        indexPlace = place;
        unindexed = chunk.endPlace();
      }
      place = chunk.endPlace();
    }
    SegmentInfo info =
        new SegmentInfo(
            known.firstOffset(), endOffset, place, lastChunkOffset, highest, indexPlace);
    return new Found(info, index, unindexed);
  }

  /** Looks at everything from a place on, whether it makes sense or not. */
  Tail tail(long from) throws IOException {
    long synced = 0;
    long endOffset = 0;
    for (long place = from; place < cursor.end(); place += StreamFormat.ALIGNMENT) {
      if (cursor.word(place) == 0) {
        continue;
      }
      ChunkHeader chunk = cursor.header(place);
      if (chunk != null) {
        synced = Math.max(synced, chunk.syncedPlace());
        endOffset = Math.max(endOffset, chunk.endOffset());
      }
    }
    return new Tail(synced, endOffset);
  }
}
