package io.serai.routing.queue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dseed=N} to repeat what a failure printed. */
class ShardModelTest {
  private static final int ROUNDS = 400;

  /** Fewer, since every message is written and read. */
  private static final int PAGING_ROUNDS = 150;

  @Test
  void nothingIsLostDoubledOrReorderedAndNoCreditIsExceeded() {
    run(false);
  }

  @Test
  void allOfThatHoldsForBacklogsThatAreInTheStoreOnly() {
    run(true);
  }

  private static void run(boolean isPaging) {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ShardModelTest seed " + seed);
    var seeds = new Random(seed);
    for (int round = 0; round < (isPaging ? PAGING_ROUNDS : ROUNDS); round++) {
      new ShardModel(new Random(seeds.nextLong()), isPaging).run();
    }
  }
}
