package io.serai.storage.stream;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files that are open for writing: those written last, so that a stream that is left alone has
 * neither a file nor an index in memory. Confined to the writer.
 */
final class OpenSegments {
  private static final int WINDOW_BYTES = 64 << 10;

  /** Called when there is no space: returns when it is worth trying again for that stream. */
  interface NoSpace {
    void await(DiskFullException cause, StreamLog log) throws IOException;
  }

  private final int mostOpen;
  private final FileSystemSeam files;
  private final InstantSource clock;
  private final NoSpace noSpace;
  private final ChunkBuilder indexes = new ChunkBuilder();
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES);

  /** In the order of their last use. */
  private final LinkedHashMap<StreamLog, ActiveSegment> open = new LinkedHashMap<>(16, 0.75f, true);

  /** Closed without an index at their end: they get it when all ends. */
  private final Set<StreamLog> unindexed = new LinkedHashSet<>();

  OpenSegments(int mostOpen, FileSystemSeam files, InstantSource clock, NoSpace noSpace) {
    this.mostOpen = mostOpen;
    this.files = files;
    this.clock = clock;
    this.noSpace = noSpace;
  }

  /** What a stream is written to. */
  ActiveSegment get(StreamLog log) throws IOException {
    ActiveSegment segment = open.get(log);
    if (segment == null) {
      makeRoom();
      SegmentInfo info = log.view.active();
      segment = info == null ? begin(log) : open(log, info);
      open.put(log, segment);
      unindexed.remove(log);
    }
    return segment;
  }

  /** What a stream is written to if that is open. */
  @Nullable ActiveSegment ifOpen(StreamLog log) {
    return open.get(log);
  }

  private ActiveSegment begin(StreamLog log) throws IOException {
    while (!log.isMade) {
      try {
        log.folder.make();
        log.isMade = true;
      } catch (DiskFullException e) {
        noSpace.await(e, log);
      }
    }
    return create(log, 0);
  }

  private ActiveSegment create(StreamLog log, long firstOffset) throws IOException {
    while (true) {
      try {
        SeamFile file = log.folder.create(firstOffset, clock.millis());
        SegmentInfo info = SegmentInfo.empty(firstOffset);
        return new ActiveSegment(
            log.folder,
            file,
            info,
            new SparseIndex(),
            info.endPlace(),
            cause -> noSpace.await(cause, log));
      } catch (DiskFullException e) {
        noSpace.await(e, log);
      }
    }
  }

  private ActiveSegment open(StreamLog log, SegmentInfo info) throws IOException {
    SeamFile file = files.open(log.folder.segment(info.firstOffset()));
    ChunkCursor cursor =
        new ChunkCursor(file, log.folder.stream(), info.firstOffset(), info.endPlace(), window);
    SegmentScan.Found found = SegmentIndex.load(cursor, info);
    return new ActiveSegment(
        log.folder,
        file,
        info,
        found.index(),
        found.unindexedPlace(),
        cause -> noSpace.await(cause, log));
  }

  /** Ends the segment of a stream and goes on in the next. */
  ActiveSegment roll(StreamLog log, ActiveSegment full) throws IOException {
    full.seal(indexes, files);
    files.reached(CrashPoint.MID_ROLL);
    ActiveSegment next = create(log, full.info().endOffset());
    full.close();
    log.sealed = Arrays.copyOf(log.sealed, log.sealed.length + 1);
    log.sealed[log.sealed.length - 1] = full.info();
    open.put(log, next);
    return next;
  }

  private void makeRoom() throws IOException {
    while (open.size() >= mostOpen) {
      Map.Entry<StreamLog, ActiveSegment> oldest = open.firstEntry();
      StreamLog log = oldest.getKey();
      ActiveSegment segment = oldest.getValue();
      if (segment.deservesIndex()) {
        segment.seal(indexes, files);
      } else {
        segment.force(files);
        if (segment.isUnindexed()) {
          unindexed.add(log);
        }
      }
      segment.close();
      open.remove(log);
      log.view = new StreamView(log.sealed, segment.info(), null);
    }
  }

  /** A stream is gone. */
  void forget(StreamLog log) throws IOException {
    ActiveSegment segment = open.remove(log);
    if (segment != null) {
      segment.close();
    }
    unindexed.remove(log);
  }

  /** Gives every stream that was written to an index at its end, and closes all files. */
  void closeAll() throws IOException {
    sealAll();
    for (StreamLog log : List.copyOf(unindexed)) {
      get(log);
      sealAll();
    }
  }

  private void sealAll() throws IOException {
    for (ActiveSegment segment : open.values()) {
      segment.seal(indexes, files);
      segment.close();
    }
    open.clear();
  }
}
