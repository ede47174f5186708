package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.options;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import org.junit.jupiter.api.Test;

class CreditTest {
  private final ShardHarness shard = new ShardHarness();
  private final QueueRef queue = shard.queue("q");

  private ConsumerRef shared(long session) {
    return shard.consume(queue, session, options(CreditMode.SHARED, 0));
  }

  @Test
  void perSettleCreditComesBackWithEachSettleWhateverTheOutcome() {
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "a", "b", "c", "d", "e");
    var first = shard.deliveries();
    assertThat(ShardHarness.texts(first)).containsExactly("a", "b");
    shard.settle(Outcome.ACCEPTED, first.get(0));
    assertThat(shard.delivered()).containsExactly("c");
    shard.settle(Outcome.REJECTED, first.get(1));
    assertThat(shard.delivered()).containsExactly("d");
  }

  @Test
  void settlingTwiceGivesCreditOnce() {
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "a", "b", "c");
    var first = shard.deliveries();
    shard.settle(Outcome.ACCEPTED, first);
    shard.settle(Outcome.ACCEPTED, first);
    assertThat(shard.delivered()).containsExactly("b");
  }

  @Test
  void grantedCreditDoesNotComeBackWithSettles() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, 1));
    shard.append(queue, "a", "b", "c", "d");
    shard.settle(Outcome.ACCEPTED, shard.deliveries());
    assertThat(shard.deliveries()).isEmpty();
    shard.grant(consumer, 2, false);
    assertThat(shard.delivered()).containsExactly("b", "c");
  }

  @Test
  void unlimitedCreditIsNeverUsedUp() {
    shard.consume(queue, 1, options(CreditMode.GRANTED, Integer.MAX_VALUE));
    for (int i = 0; i < 1_000; i++) {
      shard.append(queue, "m");
    }
    assertThat(shard.deliveries()).hasSize(1_000);
    assertThat(shard.readyIn(queue)).isZero();
  }

  @Test
  void creditBeyondWhatAnIntHoldsMeansNoLimit() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, Integer.MAX_VALUE - 1));
    shard.grant(consumer, 10, false);
    shard.append(queue, "a");
    assertThat(shard.delivered()).containsExactly("a");
  }

  @Test
  void aNoAckConsumerWithALimitNeverRunsDry() {
    shard.consume(queue, 1, new ConsumerOptions("", true, false, 0, CreditMode.PER_SETTLE, 1));
    shard.append(queue, "a", "b", "c");
    assertThat(shard.delivered()).containsExactly("a", "b", "c");
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void drainGivesBackWhatNoMessageUsed() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, 0));
    shard.append(queue, "a", "b");
    shard.grant(consumer, 5, true);
    var events = shard.events();
    assertThat(ShardHarness.texts(ShardHarness.deliveriesIn(events))).containsExactly("a", "b");
    assertThat(events.getLast()).isEqualTo(new SessionEvent.Drained(session(1), consumer, 3));
    shard.append(queue, "c");
    assertThat(shard.deliveries()).as("the credit is gone").isEmpty();
  }

  @Test
  void drainOfAnEmptyQueueGivesEverythingBack() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, 0));
    shard.grant(consumer, 1, true);
    assertThat(shard.events()).containsExactly(new SessionEvent.Drained(session(1), consumer, 1));
  }

  @Test
  void drainThatMessagesUseUpSaysNothing() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, 0));
    shard.append(queue, "a", "b");
    shard.grant(consumer, 2, true);
    assertThat(shard.events()).singleElement().isInstanceOf(SessionEvent.Deliver.class);
  }

  @Test
  void aDrainLongerThanATurnsBudgetIsFinishedWhenTheQueueIsEmpty() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, 0));
    int count = Turn.BUDGET * 2 + 17;
    for (int i = 0; i < count; i++) {
      shard.append(queue, "m");
    }
    shard.grant(consumer, count + 5, true);
    var events = shard.events();
    assertThat(ShardHarness.deliveriesIn(events)).hasSize(count);
    assertThat(events.getLast()).isEqualTo(new SessionEvent.Drained(session(1), consumer, 5));
    assertThat(events).filteredOn(SessionEvent.Drained.class::isInstance).hasSize(1);
  }

  @Test
  void aSharedConsumerIsToldOnceThatMessagesWait() {
    var consumer = shared(1);
    shard.append(queue, "a");
    shard.append(queue, "b");
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(1), consumer));
    shard.append(queue, "c");
    assertThat(shard.events()).isEmpty();
  }

  @Test
  void aSharedConsumerIsToldOfMessagesThatWaitedBeforeItCame() {
    shard.append(queue, "a");
    shard.turn();
    var consumer = shared(1);
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(1), consumer));
  }

  @Test
  void aSharedConsumerIsToldAgainAfterItsSliceWhenMoreWaits() {
    var consumer = shared(1);
    shard.append(queue, "a", "b", "c");
    shard.turn();
    shard.host.events.clear();
    shard.grant(consumer, 2, true);
    var events = shard.events();
    assertThat(ShardHarness.texts(ShardHarness.deliveriesIn(events))).containsExactly("a", "b");
    assertThat(events.getLast()).isEqualTo(new SessionEvent.Ready(session(1), consumer));
    shard.grant(consumer, 2, true);
    events = shard.events();
    assertThat(ShardHarness.texts(ShardHarness.deliveriesIn(events))).containsExactly("c");
    assertThat(events.getLast()).isEqualTo(new SessionEvent.Drained(session(1), consumer, 1));
    shard.append(queue, "d");
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(1), consumer));
  }

  @Test
  void everySharedConsumerIsToldAndTheLateOnesGetTheirCreditBack() {
    var one = shared(1);
    var two = shared(2);
    shard.append(queue, "a");
    assertThat(shard.events())
        .containsExactlyInAnyOrder(
            new SessionEvent.Ready(session(1), one), new SessionEvent.Ready(session(2), two));
    shard.grant(one, 1, true);
    assertThat(shard.delivered()).containsExactly("a");
    shard.grant(two, 1, true);
    assertThat(shard.events()).containsExactly(new SessionEvent.Drained(session(2), two, 1));
  }

  @Test
  void aSharedConsumerIsNotToldWhileAnotherTakesEverything() {
    shared(1);
    shard.prefetching(queue, 2, 10);
    shard.append(queue, "a", "b");
    assertThat(shard.events()).singleElement().isInstanceOf(SessionEvent.Deliver.class);
  }

  @Test
  void aGrantToAConsumerThatIsGoneChangesNothing() {
    var consumer = shard.consume(queue, 1, options(CreditMode.GRANTED, 0));
    shard.call(new ShardCall.Detach(consumer));
    shard.grant(consumer, 5, true);
    shard.append(queue, "a");
    assertThat(shard.events()).isEmpty();
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }
}
