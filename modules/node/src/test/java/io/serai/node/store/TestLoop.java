package io.serai.node.store;

import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A loop that the test's own thread is: what it is told waits until the test looks, as it would
 * until the turn of a loop has ended.
 */
final class TestLoop implements Executor {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_MILLIS = 10;

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Does what there is to do until something is so. */
  void runUntil(BooleanSupplier isSo) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("it is not so after a minute");
      }
      Runnable task = tasks.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (task != null) {
        task.run();
      }
    }
  }

  /** What the loop is answered. */
  <T> T await(CompletableFuture<T> answer) throws InterruptedException {
    runUntil(answer::isDone);
    return answer.join();
  }

  /** Hands over what a store was told, and returns when it is safe. */
  void sync(Store store) throws InterruptedException {
    syncUnless(() -> false, store);
  }

  /** As above, or returns when something else is so. */
  void syncUnless(BooleanSupplier isEnough, Store store) throws InterruptedException {
    AtomicLong safe = new AtomicLong(-1);
    store.onSynced(safe::set);
    store.flush();
    runUntil(() -> safe.get() >= store.position() || isEnough.getAsBoolean());
  }

  /** Hands over what streams were told, and returns when it is safe. */
  void sync(StreamStore streams) throws InterruptedException {
    AtomicLong safe = new AtomicLong(-1);
    streams.onSynced(safe::set);
    streams.flush();
    runUntil(() -> safe.get() >= streams.position());
  }
}
