package io.serai.node.store;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.UnsyncedFiles;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a node has transient messages that take too much memory: a journal of its own that syncs
 * nothing, opened when the first loop needs it and deleted by the next start. Safe for use from any
 * thread.
 */
final class SpillFiles implements AutoCloseable {
  /** In the data folder. */
  static final String FOLDER = "spill";

  /** Small, so that what a few pages keep on disk is, too. */
  private static final long SEGMENT_BYTES = 16L << 20;

  /** When it is tried again to open it: twice as long each time. */
  private static final long FIRST_WAIT_MILLIS = 1_000;

  private static final long MOST_WAIT_MILLIS = 256_000;

  private static final Logger log = LoggerFactory.getLogger(SpillFiles.class);

  private final Path dataFolder;
  private final Path folder;
  private final FileSystemSeam files;
  private final CompletableFuture<Journal> opened = new CompletableFuture<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** One for each loop that writes. */
  private final List<Runnable> whenSpaceAgain = new CopyOnWriteArrayList<>();

  private final AtomicBoolean isOpening = new AtomicBoolean();
  private volatile boolean isFull;
  private volatile boolean hasFailed;
  private @Nullable Journal journal;

  /**
   * Deletes what an earlier run has left. Where that cannot be done it is reported, and nothing is
   * written here until it is.
   */
  SpillFiles(Path dataFolder, FileSystemSeam files) {
    this.dataFolder = dataFolder;
    this.folder = dataFolder.resolve(FOLDER);
    this.files = new UnsyncedFiles(files);
    tryToDeleteAll();
  }

  private void tryToDeleteAll() {
    try {
      deleteAll();
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("reason", e.toString())
          .log("transient messages of a run that has ended cannot be deleted");
    }
  }

  private void deleteAll() throws IOException {
    if (files.folders(dataFolder).contains(folder)) {
      for (Path left : files.list(folder)) {
        files.delete(left);
      }
      try {
        files.deleteFolder(folder);
      } catch (IOException _) {
        // a disk of its own is mounted there, or somebody else has something in it: that may stay
      }
    }
  }

  /** What one loop uses of it. */
  LoopSpill ofLoop(int loop, Executor onLoop) {
    return new LoopSpill(this, loop, onLoop);
  }

  /** Has it opened, if it is not, and hands it over then, on some thread or in place. */
  void whenOpen(Consumer<Journal> then) {
    begin();
    opened.thenAccept(then);
  }

  /** False while what is handed over would only wait in memory, or for good. */
  boolean takesPages() {
    return !isFull && !hasFailed;
  }

  /** Has something done, on the journal's thread, each time the disk is not full any more. */
  void whenSpaceAgain(Runnable then) {
    whenSpaceAgain.add(then);
  }

  /** No lock: loops come here. */
  private void begin() {
    if (!isClosed() && isOpening.compareAndSet(false, true)) {
      Thread.ofPlatform().name("serai-spill-opener").daemon().start(this::open);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Tries until it is open or closed. */
  private void open() {
    JournalOptions options = JournalOptions.defaults().withSegmentBytes(SEGMENT_BYTES);
    long waitMillis = FIRST_WAIT_MILLIS / 2;
    do {
      waitMillis = Math.min(2 * waitMillis, MOST_WAIT_MILLIS);
      try {
        deleteAll();
        opened(Journal.open(folder, options, files, new Listener()).journal());
        return;
      } catch (IOException | RuntimeException e) {
        log.atError()
            .addKeyValue("folder", folder)
            .addKeyValue("retry_ms", waitMillis)
            .setCause(e)
            .log("transient messages cannot be written out and stay in memory");
      }
    } while (!isClosedWithin(waitMillis));
  }

  private boolean isClosedWithin(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return true; // nobody interrupts it but to end it
    }
  }

  private void opened(Journal open) {
    boolean isLate;
    synchronized (this) {
      isLate = isClosed();
      journal = isLate ? null : open;
    }
    if (isLate) {
      open.close();
      tryToDeleteAll();
    } else {
      opened.complete(open);
    }
  }

  @Override
  public void close() {
    @Nullable Journal open;
    synchronized (this) {
      closed.countDown();
      open = journal;
      journal = null;
    }
    if (open != null) {
      open.close();
      tryToDeleteAll();
    }
  }

  /** On the journal's threads. What is full here fills memory, and that holds publishers. */
  private final class Listener implements JournalListener {
    @Override
    public void failed(Throwable cause) {
      hasFailed = true; // nothing there was promised to anybody, so the node goes on
      log.atError()
          .addKeyValue("folder", folder)
          .setCause(cause)
          .log(
              "transient messages cannot be written out and stay in memory until the next start;"
                  + " those on disk are read as far as they can be: look after the disk, then"
                  + " restart the node");
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
      whenSpaceAgain.forEach(Runnable::run);
    }

    @Override
    public void damaged(Damage damage) {
      log.atError().addKeyValue("damage", damage).log("transient messages on disk are damaged");
    }
  }
}
