package io.serai.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waiting for futures, on threads that may wait: the main thread, the one that handles signals, the
 * one that watches files.
 */
final class Waits {
  private Waits() {}

  /**
   * The future's value.
   *
   * @param what for the message when it takes too long, such as {@code opening listeners}
   * @throws RuntimeException the future's own failure, wrapped only when it is checked
   */
  static <T> T get(Future<T> future, Duration limit, String what) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException(what + " would make an event loop wait");
    }
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(what + " failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(what + " took longer than " + limit.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(what + " was interrupted", e);
    }
  }
}
