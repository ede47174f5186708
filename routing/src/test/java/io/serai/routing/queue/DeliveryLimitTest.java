package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeliveryLimitTest {
  private final ShardHarness shard = new ShardHarness();

  private static @Nullable Value count(Delivery delivery) {
    return delivery.message().headers().first(DeliveryLimit.HEADER);
  }

  /** Gives everything back until nothing comes any more; the counts that were told. */
  private List<Value> returnForEver(QueueRef queue) {
    List<Value> counts = new ArrayList<>();
    shard.prefetching(queue, 1, 1);
    for (List<Delivery> next; !(next = shard.deliveries()).isEmpty(); ) {
      Value count = count(next.getFirst());
      counts.add(count == null ? Value.NULL : count);
      assertThat(counts).hasSizeLessThan(1_000);
      shard.settle(Outcome.RETURNED, next);
    }
    return counts;
  }

  @Test
  void withALimitOfThreeTheFourthDeliveryIsTheLast() {
    var queue = shard.queueWith("q", "x-delivery-limit", 3, "x-dead-letter-exchange", "dlx");
    shard.append(queue, "a");
    assertThat(returnForEver(queue))
        .containsExactly(Value.NULL, new Value.Long(1), new Value.Long(2), new Value.Long(3));
    var dead = shard.host.deadLetters.getFirst();
    assertThat(dead.letter().message().headers().first("x-first-death-reason"))
        .isEqualTo(Value.of("delivery_limit"));
    assertThat(dead.letter().message().headers().first(DeliveryLimit.HEADER)).isNull();
    dead.answer().accept(LetterFate.TAKEN);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void withoutADeadLetterExchangeItIsDropped() {
    var queue = shard.queueWith("q", "x-delivery-limit", 0);
    shard.append(queue, "a", "b");
    assertThat(returnForEver(queue)).containsExactly(Value.NULL, Value.NULL);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(2);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aConnectionThatDiesReturnsWhatItHeld() {
    var queue = shard.queueWith("q", "x-delivery-limit", 1);
    shard.append(queue, "a");
    for (long session = 1; session <= 2; session++) {
      shard.prefetching(queue, session, 1);
      assertThat(shard.delivered()).containsExactly("a");
      shard.end(session);
    }
    shard.prefetching(queue, 3, 1);
    assertThat(shard.deliveries()).isEmpty();
    assertThat(shard.readyIn(queue)).isZero();
  }

  @Test
  void aQueueWithoutALimitTellsNothing() {
    var queue = shard.queue("q");
    shard.append(queue, "a");
    for (int n = 0; n < 50; n++) {
      var got = shard.get(queue, 1, false).delivery();
      assertThat(got.deliveryCount()).isEqualTo(n);
      assertThat(count(got)).isNull();
      shard.settle(Outcome.RETURNED, got);
      shard.turn();
    }
  }

  @Test
  void basicGetIsToldTheCountTooAndSettlesWhatItGot() {
    var queue = shard.queueWith("q", "x-delivery-limit", 5);
    shard.append(queue, "a");
    shard.settle(Outcome.RETURNED, shard.get(queue, 1, false).delivery());
    var again = shard.get(queue, 1, false).delivery();
    assertThat(count(again)).isEqualTo(new Value.Long(1));
    shard.settle(Outcome.ACCEPTED, again);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aQuorumQueueAllowsTwentyReturnsUnlessToldOtherwise() {
    var quorum =
        shard.queue(
            spec(
                "q",
                QueueKind.CLASSIC,
                Lifetime.DURABLE,
                false,
                Value.of("x-queue-type"),
                Value.of("quorum")));
    shard.append(quorum, "a");
    assertThat(returnForEver(quorum)).hasSize(21);
  }

  @Test
  void minusOneCountsWithoutEnd() {
    assertThat(DeliveryLimit.of(-1).mostReturns()).isEqualTo(Integer.MAX_VALUE);
    assertThat(DeliveryLimit.of(Long.MAX_VALUE).mostReturns()).isEqualTo(Integer.MAX_VALUE);
    assertThat(DeliveryLimit.of(3).mostReturns()).isEqualTo(3);
  }
}
