package io.serai.storage.journal;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.FileSystemSeam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Gives space back: deletes segments in which nothing is needed. A segment goes only after a sync
 * that covers what made it dead, and what it kills in earlier segments must be gone, names
 * included. Confined to the writer thread.
 */
final class Reclaimer {
  private static final long IDLE_NANOS = 1_000_000_000;

  private final JournalWriter writer;
  private final FileSystemSeam files;
  private final Path folder;

  Reclaimer(
      JournalWriter writer,
      JournalOptions options,
      FileSystemSeam files,
      Path folder,
      JournalListener listener,
      Executor readers,
      LongSupplier nanoClock) {
    this.writer = writer;
    this.files = files;
    this.folder = folder;
  }

  long idleNanos() {
    return IDLE_NANOS;
  }

  /** Does a part of what there is to do; false when there is nothing. */
  boolean step() throws IOException {
    LiveState live = writer.live;
    if (!live.freed) {
      return false;
    }
    live.freed = false;
    return delete();
  }

  private boolean delete() throws IOException {
    LiveState live = writer.live;
    boolean deletedAny = false;
    while (true) {
      List<Segment> dead = new ArrayList<>();
      boolean pinned = false;
      for (Segment segment : live.segments.all()) {
        if (segment.sealed
            && (segment.emptied || segment.isDead())
            && (segment.emptied || live.segments.neededKills(segment) == 0)) {
          if (segment.pins.get() == 0) {
            dead.add(segment);
          } else {
            pinned = true;
          }
        }
      }
      live.freed |= pinned;
      if (dead.isEmpty()) {
        return deletedAny;
      }
      writer.force();
      for (Segment segment : dead) {
        segment.file.close();
        files.delete(segment.path);
        files.reached(CrashPoint.MID_DELETE);
      }
      files.syncFolder(folder);
      for (Segment segment : dead) {
        live.segments.remove(segment);
      }
      deletedAny = true;
    }
  }
}
