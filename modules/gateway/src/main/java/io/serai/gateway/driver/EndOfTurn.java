package io.serai.gateway.driver;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one loop's connections leave for the end of the turn: calls that had to wait, and then all
 * that there is to write, so that each connection writes once whatever number of messages that is.
 * Confined to its loop.
 */
final class EndOfTurn {
  private static final Logger log = LoggerFactory.getLogger(EndOfTurn.class);

  private List<Runnable> tasks = new ArrayList<>();

  /** Those with something to write, each once. */
  private List<Connection<?>> dirty = new ArrayList<>();

  /** Empty but while they are written: takes turns with {@link #dirty}. */
  private List<Connection<?>> flushing = new ArrayList<>();

  void add(Runnable task) {
    tasks.add(task);
  }

  void add(Connection<?> toFlush) {
    dirty.add(toFlush);
  }

  /** The turn ends. */
  void run() {
    runTasks();
    flush();
  }

  private void runTasks() {
    while (!tasks.isEmpty()) { // a task may add others
      List<Runnable> now = tasks;
      tasks = new ArrayList<>();
      for (Runnable task : now) {
        try {
          task.run();
        } catch (RuntimeException e) {
          log.error("internal error between turns", e);
        }
      }
    }
  }

  /** Who gets something to write while others are written waits for the end of the next turn. */
  private void flush() {
    List<Connection<?>> now = dirty;
    dirty = flushing;
    for (int i = 0; i < now.size(); i++) {
      now.get(i).flush();
    }
    now.clear();
    flushing = now;
  }
}
