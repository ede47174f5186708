package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** What happens is another thing with {@code -Dserai.seed=N}. */
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
    long seed = Long.getLong("serai.seed", 1);
    var seeds = new Random(seed);
    long pages = 0;
    for (int round = 0; round < (isPaging ? PAGING_ROUNDS : ROUNDS); round++) {
      ShardModel model = new ShardModel(new Random(seeds.nextLong()), isPaging);
      model.run();
      pages += model.transientPages();
    }
    assertThat(pages > 0).as("transient messages were on disk").isEqualTo(isPaging);
  }
}
