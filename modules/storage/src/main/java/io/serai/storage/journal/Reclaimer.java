package io.serai.storage.journal;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.FileSystemSeam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives space back: deletes segments in which nothing is needed, and has those compacted in which
 * little is. A segment goes only after a sync that covers what made it dead, and what it kills in
 * earlier segments must be gone, names included. Confined to the writer thread.
 */
final class Reclaimer {
  private static final long IDLE_NANOS = 1_000_000_000;
  private static final long LOOK_NANOS = 50_000_000;

  private final JournalWriter writer;
  private final JournalOptions options;
  private final FileSystemSeam files;
  private final Path folder;
  private final JournalListener listener;
  private final Executor readers;
  private final LongSupplier nanoClock;
  private @Nullable Compaction compaction;
  private boolean lookForVictim;
  private long notBeforeNanos;

  Reclaimer(
      JournalWriter writer,
      JournalOptions options,
      FileSystemSeam files,
      Path folder,
      JournalListener listener,
      Executor readers,
      LongSupplier nanoClock) {
    this.writer = writer;
    this.options = options;
    this.files = files;
    this.folder = folder;
    this.listener = listener;
    this.readers = readers;
    this.nanoClock = nanoClock;
    notBeforeNanos = nanoClock.getAsLong();
  }

  /** How long the writer may sleep when nobody wakes it. */
  long idleNanos() {
    if (compaction == null && !lookForVictim) {
      return IDLE_NANOS;
    }
    return Math.clamp(notBeforeNanos - nanoClock.getAsLong(), 1_000_000, LOOK_NANOS);
  }

  /** Does a part of what there is to do; false when there is nothing. */
  boolean step() throws IOException {
    LiveState live = writer.live;
    boolean worked = false;
    if (live.freed) {
      live.freed = false;
      lookForVictim = true;
      worked = delete();
    }
    return compact() || worked;
  }

  private boolean delete() throws IOException {
    LiveState live = writer.live;
    boolean deletedAny = false;
    while (true) {
      List<Segment> dead = new ArrayList<>();
      for (Segment segment : live.segments.all()) {
        if (isDeletable(segment)) {
          if (segment.pins.get() == 0) {
            dead.add(segment);
          } else {
            live.freed = true; // look again when it has been read
          }
        }
      }
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

  private boolean isDeletable(Segment segment) {
    return segment.sealed
        && (segment.emptied
            || (segment.isDead() && writer.live.segments.neededKills(segment) == 0));
  }

  private boolean compact() throws IOException {
    Compaction current = compaction;
    if (current == null && !lookForVictim) {
      return false;
    }
    boolean limited = options.compactionBytesPerSecond() != Long.MAX_VALUE;
    long now = limited ? nanoClock.getAsLong() : 0;
    if (limited && now - notBeforeNanos < 0) {
      return false;
    }
    if (current == null) {
      lookForVictim = false;
      notBeforeNanos = now + LOOK_NANOS;
      Segment victim = victim();
      if (victim == null) {
        return false;
      }
      compaction = new Compaction(victim, writer, files, readers, listener::damaged);
      return true;
    }
    Compaction.Progress progress = current.step();
    double seconds =
        (double) current.takeCopiedBytes() / Math.max(1, options.compactionBytesPerSecond());
    notBeforeNanos = now + (long) (seconds * 1_000_000_000);
    switch (progress) {
      case COPIED -> {
        return true;
      }
      case WAITING -> {
        return false;
      }
      case DONE -> current.victim.emptied = true;
      case FAILED -> current.victim.damaged = true;
    }
    compaction = null;
    writer.live.freed = true;
    return true;
  }

  /** The segment that gives most for least copying, if any is worth it. */
  private @Nullable Segment victim() {
    Segment best = null;
    double lowest = options.compactBelow();
    for (Segment segment : writer.live.segments.all()) {
      if (!segment.sealed || segment.emptied || segment.damaged) {
        continue;
      }
      long live = segment.liveBytes(writer.live.segments.neededKills(segment));
      double share = (double) live / segment.bytes;
      boolean fits = !writer.isFull() || live < writer.out.remainingBytes() / 2;
      if (share < lowest && fits) {
        lowest = share;
        best = segment;
      }
    }
    return best;
  }
}
