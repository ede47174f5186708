package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** x-consumer-timeout: a delivery must not stay unsettled for too long. */
class AckTimeoutTest {
  private final ShardHarness shard = new ShardHarness();

  private List<SessionEvent> timeouts() {
    return shard.events().stream().filter(SessionEvent.AckTimedOut.class::isInstance).toList();
  }

  @Test
  void aSessionIsToldOnceAtMostAQuarterLate() {
    QueueRef queue = shard.queueWith("q", "x-consumer-timeout", 1_000);
    ConsumerRef consumer = shard.prefetching(queue, 2, 10);
    shard.append(queue, "a");
    shard.turn();
    shard.advance(999);
    assertThat(timeouts()).isEmpty();
    shard.advance(251);
    assertThat(timeouts())
        .containsExactly(new SessionEvent.AckTimedOut(session(2), consumer, 1_000));
    shard.advance(10_000);
    assertThat(timeouts()).as("once").isEmpty();
  }

  @Test
  void aConsumerThatSettlesInTimeGoesOnForEver() {
    QueueRef queue = shard.queueWith("q", "x-consumer-timeout", 1_000);
    shard.prefetching(queue, 2, 10);
    for (int i = 0; i < 50; i++) {
      shard.append(queue, "a", "b");
      List<Delivery> two = shard.deliveries();
      shard.advance(400);
      shard.settle(Outcome.ACCEPTED, two.get(1));
      shard.advance(400);
      shard.settle(Outcome.ACCEPTED, two.get(0));
    }
    shard.advance(10_000);
    assertThat(timeouts()).isEmpty();
  }

  @Test
  void oneDeliveryAmidOthersThatAreSettledIsFound() {
    QueueRef queue = shard.queueWith("q", "x-consumer-timeout", 1_000);
    shard.prefetching(queue, 2, 1_000);
    shard.append(queue, "forgotten");
    shard.deliveries();
    int found = 0;
    for (int i = 0; i < 20; i++) {
      shard.append(queue, "m");
      List<SessionEvent> events = shard.events();
      found += (int) events.stream().filter(SessionEvent.AckTimedOut.class::isInstance).count();
      shard.settle(Outcome.ACCEPTED, ShardHarness.deliveriesIn(events));
      shard.advance(100);
    }
    assertThat(found).isEqualTo(1);
  }

  @Test
  void withoutALimitThereIsNoDeadline() {
    QueueRef queue = shard.queue("q");
    shard.prefetching(queue, 2, 10);
    shard.append(queue, "a");
    shard.turn();
    assertThat(shard.host.timerCount()).isZero();
    shard.advance(100_000_000);
    assertThat(timeouts()).isEmpty();
  }

  @Test
  void nobodyIsCheckedWhenNobodyConsumes() {
    QueueRef queue = shard.queueWith("q", "x-consumer-timeout", 1_000);
    ConsumerRef consumer = shard.prefetching(queue, 2, 10);
    shard.call(new ShardCall.Detach(consumer));
    shard.advance(2_000);
    assertThat(shard.host.timerCount()).isZero();
  }

  @Test
  void whatBasicGetTookAndWhatIsNotAcknowledgedHaveNoLimit() {
    QueueRef queue = shard.queueWith("q", "x-consumer-timeout", 1_000);
    shard.append(queue, "a", "b");
    shard.get(queue, 2, false);
    shard.noAck(queue, 3);
    shard.turn();
    shard.advance(10_000);
    assertThat(timeouts()).isEmpty();
  }

  @Test
  void aPolicySetsAndTakesTheLimit() {
    QueueRef queue = shard.queue("q");
    shard.prefetching(queue, 2, 10);
    shard.append(queue, "a");
    shard.turn();
    var limited =
        ShardHarness.spec(
            "q",
            QueueKind.CLASSIC,
            Lifetime.TRANSIENT,
            false,
            Value.of("x-consumer-timeout"),
            new Value.Int(1_200));
    ShardHarness.ok(shard.call(new ShardCall.Reconfigure(queue, limited)));
    shard.advance(1_500);
    assertThat(timeouts()).hasSize(1);
  }

  @Test
  void aLimitOfLessThanASecondIsOne() {
    for (int limit : new int[] {1, 999}) {
      QueueRef queue = shard.queueWith("q" + limit, "x-consumer-timeout", limit);
      ConsumerRef consumer = shard.prefetching(queue, 2, 10);
      shard.append(queue, "a");
      shard.turn();
      shard.advance(999);
      assertThat(timeouts()).as("after 999 ms with %d", limit).isEmpty();
      shard.advance(251);
      assertThat(timeouts())
          .containsExactly(new SessionEvent.AckTimedOut(session(2), consumer, 1_000));
    }
  }

  @Test
  void manyConsumersAreLookedAtOverSeveralTurns() {
    QueueRef queue = shard.queueWith("q", "x-consumer-timeout", 1_000);
    int many = Turn.CHORE_BUDGET + 10;
    for (int i = 0; i < many; i++) {
      shard.prefetching(queue, 2, 1);
      shard.append(queue, "m");
    }
    shard.turn();
    shard.advance(999);
    shard.host.events.clear();
    shard.host.advance(1, () -> {}); // the deadline has come, no turn has ended
    List<Integer> told = new ArrayList<>();
    while (told.stream().mapToInt(n -> n).sum() < many && told.size() < 20) {
      shard.shard.onTurnEnd();
      told.add(shard.host.events.size());
      shard.host.events.clear();
      if (!shard.host.isWoken) {
        shard.host.advance(250, () -> {});
      }
      shard.host.isWoken = false;
    }
    assertThat(told.stream().mapToInt(n -> n).max()).hasValue(Turn.CHORE_BUDGET);
    assertThat(told.stream().mapToInt(n -> n).sum()).isEqualTo(many);
  }
}
