package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.durable;
import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.names;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.Spill;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backlogs of messages that need not outlive the node: on disk all the same when they are deep. */
class SpillingTest {
  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard = ShardHarness.paging(store);

  private QueueRef queue(String name, Lifetime lifetime) {
    return shard.queue(ShardHarness.spec(name, QueueKind.CLASSIC, lifetime, false));
  }

  private void fill(QueueRef queue, int from, int to) {
    for (int i = from; i < to; i++) {
      shard.append(queue, message("m" + i));
      if (i % 10 == 9) {
        shard.turn();
      }
    }
    shard.turn();
  }

  @Test
  void aBacklogOfADurableQueueIsOnDiskAndComesBackInOrder() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    fill(queue, 0, 2_000);
    assertThat(shard.shard.heldBytes()).isLessThan(30L * message("m1000").sizeBytes());
    assertThat(shard.readyIn(queue)).isEqualTo(2_000);
    assertThat(store.spill().pageCount()).isPositive();
    assertThat(shard.drained(queue)).isEqualTo(names(0, 2_000));
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.spill().pageCount()).isZero();
  }

  @Test
  void soIsThatOfAQueueThatIsNotDurableOnceItRunsDeep() {
    QueueRef queue = queue("q", Lifetime.TRANSIENT);
    fill(queue, 0, 10);
    assertThat(store.spill().writtenCount()).as("pages of a short queue").isZero();
    fill(queue, 10, 2_000);
    assertThat(shard.shard.heldBytes()).isLessThan(30L * message("m1000").sizeBytes());
    assertThat(shard.drained(queue)).isEqualTo(names(0, 2_000));
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.spill().pageCount()).isZero();
  }

  @Test
  void anExclusiveQueueStaysInMemory() {
    QueueRef queue = queue("q", Lifetime.EXCLUSIVE);
    fill(queue, 0, 2_000);
    assertThat(shard.shard.heldBytes()).isGreaterThan(2_000 * 96L);
    assertThat(store.spill().writtenCount()).isZero();
  }

  @Test
  void nothingOfItIsInTheStoreThatARestartReads() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    for (int i = 0; i < 100; i++) {
      shard.append(queue, i % 2 == 0 ? durable("m" + i) : message("m" + i));
      shard.turn();
    }
    assertThat(store.afterCrash().recover().backlogs().values())
        .singleElement()
        .satisfies(backlog -> assertThat(backlog.count()).isEqualTo(50));
    assertThat(shard.drained(queue)).isEqualTo(names(0, 100));
  }

  @Test
  void aConfirmDoesNotWaitForThePage() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    store.spill().hold();
    fill(queue, 0, 100);
    long batch = shard.publish(List.of(message("last")), queue);
    assertThat(shard.events())
        .contains(new SessionEvent.Appended(ShardHarness.session(1), batch, List.of()));
    assertThat(store.unsyncedBatches()).isZero();
  }

  @Test
  void whatIsNotWrittenYetStaysHereAndIsNotWrittenTwice() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    store.spill().hold();
    fill(queue, 0, 1_000);
    long written = store.spill().writtenCount();
    shard.turn();
    assertThat(shard.shard.heldBytes()).isGreaterThan(1_000 * 96L);
    store.spill().goOn();
    shard.turn();
    assertThat(shard.shard.heldBytes()).isLessThan(10_000);
    assertThat(store.spill().writtenCount()).isEqualTo(written);
    assertThat(shard.drained(queue)).isEqualTo(names(0, 1_000));
  }

  @Test
  void whenNothingMoreCanBeWrittenTheRestStaysHereAndNothingIsLost() {
    QueueRef queue = queue("q", Lifetime.TRANSIENT);
    fill(queue, 0, 1_000);
    int written = store.spill().pageCount();
    store.spill().fail();
    fill(queue, 1_000, 2_000);
    assertThat(store.spill().pageCount()).isEqualTo(written);
    assertThat(shard.shard.heldBytes()).isBetween(1_000 * 96L, 1_500 * 200L);
    assertThat(shard.drained(queue)).isEqualTo(names(0, 2_000));
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatWasOnItsWayWhenItFailedIsWrittenAnewWhenItIsOpenAgain() {
    QueueRef queue = queue("q", Lifetime.TRANSIENT);
    store.spill().hold();
    fill(queue, 0, 1_000);
    store.spill().fail();
    fill(queue, 1_000, 1_500);
    assertThat(shard.shard.heldBytes()).as("in memory meanwhile").isGreaterThan(1_500 * 96L);
    store.spill().openAgain();
    fill(queue, 1_500, 2_000);
    assertThat(shard.shard.heldBytes()).isLessThan(30L * message("m1000").sizeBytes());
    assertThat(shard.drained(queue)).isEqualTo(names(0, 2_000));
    assertThat(store.spill().pageCount()).isZero();
  }

  @Test
  void whatWasOnItsWayWhenItFailedIsInMemoryThroughEveryFurtherFailure() {
    QueueRef queue = queue("q", Lifetime.TRANSIENT);
    QueueRef other = queue("other", Lifetime.TRANSIENT);
    store.spill().hold();
    fill(queue, 0, 1_000);
    store.spill().fail();
    shard.shard.shareOfHeap(100 << 20); // so that nothing goes out as soon as it is open again
    store.spill().openAgain();
    shard.turn();
    store.spill().write(new Spill.Page(new long[0], new Message[0]));
    store.spill().flush(); // something is written there, behind what never was
    shard.turn();
    store.spill().fail();
    shard.shard.shareOfHeap(1_000);
    fill(other, 0, 100);
    assertThat(shard.shard.heldBytes()).isGreaterThan(1_100 * 96L);
    assertThat(shard.drained(queue)).isEqualTo(names(0, 1_000));
    assertThat(shard.drained(other)).isEqualTo(names(0, 100));
  }

  @Test
  void whatIsReadOfADeviceThatHasFailedGoesOutToTheNewOneIfItIsNotConsumed() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    fill(queue, 0, 3_000);
    long written = store.spill().writtenCount();
    store.spill().fail();
    store.spill().openAgain();
    shard.viewing(queue, "", ConsumerView.Mode.BROWSE);
    assertThat(shard.delivered()).isEqualTo(names(0, 3_000));
    assertThat(store.spill().pageCount())
        .as("there")
        .isLessThanOrEqualTo((int) (store.spill().writtenCount() - written + 1));
    assertThat(shard.shard.heldBytes()).isLessThan(200_000);
    assertThat(shard.drained(queue)).isEqualTo(names(0, 3_000));
    assertThat(store.spill().pageCount()).isZero();
  }

  @Test
  void whatIsNotWrittenForGoodDoesNotKeepDurableMessagesInMemory() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    QueueRef other = queue("other", Lifetime.DURABLE);
    store.spill().hold();
    fill(queue, 0, 1_000);
    long ofTransient = shard.shard.heldBytes();
    store.spill().fail();
    for (int i = 0; i < 1_000; i++) {
      shard.append(other, durable("d" + i));
      shard.turn();
    }
    assertThat(shard.shard.heldBytes()).isLessThan(ofTransient + 100 * 96L);
    assertThat(shard.drained(queue)).isEqualTo(names(0, 1_000));
  }

  @Test
  void aPageThatComesInToBeLookedAtIsNotWrittenAgain() {
    QueueRef queue = queue("q", Lifetime.DURABLE);
    fill(queue, 0, 3_000);
    long written = store.spill().writtenCount();
    shard.viewing(queue, "", ConsumerView.Mode.BROWSE);
    assertThat(shard.delivered()).isEqualTo(names(0, 3_000));
    assertThat(shard.shard.heldBytes()).isLessThan(200_000);
    assertThat(store.spill().writtenCount()).isLessThanOrEqualTo(written + 1);
    assertThat(shard.drained(queue)).isEqualTo(names(0, 3_000));
  }

  @Test
  void pagesOfAPurgedOrDeletedQueueAreForgotten() {
    QueueRef purged = queue("purged", Lifetime.DURABLE);
    QueueRef deleted = queue("deleted", Lifetime.TRANSIENT);
    fill(purged, 0, 1_000);
    fill(deleted, 0, 1_000);
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Purge(purged)))).isEqualTo(1_000);
    assertThat(shard.call(new ShardCall.RemoveQueue(deleted))).isEqualTo(1_000);
    shard.turn();
    assertThat(store.spill().pageCount()).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whoNeverSettlesDoesNotGetADeepQueueIntoMemory() {
    QueueRef queue = queue("q", Lifetime.TRANSIENT);
    List<Delivery> got = new ArrayList<>();
    ConsumerRef consumer = shard.consume(queue, 1, ShardHarness.options(CreditMode.GRANTED, 5));
    for (int i = 0; i < 2_000; i++) {
      shard.append(queue, message(i + "x".repeat(10_000))); // 20 MB, of which 8 may be out
      got.addAll(shard.deliveries());
    }
    shard.grant(consumer, 1_000_000, false);
    got.addAll(shard.deliveries());
    assertThat(got).hasSizeBetween(700, 1_000);
    assertThat(shard.shard.heldBytes()).isLessThan(10 << 20);
    for (int settled = 0; settled < 2_000; settled += 10) {
      shard.settle(Outcome.ACCEPTED, List.copyOf(got.subList(settled, settled + 10)));
      got.addAll(shard.deliveries());
    }
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i).message().body().toUtf8()).startsWith(i + "x");
    }
    assertThat(got).hasSize(2_000);
    assertThat(store.spill().pageCount()).isZero();
  }

  @Test
  void manyShortQueuesTogetherTakeABoundedPartOfMemoryAndOfEntries() {
    shard.shard.shareOfHeap(1 << 20);
    List<QueueRef> queues = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      queues.add(queue("q" + i, Lifetime.DURABLE));
    }
    for (int round = 0; round < 50; round++) {
      for (QueueRef queue : queues) {
        shard.append(queue, message("x".repeat(1_000))); // 10 MB in all
      }
      shard.turn();
    }
    assertThat(shard.shard.heldBytes()).isLessThan(3 << 20);
    Message one = message("x".repeat(1_000));
    for (QueueRef queue : queues) {
      assertThat(shard.drained(queue)).hasSize(50).containsOnly(one.body().toUtf8());
    }
    assertThat(store.spill().pageCount()).isZero();
  }
}
