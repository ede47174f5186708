package io.serai.storage.journal;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The life of the one writer that a journal or all streams have: on a thread of its own, or in
 * steps for tests that have to come out the same each time. Its first failure is its end, and the
 * listener learns of it.
 */
public final class WriterLife {
  /** What is kept alive. */
  public interface Writer {
    /** Works until it is closed. */
    void run() throws IOException;

    /** Does what there is to do; false when there was nothing. */
    boolean step() throws IOException;
  }

  private final Writer writer;
  private final JournalListener listener;
  private final boolean isThreaded;
  private final AtomicBoolean failed = new AtomicBoolean();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  public WriterLife(Writer writer, JournalListener listener, boolean isThreaded) {
    this.writer = writer;
    this.listener = listener;
    this.isThreaded = isThreaded;
  }

  /** Starts the thread if it is to have one. */
  public void begin(String threadName) {
    if (isThreaded) {
      Thread.ofPlatform().name(threadName).daemon().start(this::run);
    }
  }

  private void run() {
    try {
      if (!failed.get()) {
        writer.run();
      }
      ended.complete(null);
    } catch (Throwable e) {
      ended.complete(null); // first: who is told of the failure may close, which waits for this
      fail(e);
    }
  }

  /**
   * Without a thread: does what there is to do.
   *
   * @return false when there was nothing
   */
  public boolean step() {
    if (failed.get()) {
      return false;
    }
    try {
      return writer.step();
    } catch (Throwable e) {
      fail(e);
      return false;
    }
  }

  private void fail(Throwable cause) {
    if (failed.compareAndSet(false, true)) {
      listener.failed(cause);
    }
  }

  /** Whether it failed: then nothing is written any more. */
  public boolean hasFailed() {
    return failed.get();
  }

  /** Waits until the writer, closed by now, has written what was handed over. */
  public void awaitEnd() {
    if (!isThreaded) {
      run();
    }
    ended.join();
  }
}
