package io.serai.node.store;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A loop that the test's own thread is: what it is told waits until the test looks, as it would
 * until the turn of a loop has ended.
 */
final class TestLoop implements Executor {
  private static final long PATIENCE_SECONDS = 60;

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Does what there is to do until something is so. */
  void runUntil(BooleanSupplier isSo) throws InterruptedException {
    while (!isSo.getAsBoolean()) {
      Runnable task = tasks.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (task == null) {
        throw new AssertionError("nothing came for %d s".formatted(PATIENCE_SECONDS));
      }
      task.run();
    }
  }
}
