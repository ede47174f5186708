package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.options;
import static io.serai.routing.queue.ShardHarness.refusal;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.routing.CpuTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConsumersTest {
  private final ShardHarness shard = new ShardHarness();
  private final QueueRef queue = shard.queue("q");

  private static ConsumerOptions priority(int priority, int credit) {
    return new ConsumerOptions("", false, false, priority, CreditMode.GRANTED, credit);
  }

  private static ConsumerOptions exclusive() {
    return new ConsumerOptions("", false, true, 0, CreditMode.GRANTED, 1);
  }

  private List<Long> receivers() {
    return shard.deliveries().stream().map(d -> d.consumer().session().id()).toList();
  }

  @Test
  void consumersOfOnePriorityTakeTurns() {
    shard.prefetching(queue, 1, 10);
    shard.prefetching(queue, 2, 10);
    shard.prefetching(queue, 3, 10);
    shard.append(queue, "a", "b", "c", "d", "e", "f");
    assertThat(receivers()).containsExactlyInAnyOrder(1L, 2L, 3L, 1L, 2L, 3L);
  }

  @Test
  void takingTurnsGoesOnOverTurnsOfTheLoop() {
    shard.prefetching(queue, 1, 10);
    shard.prefetching(queue, 2, 10);
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      shard.append(queue, "m");
      all.addAll(receivers());
    }
    assertThat(all).containsExactly(1L, 2L, 1L, 2L, 1L, 2L);
  }

  @Test
  void aHigherPriorityGetsEverythingWhileItHasCredit() {
    shard.consume(queue, 1, priority(0, 10));
    shard.consume(queue, 2, priority(5, 2));
    shard.consume(queue, 3, priority(-1, 10));
    shard.append(queue, "a", "b", "c");
    assertThat(receivers()).containsExactly(2L, 2L, 1L);
  }

  /** Ten thousand rings were looked through for every message, for 65 us. */
  @Test
  void prioritiesWithoutCreditCostNothingHoweverManyThereAre() {
    for (int priority = 0; priority < 10_000; priority++) {
      shard.consume(queue, 1, priority(priority, 1));
      shard.append(queue, "m");
    }
    shard.consume(queue, 2, priority(-1, Integer.MAX_VALUE));
    shard.turn();
    shard.host.events.clear();
    Duration cpu =
        CpuTime.of(() -> {
          for (int i = 0; i < 200_000; i++) {
            shard.append(queue, "m");
          }
        });
    assertThat(cpu).isLessThan(Duration.ofSeconds(5));
    assertThat(shard.deliveries()).hasSize(200_000);
    for (int priority = 0; priority < 10_000; priority += 3_000) {
      ConsumerRef chosen = shard.consume(queue, 3, priority(priority, 1));
      shard.append(queue, "m");
      assertThat(shard.deliveries()).extracting(Delivery::consumer).containsExactly(chosen);
    }
    shard.end(1);
    assertThat(receivers()).as("what comes back").hasSize(10_000).containsOnly(2L);
  }

  @Test
  void aConsumerWithoutCreditIsPassedOver() {
    shard.prefetching(queue, 1, 1);
    shard.prefetching(queue, 2, 5);
    shard.append(queue, "a", "b", "c", "d");
    assertThat(receivers()).containsExactlyInAnyOrder(1L, 2L, 2L, 2L);
  }

  @Test
  void workIsSharedEvenlyAmongManyConsumers() {
    for (int session = 1; session <= 100; session++) {
      shard.prefetching(queue, session, 50);
    }
    for (int i = 0; i < 5_000; i++) {
      shard.append(queue, "m");
    }
    assertThat(
            receivers().stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
        .hasSize(100)
        .allSatisfy((_, count) -> assertThat(count).isEqualTo(50));
  }

  @Test
  void anExclusiveConsumerKeepsOthersOut() {
    ConsumerRef alone = shard.consume(queue, 1, exclusive());
    var second = new ShardCall.Attach(queue, session(2), 1, options(CreditMode.GRANTED, 1));
    assertThat(refusal(shard.call(second)))
        .isEqualTo("ACCESS_REFUSED queue 'q' in vhost '/' in exclusive use");
    shard.call(new ShardCall.Detach(alone));
    assertThat(ShardHarness.ok(shard.call(second)).session()).isEqualTo(session(2));
  }

  @Test
  void exclusiveUseIsRefusedWhileSomebodyConsumes() {
    shard.prefetching(queue, 1, 1);
    assertThat(refusal(shard.call(new ShardCall.Attach(queue, session(2), 1, exclusive()))))
        .isEqualTo("ACCESS_REFUSED queue 'q' in vhost '/' in exclusive use");
    shard.end(1);
    shard.consume(queue, 2, exclusive());
  }

  @Test
  void aDetachedConsumerGetsNothingMoreAndMaySettleWhatItHas() {
    var consumer = shard.prefetching(queue, 1, 5);
    shard.append(queue, "a", "b");
    List<Delivery> deliveries = shard.deliveries();
    shard.call(new ShardCall.Detach(consumer));
    shard.append(queue, "c");
    assertThat(shard.deliveries()).isEmpty();
    shard.settle(Outcome.ACCEPTED, deliveries.get(0));
    shard.settle(Outcome.RETURNED, deliveries.get(1));
    shard.prefetching(queue, 2, 5);
    assertThat(shard.delivered()).containsExactly("b", "c");
  }

  @Test
  void deliveriesOnTheirWayComeBeforeTheAnswerToADetach() {
    var consumer = shard.prefetching(queue, 1, 5);
    shard.append(queue, "a");
    shard.call(new ShardCall.Detach(consumer)); // answers within the turn
    assertThat(ShardHarness.texts(ShardHarness.deliveriesIn(shard.host.events)))
        .containsExactly("a");
  }

  @Test
  void detachingAConsumerThatIsGoneIsNoError() {
    var consumer = shard.prefetching(queue, 1, 5);
    shard.end(1);
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Detach(consumer)))).isNotNull();
  }

  @Test
  void anIdMayBeUsedAgainWhileDeliveriesOfItsFirstUseAreUnsettled() {
    ConsumerOptions options = options(CreditMode.PER_SETTLE, 1);
    var attach = new ShardCall.Attach(queue, session(1), 4, options);
    ConsumerRef first = ShardHarness.ok(shard.call(attach));
    shard.append(queue, "a");
    List<Delivery> old = shard.deliveries();
    shard.call(new ShardCall.Detach(first));
    ConsumerRef second = ShardHarness.ok(shard.call(attach));
    assertThat(second).isEqualTo(first);
    shard.append(queue, "b", "c");
    List<Delivery> fresh = shard.deliveries();
    assertThat(ShardHarness.texts(fresh)).containsExactly("b");
    shard.settle(Outcome.ACCEPTED, old);
    assertThat(shard.deliveries()).as("credit is the second's own").isEmpty();
    shard.settle(Outcome.ACCEPTED, fresh);
    assertThat(shard.delivered()).containsExactly("c");
  }

  @Test
  void settlesFindTheirConsumerAmongMany() {
    List<Delivery> all = new ArrayList<>();
    for (int session = 1; session <= 40; session++) {
      shard.prefetching(queue, session, 1);
    }
    for (int i = 0; i < 80; i++) {
      shard.append(queue, message("m" + i));
    }
    all.addAll(shard.deliveries());
    assertThat(all).hasSize(40);
    shard.settle(Outcome.ACCEPTED, all);
    assertThat(shard.deliveries()).hasSize(40);
    for (int session = 1; session <= 40; session++) {
      shard.end(session);
    }
    assertThat(shard.readyIn(queue)).isEqualTo(40);
  }
}
