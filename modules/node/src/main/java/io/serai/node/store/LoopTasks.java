package io.serai.node.store;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs tasks on one loop, from any thread. Those that come when the loop has ended are let go of:
 * nobody there waits for them, and what loops have said is written all the same.
 */
record LoopTasks(Executor onLoop) implements Executor {
  @Override
  public void execute(Runnable task) {
    try {
      onLoop.execute(task);
    } catch (RejectedExecutionException _) {
      // the loop has ended
    }
  }
}
