package io.serai.node.store;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.UnsyncedFiles;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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

  private static final Logger log = LoggerFactory.getLogger(SpillFiles.class);

  private final Path dataFolder;
  private final Path folder;
  private final FileSystemSeam files;
  private final JournalListener listener;
  private final CompletableFuture<Journal> opened = new CompletableFuture<>();
  private boolean isOpening;
  private boolean isClosed;

  /**
   * Deletes what an earlier run has left.
   *
   * @param listener told only of what ends the node
   */
  SpillFiles(Path dataFolder, FileSystemSeam files, JournalListener listener) throws IOException {
    this.dataFolder = dataFolder;
    this.folder = dataFolder.resolve(FOLDER);
    this.files = new UnsyncedFiles(files);
    this.listener = listener;
    deleteAll();
  }

  private void deleteAll() throws IOException {
    if (files.folders(dataFolder).contains(folder)) {
      for (Path left : files.list(folder)) {
        files.delete(left);
      }
      files.deleteFolder(folder);
    }
  }

  /** What one loop uses of it. */
  LoopSpill ofLoop(int loop, Executor onLoop) {
    return new LoopSpill(this, loop, onLoop);
  }

  /** Has it opened, if it is not, and hands it over then, on some thread or in place. */
  void whenOpen(Consumer<Journal> then) {
    begin();
    var _ = opened.thenAccept(then);
  }

  private synchronized void begin() {
    if (!isOpening && !isClosed) {
      isOpening = true;
      Thread.ofPlatform().name("serai-spill-opener").daemon().start(this::open);
    }
  }

  private void open() {
    Journal journal;
    try {
      JournalOptions options = JournalOptions.defaults().withSegmentBytes(SEGMENT_BYTES);
      journal = Journal.open(folder, options, files, new Listener()).journal();
    } catch (IOException | RuntimeException e) {
      log.atError()
          .addKeyValue("folder", folder)
          .setCause(e)
          .log("transient messages cannot be written out and stay in memory");
      return;
    }
    if (isLate()) {
      journal.close();
    } else {
      opened.complete(journal);
    }
  }

  private synchronized boolean isLate() {
    return isClosed;
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
    }
    if (opened.isDone()) {
      opened.join().close();
      try {
        deleteAll();
      } catch (IOException e) {
        log.atWarn()
            .addKeyValue("folder", folder)
            .addKeyValue("reason", e.getMessage())
            .log("transient messages are left on disk until the next start");
      }
    }
  }

  /** On the journal's threads. What is full here fills memory, and that holds publishers. */
  private final class Listener implements JournalListener {
    @Override
    public void failed(Throwable cause) {
      listener.failed(cause);
    }

    @Override
    public void full(long freeBytes, long neededBytes) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("free_bytes", freeBytes)
          .addKeyValue("needed_bytes", neededBytes)
          .log("disk full, transient messages stay in memory");
    }

    @Override
    public void spaceAgain() {
      log.atInfo()
          .addKeyValue("folder", folder)
          .log("disk has space, transient messages are written out again");
    }

    @Override
    public void damaged(Damage damage) {
      log.atError().addKeyValue("damage", damage).log("transient messages on disk are damaged");
    }
  }
}
