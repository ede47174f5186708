package io.serai.node;

import java.util.ArrayList;
import java.util.List;

/**
 * Which event loop has which index. Loops claim their index once, when their verticle starts; two
 * verticles on one loop, or one too many, stop the start.
 */
final class LoopRegistry {
  private final int loopCount;
  private final List<Thread> loops = new ArrayList<>();

  LoopRegistry(int loopCount) {
    this.loopCount = loopCount;
  }

  /**
   * Gives the calling event loop its index, 0 to {@code loopCount - 1}.
   *
   * @throws IllegalStateException when this loop has one already: its verticles would share state
   *     that belongs to one loop
   */
  synchronized int claim() {
    Thread loop = Thread.currentThread();
    if (loops.contains(loop)) {
      throw new IllegalStateException(
          "two loop verticles were put on " + loop.getName() + "; each needs a loop of its own");
    }
    if (loops.size() == loopCount) {
      throw new IllegalStateException("more loop verticles than the " + loopCount + " loops");
    }
    loops.add(loop);
    return loops.size() - 1;
  }

  int loopCount() {
    return loopCount;
  }

  /** Whether every loop has its index. */
  synchronized boolean isComplete() {
    return loops.size() == loopCount;
  }
}
