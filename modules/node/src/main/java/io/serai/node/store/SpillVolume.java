package io.serai.node.store;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal of transient messages in a folder of its own. It is written until it fails, and read
 * until nobody {@link #hold holds} it any more. Safe for use from any thread.
 */
final class SpillVolume {
  /** What becomes of volumes. Told on their threads. */
  interface Listener {
    /** A write failed: it takes nothing more. Told once. */
    void failed(SpillVolume volume, Throwable cause);

    /** The disk is not full any more. */
    void spaceAgain();

    /** Nobody wants anything of it any more: it can be closed. Told once, perhaps on a loop. */
    void unused(SpillVolume volume);
  }

  /** Small, so that what a few pages keep on disk is, too. */
  private static final long SEGMENT_BYTES = 16L << 20;

  private static final Logger log = LoggerFactory.getLogger(SpillVolume.class);

  private final int number;
  private final Path folder;
  private final Listener listener;
  private final long beganNanos = System.nanoTime();

  /** Who opens it, that it can be written, and each loop with pages in it. None comes after 0. */
  private final AtomicInteger holders = new AtomicInteger(2);

  private volatile boolean isFull;
  private volatile boolean hasFailed;
  private volatile @Nullable Journal journal;

  /**
   * @param number larger than that of any volume before
   */
  SpillVolume(int number, Path folder, Listener listener) {
    this.number = number;
    this.folder = folder;
    this.listener = listener;
  }

  int number() {
    return number;
  }

  Path folder() {
    return folder;
  }

  /** Since it was made. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - beganNanos);
  }

  /** Makes the journal. Blocks. */
  void open(FileSystemSeam files) throws IOException {
    JournalOptions options = JournalOptions.defaults().withSegmentBytes(SEGMENT_BYTES);
    journal = Journal.open(folder, options, files, new OfJournal()).journal();
  }

  boolean isOpen() {
    return journal != null;
  }

  /** Only once it is open. */
  Journal journal() {
    Journal open = journal;
    if (open == null) {
      throw new IllegalStateException("spill volume " + number + " is not open");
    }
    return open;
  }

  /** False while what is handed over would only wait in memory, or for good. */
  boolean takesPages() {
    return !isFull && !hasFailed;
  }

  boolean hasFailed() {
    return hasFailed;
  }

  /** Keeps it open until {@link #release}; false when it is too late for that. */
  boolean hold() {
    return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      listener.unused(this);
    }
  }

  /** Blocks until what it does is done. */
  void close() {
    Journal open = journal;
    if (open != null) {
      open.close();
    }
  }

  /** On the journal's threads. What is full here fills memory, and that holds publishers. */
  private final class OfJournal implements JournalListener {
    @Override
    public void failed(Throwable cause) {
      hasFailed = true; // nothing there was promised to anybody, so the node goes on
      listener.failed(SpillVolume.this, cause);
      release();
    }

    @Override
    public void full(long freeBytes, long neededBytes) {
      isFull = true;
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("free_bytes", freeBytes)
          .addKeyValue("needed_bytes", neededBytes)
          .log("disk full, transient messages stay in memory");
    }

    @Override
    public void spaceAgain() {
      isFull = false;
      log.atInfo()
          .addKeyValue("folder", folder)
          .log("disk has space, transient messages are written out again");
      listener.spaceAgain();
    }

    @Override
    public void damaged(Damage damage) {
      log.atError().addKeyValue("damage", damage).log("transient messages on disk are damaged");
    }
  }
}
