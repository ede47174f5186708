package io.serai.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waiting for futures, on threads that may wait: the main thread, the one that handles signals, the
 * one that watches files.
 */
final class Waits {
  private static final Logger log = LoggerFactory.getLogger(Waits.class);

  private Waits() {}

  /**
   * The future's value, however long it takes: for what goes on whether somebody waits or not, so
   * that giving up would leave nobody knowing what is in force. Says so in the log now and then.
   *
   * @param patience how long nothing is said
   * @throws RuntimeException the future's own failure, wrapped only when it is checked
   */
  static <T> T untilDone(Future<T> future, Duration patience, String what) {
    long began = System.nanoTime();
    CompletableFuture<T> done = future.toCompletionStage().toCompletableFuture();
    while (true) {
      try {
        return get(done, patience, what);
      } catch (TimeoutException e) {
        log.atWarn()
            .addKeyValue("what", what)
            .addKeyValue("for_s", (System.nanoTime() - began) / 1_000_000_000)
            .log("still waiting");
      }
    }
  }

  /**
   * The future's value.
   *
   * @param what for the message when it takes too long, such as {@code opening listeners}
   * @throws RuntimeException the future's own failure, wrapped only when it is checked
   */
  static <T> T get(Future<T> future, Duration limit, String what) {
    try {
      return get(future.toCompletionStage().toCompletableFuture(), limit, what);
    } catch (TimeoutException e) {
      throw new IllegalStateException(what + " took longer than " + limit.toSeconds() + " s", e);
    }
  }

  private static <T> T get(CompletableFuture<T> future, Duration limit, String what)
      throws TimeoutException {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(what + " would make an event loop wait");
    }
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(what + " failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + " was interrupted", e);
    }
  }
}
