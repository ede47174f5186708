package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.durable;
import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.routing.store.MemoryNodeStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages of deep queues that cannot be read from disk, for a while or for good. */
class MissingMessagesTest {
  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard = ShardHarness.paging(store);
  private final long first = store.open(1, Runnable::run).firstSequence();
  private final QueueRef queue =
      shard.queue(ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.DURABLE, false));

  private void fill(int count, boolean isDurable) {
    for (int i = 0; i < count; i++) {
      shard.append(queue, isDurable ? durable("m" + i) : message("m" + i));
      shard.turn();
    }
  }

  @Test
  void whatCanBeReadAgainComesBackToItsPlace() {
    fill(100, true);
    store.lose(first + 1);
    store.lose(first + 50);
    shard.prefetching(queue, 1, 10);
    List<Delivery> some = shard.deliveries();
    assertThat(ShardHarness.texts(some))
        .containsExactly("m0", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10");
    store.find(first + 1);
    store.find(first + 50);
    shard.advance(1_001);
    shard.settle(Outcome.ACCEPTED, some);
    List<Delivery> next = shard.deliveries();
    assertThat(ShardHarness.texts(next))
        .containsExactly("m1", "m11", "m12", "m13", "m14", "m15", "m16", "m17", "m18", "m19");
    assertThat(next).noneMatch(Delivery::isRedelivered);
    shard.settle(Outcome.ACCEPTED, next);
    shard.end(1);
    shard.turn();
    List<String> rest = shard.drained(queue);
    assertThat(rest).hasSize(80).contains("m50").startsWith("m20").endsWith("m99");
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void transientMessagesDo() {
    fill(100, false);
    store.spill().loseAll();
    assertThat(shard.drained(queue)).hasSizeLessThan(3);
    assertThat(shard.readyIn(queue)).isZero();
    store.spill().find();
    shard.advance(1_001);
    List<String> all = new ArrayList<>(shard.drained(queue));
    assertThat(all).hasSizeGreaterThan(97).isSubsetOf(names(0, 100)).doesNotHaveDuplicates();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.spill().pageCount()).isZero();
  }

  @Test
  void itIsTriedLessAndLessOften() {
    fill(20, false);
    store.spill().loseAll();
    shard.drained(queue);
    long before = store.spill().readCount();
    shard.advance(999);
    assertThat(store.spill().readCount()).isEqualTo(before);
    shard.advance(2);
    long each = store.spill().readCount() - before;
    assertThat(each).isPositive();
    shard.advance(2_002);
    assertThat(store.spill().readCount()).isEqualTo(before + 2 * each);
    shard.advance(3_900);
    assertThat(store.spill().readCount()).isEqualTo(before + 2 * each);
    shard.advance(200);
    assertThat(store.spill().readCount()).isEqualTo(before + 3 * each);
  }

  @Test
  void aPurgeTakesThemToo() {
    fill(50, true);
    store.lose(first);
    store.lose(first + 30);
    shard.prefetching(queue, 1, 1);
    assertThat(shard.delivered()).containsExactly("m1");
    shard.end(1);
    shard.call(new ShardCall.Purge(queue));
    shard.turn();
    store.find(first);
    shard.advance(600_000);
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void theyGoWithTheirQueue() {
    fill(50, false);
    store.spill().loseAll();
    shard.drained(queue);
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(store.spill().pageCount()).isZero();
    store.spill().find();
    shard.advance(600_000);
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
