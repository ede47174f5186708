package io.serai.node;

import io.serai.node.store.DataCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Copies a data folder, whether a node runs on it or not. For the command line. */
public final class StoreBackup {
  private static final long LOOK_INTERVAL_MILLIS = 50;

  /** A node that runs sees a request within a second. */
  private static final long TAKEN_MILLIS = 10_000;

  private StoreBackup() {}

  /**
   * Makes a copy that is consistent, to a moment after this was called.
   *
   * @param target a new or an empty folder
   * @return how many bytes that were
   * @throws IOException when it cannot be made; says why
   */
  public static long of(Path data, Path target) throws IOException, InterruptedException {
    DataCopy.checkTarget(target);
    StoreFolder.check(data);
    Path whole = data.toRealPath();
    if (target.toAbsolutePath().normalize().startsWith(whole)
        || target.toAbsolutePath().normalize().startsWith(data.toAbsolutePath().normalize())) {
      throw new IOException(
          "%s is in the data folder itself: name one outside of it".formatted(target));
    }
    if (DataFolder.isHeld(data)) {
      return ask(data, target.toAbsolutePath());
    }
    try (DataFolder held = DataFolder.open(data)) {
      return DataCopy.ofStopped(held.path(), target);
    } catch (StartFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static long ask(Path data, Path target) throws IOException, InterruptedException {
    Path request = data.resolve(BackupDesk.REQUEST_FILE);
    Path answer = data.resolve(BackupDesk.ANSWER_FILE);
    if (Files.exists(request)) {
      throw new IOException("another backup is being made; when none is, delete " + request);
    }
    Files.deleteIfExists(answer);
    Path written = data.resolve(BackupDesk.REQUEST_FILE + ".new");
    Files.writeString(written, target.toString());
    Files.move(written, request, StandardCopyOption.ATOMIC_MOVE);
    long deadline = System.nanoTime() + TAKEN_MILLIS * 1_000_000;
    while (!Files.exists(answer)) {
      boolean isTaken = Files.exists(target);
      if (!DataFolder.isHeld(data) || !isTaken && System.nanoTime() > deadline) {
        Files.deleteIfExists(request);
        throw new IOException("the node does not answer: it has ended, or is older than this");
      }
      Thread.sleep(LOOK_INTERVAL_MILLIS);
    }
    String text = Files.readString(answer);
    Files.deleteIfExists(answer);
    String[] words = text.split(" ", 2);
    if (!words[0].equals(BackupDesk.DONE)) {
      throw new IOException("the node could not make the backup: " + words[1]);
    }
    return Long.parseLong(words[1]);
  }
}
