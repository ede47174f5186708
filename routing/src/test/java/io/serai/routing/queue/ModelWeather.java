package io.serai.routing.queue;

import io.serai.routing.store.MemoryNodeStore;
import java.util.Random;

/**
 * What the disk and the heap do to a shard that keeps messages on disk: syncs take their time,
 * spilled pages are not written or their device fails, the share of the heap grows and shrinks.
 * Nothing of that may be seen by anybody who publishes or consumes.
 */
final class ModelWeather {
  /** Of the heap: nothing, some messages, all of them. */
  private static final long[] SHARES = {0, 2_000, 20_000, Long.MAX_VALUE};

  private final Random random;
  private final MemoryNodeStore store;
  private final Shard shard;

  /** In a scenario of calm weather only syncs and the heap change. */
  private final boolean isCalm;

  ModelWeather(Random random, MemoryNodeStore store, Shard shard) {
    this.random = random;
    this.store = store;
    this.shard = shard;
    this.isCalm = random.nextBoolean();
  }

  /** Something changes. */
  void change() {
    switch (random.nextInt(isCalm ? 3 : 7)) {
      case 0 -> shard.shareOfHeap(SHARES[random.nextInt(SHARES.length)]);
      case 1 -> store.hold();
      case 2 -> sync();
      case 3 -> store.spill().hold();
      case 4 -> store.spill().fail();
      case 5 -> store.spill().goOn();
      default -> store.spill().openAgain();
    }
  }

  /** All is well again, and nothing stays in memory that can be on disk. */
  void clear() {
    store.letGo();
    store.spill().openAgain();
    shard.shareOfHeap(0);
  }

  /** What waits is safe, and perhaps what comes is at once. */
  private void sync() {
    if (random.nextBoolean()) {
      store.sync();
    } else {
      store.letGo();
    }
  }
}
