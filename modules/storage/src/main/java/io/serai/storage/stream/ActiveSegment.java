package io.serai.storage.stream;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The segment of a stream that is written, while its file is open. Confined to the writer. */
final class ActiveSegment {
  /** A segment left alone gets an index when that is so much smaller than what it is for. */
  private static final int INDEX_PART = 8;

  /** Called when a write finds no space: returns when it is worth trying again. */
  interface NoSpace {
    void await(DiskFullException cause) throws IOException;
  }

  private final StreamFolder folder;
  private final SeamFile file;
  private final SparseIndex index;
  private final NoSpace noSpace;
  private SegmentInfo info;
  private long synced;
  private long unindexedPlace;

  ActiveSegment(
      StreamFolder folder,
      SeamFile file,
      SegmentInfo info,
      SparseIndex index,
      long unindexedPlace,
      NoSpace noSpace) {
    this.folder = folder;
    this.file = file;
    this.info = info;
    this.index = index;
    this.unindexedPlace = unindexedPlace;
    this.noSpace = noSpace;
    // An index at the end may have been written by a process that was killed before it was synced.
    boolean endsInIndex = info.indexPlace() > 0 && unindexedPlace == info.endPlace();
    synced = endsInIndex ? info.indexPlace() : info.endPlace();
  }

  SegmentInfo info() {
    return info;
  }

  SparseIndex.View index() {
    return index.view();
  }

  boolean isUnindexed() {
    return info.endPlace() > unindexedPlace;
  }

  /** Ends the chunk in the builder and writes it. */
  void write(ChunkBuilder builder) throws IOException {
    long place = info.endPlace();
    ByteBuffer chunk = builder.finish(StreamFormat.MESSAGES, tag(place), synced);
    int bytes = chunk.remaining();
    write(chunk, place);
    index.chunk(builder.firstOffset(), place, builder.highestTimestamp());
    info =
        new SegmentInfo(
            info.firstOffset(),
            builder.firstOffset() + builder.count(),
            place + bytes,
            builder.firstOffset(),
            Math.max(info.highestTimestamp(), builder.highestTimestamp()),
            info.indexPlace());
  }

  private int tag(long place) {
    return StreamFormat.tag(folder.stream(), info.firstOffset(), place);
  }

  private void write(ByteBuffer from, long at) throws IOException {
    long start = at - from.position();
    while (from.hasRemaining()) {
      try {
        file.write(from, start + from.position());
      } catch (DiskFullException e) {
        noSpace.await(e);
      }
    }
  }

  boolean isSynced() {
    return synced == info.endPlace();
  }

  /** Returns when all that was written is on the device. */
  void force(FileSystemSeam files) throws IOException {
    if (isSynced()) {
      return;
    }
    files.reached(CrashPoint.WRITTEN_NOT_SYNCED);
    file.force(false);
    synced = info.endPlace();
    files.reached(CrashPoint.SYNCED_NOT_TOLD);
  }

  /** Writes an index of all there is behind it, when everything before is synced, and syncs. */
  void seal(ChunkBuilder builder, FileSystemSeam files) throws IOException {
    force(files);
    if (!isUnindexed()) {
      return;
    }
    long place = info.endPlace();
    ByteBuffer chunk = IndexChunk.write(builder, info, index, tag(place), synced);
    long end = place + chunk.remaining();
    int middle = chunk.position() + chunk.remaining() / 2;
    int limit = chunk.limit();
    write(chunk.limit(middle), place);
    files.reached(CrashPoint.MID_FOOTER);
    write(chunk.limit(limit), end - (limit - middle));
    file.force(true);
    info =
        new SegmentInfo(
            info.firstOffset(),
            info.endOffset(),
            end,
            info.lastChunkOffset(),
            info.highestTimestamp(),
            place);
    synced = end;
    unindexedPlace = end;
  }

  /** Whether an index now would not cost much beside what it is for. */
  boolean deservesIndex() {
    return (info.endPlace() - unindexedPlace) / INDEX_PART > IndexChunk.diskBytes(index);
  }

  void close() throws IOException {
    file.close();
  }
}
