package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettleTest {
  private final ShardHarness shard = new ShardHarness();
  private final QueueRef queue = shard.queue("q");

  @Test
  void anAcceptedMessageIsForgotten() {
    var message = message("a");
    shard.prefetching(queue, 1, 1);
    shard.append(queue, message);
    assertThat(message.holderCount()).isEqualTo(1);
    shard.settle(Outcome.ACCEPTED, shard.deliveries());
    assertThat(message.holderCount()).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(shard.count(Counter.SETTLED)).isEqualTo(1);
  }

  @Test
  void aRejectedMessageIsDroppedAndCounted() {
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "a");
    shard.settle(Outcome.REJECTED, shard.deliveries());
    assertThat(shard.deliveries()).isEmpty();
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aReturnedMessageGoesBackToItsOldPlaceMarkedRedelivered() {
    shard.prefetching(queue, 1, 3);
    shard.append(queue, "a", "b", "c", "d", "e");
    var deliveries = shard.deliveries();
    shard.end(1);
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(5);
    shard.prefetching(queue, 2, 10);
    var again = shard.deliveries();
    assertThat(ShardHarness.texts(again)).containsExactly("a", "b", "c", "d", "e");
    assertThat(again.stream().map(Delivery::isRedelivered))
        .containsExactly(true, true, true, false, false);
    assertThat(again.stream().map(Delivery::sequence).toList())
        .startsWith(
            deliveries.get(0).sequence(),
            deliveries.get(1).sequence(),
            deliveries.get(2).sequence());
    assertThat(shard.count(Counter.REDELIVERIES)).isEqualTo(3);
  }

  @Test
  void eachReturnCountsADelivery() {
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "a");
    for (int times = 0; times < 4; times++) {
      List<Delivery> deliveries = shard.deliveries();
      assertThat(deliveries).singleElement().extracting(Delivery::deliveryCount).isEqualTo(times);
      shard.settle(Outcome.RETURNED, deliveries);
    }
  }

  @Test
  void returnsInAnyOrderComeOutInTheOldOrder() {
    shard.prefetching(queue, 1, 4);
    shard.append(queue, "a", "b", "c", "d");
    var d = shard.deliveries();
    shard.call(new ShardCall.Detach(d.getFirst().consumer()));
    shard.settle(Outcome.RETURNED, d.get(3), d.get(0), d.get(2), d.get(1));
    shard.prefetching(queue, 2, 10);
    assertThat(shard.delivered()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void unsettledDeliveriesOfSeveralConsumersReturnInOrderWhenTheirSessionEnds() {
    shard.prefetching(queue, 1, 2);
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "a", "b", "c", "d");
    shard.settle(Outcome.ACCEPTED, shard.deliveries().get(1));
    shard.end(1);
    shard.prefetching(queue, 2, 10);
    assertThat(shard.delivered()).containsExactly("a", "c", "d");
  }

  @Test
  void deliveriesNotYetHandedOverReturnWhenTheirSessionEnds() {
    shard.prefetching(queue, 1, 10);
    shard.append(queue, "a", "b");
    shard.end(1); // within the turn
    assertThat(shard.deliveries()).isEmpty();
    shard.prefetching(queue, 2, 10);
    assertThat(shard.delivered()).containsExactly("a", "b");
  }

  @Test
  void whatANoAckConsumerWasSentDoesNotComeBack() {
    shard.noAck(queue, 1);
    shard.append(queue, "a");
    var deliveries = shard.deliveries();
    assertThat(deliveries).singleElement().extracting(Delivery::unsettledIndex).isEqualTo(-1L);
    assertThat(shard.shard.heldBytes()).isZero();
    shard.settle(Outcome.RETURNED, deliveries);
    shard.end(1);
    shard.prefetching(queue, 2, 1);
    assertThat(shard.deliveries()).isEmpty();
  }

  @Test
  void aSettleAfterTheSessionEndedChangesNothing() {
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "a");
    var deliveries = shard.deliveries();
    shard.end(1);
    shard.settle(Outcome.ACCEPTED, deliveries);
    shard.prefetching(queue, 2, 1);
    assertThat(shard.delivered()).containsExactly("a");
  }

  @Test
  void aDeliveryUnsettledWhileManyPassMayStillReturn() {
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "stuck");
    var stuck = shard.deliveries();
    for (int i = 0; i < 100_000; i++) {
      shard.append(queue, "m");
      shard.settle(Outcome.ACCEPTED, shard.deliveries());
    }
    assertThat(shard.count(Counter.SETTLED)).isEqualTo(100_000);
    shard.settle(Outcome.RETURNED, stuck);
    assertThat(shard.delivered()).containsExactly("stuck");
  }

  private static final int MANY = 2 * Turn.CHORE_BUDGET + 10;

  /** A consumer that has as many messages as take several turns; more are ready behind them. */
  private ConsumerRef holdingMany() {
    ConsumerRef holder = shard.prefetching(queue, 2, MANY);
    for (int i = 0; i < MANY + 3; i++) {
      shard.append(queue, "m" + i);
    }
    shard.turn();
    return holder;
  }

  private void assertAllComeBackInOrderOverSeveralTurns() {
    assertThat(shard.readyIn(queue)).isEqualTo(3 + Turn.CHORE_BUDGET);
    shard.noAck(queue, 3);
    shard.append(queue, "last");
    shard.host.events.clear();
    shard.shard.onTurnEnd();
    assertThat(ShardHarness.deliveriesIn(shard.host.events))
        .as("what is not back yet comes before the rest")
        .isEmpty();
    List<String> bodies = shard.delivered();
    assertThat(bodies)
        .hasSize(MANY + 4)
        .startsWith("m0", "m1", "m2")
        .endsWith("m" + (MANY + 2), "last");
    for (int i = 0; i < MANY + 3; i += 1_111) {
      assertThat(bodies.get(i)).isEqualTo("m" + i);
    }
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void manyMessagesOfAConnectionThatEndsComeBackInOrderOverSeveralTurns() {
    holdingMany();
    shard.end(2);
    assertAllComeBackInOrderOverSeveralTurns();
  }

  @Test
  void manyThatAreReturnedTogetherComeBackInOrderOverSeveralTurns() {
    ConsumerRef holder = holdingMany();
    List<Delivery> all = ShardHarness.deliveriesIn(shard.host.events);
    assertThat(all).hasSize(MANY);
    shard.call(new ShardCall.Detach(holder));
    shard.settle(Outcome.RETURNED, all);
    assertAllComeBackInOrderOverSeveralTurns();
  }

  @Test
  void aQueueThatGoesWhileTheyComeBackTakesThemWithIt() {
    holdingMany();
    shard.end(2);
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(shard.host.failures).isEmpty();
  }

  @Test
  void aConnectionThatEndsWhileItsMessagesComeBackEndsThat() {
    holdingMany();
    shard.settle(Outcome.RETURNED, ShardHarness.deliveriesIn(shard.host.events));
    shard.end(2);
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(MANY + 3);
    assertThat(shard.host.failures).isEmpty();
    shard.host.events.clear();
    shard.noAck(queue, 3);
    List<String> bodies = shard.delivered();
    assertThat(bodies).hasSize(MANY + 3).startsWith("m0", "m1");
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
