package io.serai.node.store;

import io.serai.storage.journal.JournalListener;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How far an import is safe, and what keeps it from going on. Told by the threads that write. */
final class ImportProgress implements JournalListener {
  private long synced;
  private @Nullable String problem;

  synchronized void synced(long position) {
    synced = position;
    notifyAll();
  }

  @Override
  public synchronized void failed(Throwable cause) {
    problem = "it cannot be written: " + cause;
    notifyAll();
  }

  @Override
  public synchronized void full(long freeBytes, long neededBytes) {
    problem =
        "the disk is full: %d bytes are free, at least %d are needed"
            .formatted(freeBytes, neededBytes);
    notifyAll();
  }

  /**
   * Waits until everything up to a position is safe.
   *
   * @throws IOException when it will not be; what is written so far is of no use
   */
  synchronized void await(long position) throws IOException {
    while (synced < position) {
      if (problem != null) {
        throw new IOException(
            "the import is not complete, " + problem + ". Remove the folder and try again.");
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }
}
