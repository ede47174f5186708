package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakeTest {
  private final ShardHarness shard = new ShardHarness();
  private final QueueRef queue = shard.queue("q");

  private static Delivery delivery(Request.Got got) {
    assertThat(got.delivery()).isNotNull();
    return got.delivery();
  }

  @Test
  void anEmptyQueueGivesNothing() {
    assertThat(shard.get(queue, 1, false)).isEqualTo(new Request.Got(null, 0));
  }

  @Test
  void theFirstMessageComesWithTheNumberOfThoseLeft() {
    shard.append(queue, "a", "b", "c");
    Request.Got got = shard.get(queue, 1, false);
    assertThat(delivery(got).message().body().toUtf8()).isEqualTo("a");
    assertThat(got.remaining()).isEqualTo(2);
    assertThat(shard.events()).as("the answer is the delivery").isEmpty();
  }

  @Test
  void whatWasTakenIsSettledLikeAnyDelivery() {
    shard.append(queue, "a", "b", "c");
    Delivery a = delivery(shard.get(queue, 1, false));
    Delivery b = delivery(shard.get(queue, 1, false));
    shard.settle(Outcome.RETURNED, a);
    shard.settle(Outcome.ACCEPTED, b);
    Request.Got again = shard.get(queue, 1, false);
    assertThat(delivery(again).message().body().toUtf8()).isEqualTo("a");
    assertThat(delivery(again).deliveryCount()).isEqualTo(1);
    assertThat(again.remaining()).isEqualTo(1);
  }

  @Test
  void withoutAcknowledgementItIsSettledWhenTaken() {
    shard.append(queue, "a");
    Delivery a = delivery(shard.get(queue, 1, true));
    assertThat(a.unsettledIndex()).isEqualTo(-1);
    assertThat(shard.shard.heldBytes()).isZero();
    shard.end(1);
    assertThat(shard.readyIn(queue)).isZero();
  }

  @Test
  void whatASessionTookReturnsWhenItEnds() {
    shard.append(queue, "a", "b");
    shard.get(queue, 1, false);
    shard.get(queue, 1, false);
    shard.end(1);
    shard.prefetching(queue, 2, 5);
    assertThat(shard.delivered()).containsExactly("a", "b");
  }

  @Test
  void aSettleOfAnEarlierTakeDoesNotHitALaterOne() {
    shard.append(queue, "a", "b");
    Delivery a = delivery(shard.get(queue, 1, false));
    shard.settle(Outcome.ACCEPTED, a);
    Delivery b = delivery(shard.get(queue, 1, false));
    shard.settle(Outcome.ACCEPTED, a);
    shard.end(1);
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    assertThat(b.message().body().toUtf8()).isEqualTo("b");
  }

  @Test
  void takingIsCountedAsADelivery() {
    shard.append(queue, "a");
    shard.get(queue, 1, true);
    assertThat(shard.count(Counter.DELIVERIES)).isEqualTo(1);
  }

  @Test
  void takingDoesNotCountAsAConsumer() {
    shard.append(queue, "a");
    shard.get(queue, 1, false);
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Inspect(queue))).consumers()).isZero();
  }

  @Test
  void manyThatHaveExpiredAtTheHeadGoOverSeveralTurns() {
    int many = 4 * Turn.SLICE + Turn.CHORE_BUDGET;
    shard.append(queue, shard.expiring("first", 10_000));
    for (int i = 0; i < many; i++) {
      shard.append(queue, shard.expiring("short", 1_000));
    }
    shard.append(queue, "last");
    shard.host.advance(10_000, () -> {}); // no turn has ended
    List<Request.Got> got = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.Take(queue, ShardHarness.session(1), true),
        result -> got.add(ShardHarness.ok(result)));
    long before = shard.count(Counter.MESSAGES_EXPIRED);
    assertThat(before).isLessThan(3L * Turn.SLICE);
    shard.shard.onTurnEnd();
    assertThat(shard.count(Counter.MESSAGES_EXPIRED) - before).isEqualTo(Turn.CHORE_BUDGET);
    assertThat(got).as("there may be more behind").isEmpty();
    shard.turn();
    assertThat(delivery(got.getFirst()).message().body().toUtf8()).isEqualTo("last");
  }

  @Test
  void aSessionThatEndsMeanwhileTakesNothing() {
    int many = 3 * Turn.SLICE;
    shard.append(queue, shard.expiring("first", 10_000));
    for (int i = 0; i < many; i++) {
      shard.append(queue, shard.expiring("short", 1_000));
    }
    shard.append(queue, "last");
    shard.host.advance(10_000, () -> {}); // no turn has ended
    List<Request.Got> got = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.Take(queue, ShardHarness.session(1), false),
        result -> got.add(ShardHarness.ok(result)));
    shard.end(1);
    shard.turn();
    assertThat(got).containsExactly(new Request.Got(null, 0));
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }
}
