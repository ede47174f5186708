package io.serai.storage.journal;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next segment ready on a thread of its own: filled with zeros, synced, named, its name
 * synced. One at a time.
 */
final class SegmentAllocator {
  private static final int FILL_BYTES = 1 << 20;
  private static final byte[] NO_HEADER = new byte[RecordFormat.SEGMENT_HEADER_BYTES];

  /** What became of the last {@link #prepare}. */
  sealed interface Result {
    record Ready(long number, Path path, SeamFile file, long bytes) implements Result {}

    record Full(long neededBytes) implements Result {}

    record Failed(Throwable cause) implements Result {}
  }

  private final Path folder;
  private final FileSystemSeam files;
  private final Executor executor;
  private final Runnable done;
  private final InstantSource clock;
  private long nextNumber;
  private boolean underWay;
  private volatile @Nullable Result result;

  SegmentAllocator(
      Path folder,
      FileSystemSeam files,
      Executor executor,
      InstantSource clock,
      long nextNumber,
      Runnable done) {
    this.folder = folder;
    this.files = files;
    this.executor = executor;
    this.clock = clock;
    this.nextNumber = nextNumber;
    this.done = done;
  }

  /** Uses a segment that was found ready. */
  void found(Result.Ready ready) {
    result = ready;
  }

  /** Starts making a segment, unless one is ready or being made, or could not be for good. */
  void prepare(long bytes) {
    if (underWay || result instanceof Result.Ready || result instanceof Result.Failed) {
      return;
    }
    underWay = true;
    result = null;
    long number = nextNumber++;
    executor.execute(() -> {
      result = make(number, bytes);
      done.run();
    });
  }

  /** What there is: null while it is being made. Called by the writer. */
  @Nullable Result result() {
    Result now = result;
    if (now != null) {
      underWay = false;
    }
    return now;
  }

  /** The ready segment is in use now. */
  void taken() {
    result = null;
  }

  /** Throws the ready segment away: it is too small. */
  void discard(Result.Ready ready) throws IOException {
    result = null;
    ready.file().close();
    files.delete(ready.path());
    files.syncFolder(folder);
  }

  private Result make(long number, long bytes) {
    Path unfinished = folder.resolve(Segment.newName(number));
    try {
      try (SeamFile file = files.createDirect(unfinished)) {
        fill(file, number, bytes);
      }
      files.reached(CrashPoint.MID_ALLOCATION);
      Path path = folder.resolve(Segment.fileName(number));
      files.rename(unfinished, path);
      files.syncFolder(folder);
      return new Result.Ready(number, path, files.openDirect(path), bytes);
    } catch (DiskFullException _) {
      try {
        files.delete(unfinished);
      } catch (IOException _) {
        // it was not even created, or goes at the next start
      }
      return new Result.Full(bytes);
    } catch (Throwable e) {
      return new Result.Failed(e);
    }
  }

  private void fill(SeamFile file, long number, long bytes) throws IOException {
    ByteBuffer zeros = SeamFile.blocks((int) Math.min(FILL_BYTES, bytes));
    ByteBuffer header = RecordFormat.segmentHeader(number, clock.millis(), bytes);
    zeros.put(0, header, 0, header.limit());
    for (long at = 0; at < bytes; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - at));
      file.writeFully(zeros, at);
      zeros.put(0, NO_HEADER);
    }
    file.force(true);
  }
}
