package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import io.serai.model.Value;
import io.serai.routing.store.MemoryNodeStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** More messages that wait for another attempt than are kept in memory. */
class RetriesPagingTest {
  private static final int COUNT = 300;
  private static final int BODY_BYTES = 10_000;
  private static final int WAIT_MILLIS = 60_000;

  /** Two pages and what an index of {@link #COUNT} takes: what may be here. */
  private static final long MOST_HERE_BYTES = 3 * Paging.PAGE_BYTES;

  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard = ShardHarness.paging(store);
  private final QueueRef queue =
      shard.queue(
          ShardHarness.spec(
              "q",
              QueueKind.CLASSIC,
              Lifetime.DURABLE,
              false,
              Value.of("x-delayed-retry-min"),
              new Value.Int(WAIT_MILLIS)));

  private static int number(Delivery delivery) {
    String text = delivery.message().body().toUtf8();
    return Integer.parseInt(text.substring(0, text.indexOf('x')));
  }

  /** Gives every message of the queue back once. */
  private void failAll() {
    for (int i = 0; i < COUNT; i++) {
      shard.append(queue, ShardHarness.durable(i + "x".repeat(BODY_BYTES)));
      shard.turn();
    }
    shard.prefetching(queue, 1, 10);
    for (int failed = 0; failed < COUNT; ) {
      List<Delivery> some = shard.deliveries();
      assertThat(some).isNotEmpty();
      shard.settle(Outcome.RETURNED, some);
      failed += some.size();
    }
    shard.turn();
  }

  @Test
  void theirBodiesAreInTheStoreUntilTheirTime() {
    failAll();
    assertThat(shard.shard.heldBytes()).isLessThan(MOST_HERE_BYTES);
    assertThat(shard.deliveries()).isEmpty();
    List<Integer> again = new ArrayList<>();
    for (int n = 0; n < 1_000 && again.size() < COUNT; n++) {
      shard.advance(n == 0 ? WAIT_MILLIS + 1 : 1);
      for (List<Delivery> some; !(some = shard.deliveries()).isEmpty(); ) {
        for (Delivery one : some) {
          again.add(number(one));
          assertThat(one.deliveryCount()).isEqualTo(1);
          Message message = one.message();
          assertThat(message.body().length()).isGreaterThan(BODY_BYTES);
          assertThat(message.headers().first(RetryHistory.HEADER))
              .as("the attempt is on record")
              .isInstanceOf(Value.ListOf.class);
        }
        shard.settle(Outcome.ACCEPTED, some);
      }
    }
    assertThat(again).hasSize(COUNT).doesNotHaveDuplicates();
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void aPolicyThatGoesBringsThemBackAtOnce() {
    failAll();
    shard.call(
        new ShardCall.Reconfigure(
            queue, ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.DURABLE, false)));
    List<Integer> again = new ArrayList<>();
    for (int n = 0; n < 1_000 && again.size() < COUNT; n++) {
      List<Delivery> some = shard.deliveries();
      some.forEach(one -> again.add(number(one)));
      shard.settle(Outcome.ACCEPTED, some);
      shard.advance(1);
    }
    assertThat(again).hasSize(COUNT).doesNotHaveDuplicates();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void theyGoWithTheirQueue() {
    failAll();
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    shard.advance(2 * WAIT_MILLIS);
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }
}
