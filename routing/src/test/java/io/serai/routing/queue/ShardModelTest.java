package io.serai.routing.queue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Run with {@code -Dseed=N} to repeat what a failure printed. */
class ShardModelTest {
  private static final int ROUNDS = 400;

  @Test
  void nothingIsLostDoubledOrReorderedAndNoCreditIsExceeded() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ShardModelTest seed " + seed);
    var seeds = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      new ShardModel(new Random(seeds.nextLong())).run();
    }
  }
}
