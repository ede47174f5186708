package io.serai.node.store;

import io.serai.storage.file.DiskFullException;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells a start, too, what keeps the journal or the streams from being written: it waits for what
 * it writes first. Used by any thread.
 */
final class WatchedDisk implements JournalListener {
  private static final long SYNC_SECONDS = 60;

  /** On a full disk: what there is room for in files that are ready is safe before that. */
  private static final long ROOM_MILLIS = 2_000;

  private final String what;
  private final JournalListener listener;
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
  private final CompletableFuture<Throwable> noRoom = new CompletableFuture<>();

  /**
   * @param what is written to, for errors
   * @param listener told as well
   */
  WatchedDisk(String what, JournalListener listener) {
    this.what = what;
    this.listener = listener;
  }

  @Override
  public void failed(Throwable cause) {
    failure.complete(cause);
    listener.failed(cause);
  }

  @Override
  public void full(long freeBytes, long neededBytes) {
    noRoom.complete(
        new DiskFullException(
            "the disk is full, %d bytes are free and %d are needed"
                .formatted(freeBytes, neededBytes)));
    listener.full(freeBytes, neededBytes);
  }

  @Override
  public void spaceAgain() {
    listener.spaceAgain();
  }

  @Override
  public void damaged(Damage damage) {
    listener.damaged(damage);
  }

  /**
   * Waits until what was written is safe.
   *
   * @throws IllegalStateException when it cannot be written, there is no room for it, or it is not
   *     safe in time
   */
  void await(CompletableFuture<?> isSafe) {
    if (!isDone(CompletableFuture.anyOf(isSafe, failure, noRoom), SYNC_SECONDS * 1_000)) {
      throw new IllegalStateException(
          "the first write to %s is not safe after %d s: does the disk answer?"
              .formatted(what, SYNC_SECONDS));
    }
    if (!isDone(CompletableFuture.anyOf(isSafe, failure), ROOM_MILLIS)) {
      throw new IllegalStateException(
          "%s cannot be written: %s to complete what the node was doing when it ended. Free that much and start again; nothing is lost"
              .formatted(what, noRoom.join().getMessage()));
    }
    throwFailure();
  }

  /** As {@link #await}, but on a full disk it may become safe later. */
  void awaitUnlessFull(CompletableFuture<?> isSafe) {
    await(CompletableFuture.anyOf(isSafe, noRoom));
  }

  private void throwFailure() {
    if (failure.isDone()) {
      Throwable cause = failure.join();
      throw new IllegalStateException(what + " cannot be written: " + reason(cause), cause);
    }
  }

  private static boolean isDone(CompletableFuture<?> future, long withinMillis) {
    try {
      future.get(withinMillis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the data folder was opened", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** What went wrong, and why. */
  static String reason(Throwable cause) {
    Throwable deeper = cause.getCause();
    return deeper == null
        ? String.valueOf(cause.getMessage())
        : cause.getMessage() + ": " + deeper.getMessage();
  }
}
