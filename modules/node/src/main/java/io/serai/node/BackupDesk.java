package io.serai.node;

import io.serai.node.store.DataCopy;
import io.serai.storage.journal.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes backups while the node runs. Whoever may write to the data folder asks by a file in it that
 * names the target, and finds the answer in another one; there is nothing to log in to. On a thread
 * of its own.
 */
final class BackupDesk implements AutoCloseable {
  /** Holds the absolute path of the target. */
  static final String REQUEST_FILE = "backup.request";

  /** Its first word is {@link #DONE} or {@link #FAILED}. */
  static final String ANSWER_FILE = "backup.answer";

  static final String DONE = "done";
  static final String FAILED = "failed";

  private static final Logger log = LoggerFactory.getLogger(BackupDesk.class);
  private static final long LOOK_INTERVAL_MILLIS = 500;

  private final Path data;
  private final Journal journal;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("serai-backup").daemon().factory());

  BackupDesk(Path data, Journal journal) {
    this.data = data;
    this.journal = journal;
  }

  /** Starts looking for requests. One that an earlier run left is nobody's any more. */
  void start() {
    try {
      Files.deleteIfExists(data.resolve(REQUEST_FILE));
    } catch (IOException e) {
      log.atWarn().addKeyValue("reason", e).log("a backup request cannot be removed");
    }
    var _ =
        thread.scheduleWithFixedDelay(
            this::look, LOOK_INTERVAL_MILLIS, LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void look() {
    Path request = data.resolve(REQUEST_FILE);
    if (!Files.exists(request)) {
      return;
    }
    String answer;
    try {
      Path target = Path.of(Files.readString(request).strip());
      long began = System.nanoTime();
      long bytes = DataCopy.ofRunning(data, journal, target);
      log.atInfo()
          .addKeyValue("folder", target)
          .addKeyValue("bytes", bytes)
          .addKeyValue("took_ms", (System.nanoTime() - began) / 1_000_000)
          .log("backup made");
      answer = DONE + " " + bytes;
    } catch (IOException | RuntimeException e) {
      log.atError().addKeyValue("reason", e).log("backup failed");
      answer = FAILED + " " + e.getMessage();
    }
    try {
      Path written = data.resolve(ANSWER_FILE + ".new");
      Files.writeString(written, answer);
      Files.delete(request);
      Files.move(written, data.resolve(ANSWER_FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.atError().addKeyValue("reason", e).log("a backup request cannot be answered");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
