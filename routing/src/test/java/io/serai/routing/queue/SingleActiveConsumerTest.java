package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.options;
import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Value;
import io.serai.routing.CpuTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SingleActiveConsumerTest {
  private final ShardHarness shard = new ShardHarness();
  private final QueueRef queue =
      shard.queue(
          spec(
              "q",
              QueueKind.CLASSIC,
              Lifetime.TRANSIENT,
              false,
              Value.of("x-single-active-consumer"),
              new Value.Bool(true)));

  private ConsumerRef consumer(long session, int priority) {
    return shard.consume(
        queue,
        session,
        new ConsumerOptions("", false, false, priority, CreditMode.PER_SETTLE, 100));
  }

  private List<Long> receivers() {
    return shard.deliveries().stream().map(d -> d.consumer().session().id()).toList();
  }

  @Test
  void theFirstConsumerGetsEverything() {
    consumer(1, 0);
    consumer(2, 9);
    consumer(3, 0);
    shard.append(queue, "a", "b", "c");
    assertThat(receivers()).containsExactly(1L, 1L, 1L);
  }

  @Test
  void othersWaitEvenWhenItsCreditIsUsedUp() {
    shard.prefetching(queue, 1, 1);
    shard.prefetching(queue, 2, 10);
    shard.append(queue, "a", "b");
    var deliveries = shard.deliveries();
    assertThat(ShardHarness.texts(deliveries)).containsExactly("a");
    shard.settle(Outcome.ACCEPTED, deliveries);
    assertThat(receivers()).containsExactly(1L);
  }

  @Test
  void whenItLeavesTheNextTakesOverAndGetsWhatItHadNotSettled() {
    consumer(1, 0);
    consumer(2, 0);
    consumer(3, 0);
    shard.append(queue, "a", "b");
    shard.turn();
    shard.host.events.clear();
    shard.end(1);
    var deliveries = shard.deliveries();
    assertThat(ShardHarness.texts(deliveries)).containsExactly("a", "b");
    assertThat(deliveries).allMatch(d -> d.consumer().session().id() == 2 && d.isRedelivered());
  }

  @Test
  void aCancelledOneKeepsWhatItHoldsAndTheNextGetsTheRest() {
    var first = consumer(1, 0);
    consumer(2, 0);
    shard.append(queue, "a");
    var held = shard.deliveries();
    shard.call(new ShardCall.Detach(first));
    shard.append(queue, "b");
    assertThat(receivers()).containsExactly(2L);
    shard.settle(Outcome.RETURNED, held);
    var again = shard.deliveries();
    assertThat(ShardHarness.texts(again)).containsExactly("a");
    assertThat(again.getFirst().consumer().session()).isEqualTo(session(2));
  }

  @Test
  void theHighestPriorityFollows() {
    var first = consumer(1, 0);
    consumer(2, 1);
    consumer(3, 7);
    consumer(4, 7);
    shard.call(new ShardCall.Detach(first));
    shard.append(queue, "a");
    assertThat(receivers()).containsExactly(3L);
  }

  @Test
  void waitingOnesLeaveWithoutChange() {
    consumer(1, 0);
    var second = consumer(2, 0);
    shard.call(new ShardCall.Detach(second));
    shard.append(queue, "a");
    assertThat(receivers()).containsExactly(1L);
  }

  @Test
  void sharedCreditGrantedToAWaitingOneComesBackAtOnce() {
    shard.prefetching(queue, 1, 1);
    var waiting = shard.consume(queue, 2, options(CreditMode.SHARED, 0));
    shard.append(queue, "a", "b");
    assertThat(shard.events()).noneMatch(SessionEvent.Ready.class::isInstance);
    shard.grant(waiting, 3, true);
    assertThat(shard.events()).containsExactly(new SessionEvent.Drained(session(2), waiting, 3));
    shard.end(1);
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(2), waiting));
    shard.grant(waiting, 3, true);
    assertThat(ShardHarness.texts(ShardHarness.deliveriesIn(shard.events())))
        .containsExactly("a", "b");
  }

  @Test
  void anExclusiveConsumerIsRefused() {
    var exclusive = new ConsumerOptions("", false, true, 0, CreditMode.GRANTED, 1);
    assertThat(
            ShardHarness.refusal(shard.call(new ShardCall.Attach(queue, session(1), 0, exclusive))))
        .isEqualTo("ACCESS_REFUSED queue 'q' in vhost '/' in exclusive use");
  }

  @Test
  void whenAllHaveLeftTheNextToComeIsActive() {
    consumer(1, 0);
    consumer(2, 0);
    shard.end(1);
    shard.end(2);
    shard.append(queue, "a");
    consumer(3, 0);
    assertThat(receivers()).containsExactly(3L);
  }

  /** Each that left had all others looked through: ten seconds for half as many. */
  @Test
  void manyConsumersOfAConnectionThatEndsLeaveAtOnce() {
    for (int i = 0; i < 60_000; i++) {
      shard.prefetching(queue, 2, 1);
    }
    ConsumerRef heir = shard.prefetching(queue, 3, 1);
    shard.append(queue, "m");
    shard.turn();
    shard.host.events.clear();
    assertThat(CpuTime.of(() -> shard.end(2))).isLessThan(Duration.ofSeconds(10));
    assertThat(shard.deliveries()).extracting(Delivery::consumer).containsExactly(heir);
  }
}
