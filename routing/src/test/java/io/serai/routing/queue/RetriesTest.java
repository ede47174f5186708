package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** x-delayed-retry-...: what comes back waits before it is ready again. */
class RetriesTest {
  private final ShardHarness shard = new ShardHarness();

  private static List<Value> history(Message message) {
    return message.headers().first(RetryHistory.HEADER) instanceof Value.ListOf(List<Value> list)
        ? list
        : List.of();
  }

  private static Value value(Value attempt, String name) {
    return ((Value.MapOf) attempt)
        .entries().stream()
            .filter(entry -> entry.key().asText().equals(name))
            .findFirst()
            .orElseThrow()
            .value();
  }

  private static long field(Value attempt, String name) {
    return switch (value(attempt, name)) {
      case Value.Long(long number) -> number;
      case Value.Timestamp(long millis) -> millis;
      default -> throw new AssertionError(name + " in " + attempt);
    };
  }

  private Delivery one() {
    List<Delivery> deliveries = shard.deliveries();
    assertThat(deliveries).hasSize(1);
    return deliveries.getFirst();
  }

  /** Gives the message back and answers after how many milliseconds it comes again. */
  private List<Long> waits(int times) {
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      shard.settle(Outcome.RETURNED, one());
      shard.turn();
      long from = shard.host.nowMillis();
      while (shard.host.events.isEmpty()) {
        assertThat(shard.host.nowMillis() - from).isLessThan(100_000);
        shard.advance(1);
      }
      waits.add(shard.host.nowMillis() - from);
    }
    return waits;
  }

  @Test
  void eachWaitIsLongerByTheFirstAsInRabbitMq() {
    QueueRef queue =
        shard.queueWith(
            "q",
            "x-delayed-retry-type",
            "all",
            "x-delayed-retry-min",
            100,
            "x-delayed-retry-max",
            350);
    shard.prefetching(queue, 2, 1);
    shard.append(queue, "a");
    assertThat(waits(5)).containsExactly(100L, 200L, 300L, 350L, 350L);
  }

  @Test
  void withAMultiplierWaitsGrowExponentially() {
    QueueRef queue =
        shard.queueWith(
            "q",
            "x-delayed-retry-min",
            100,
            "x-delayed-retry-max",
            700,
            "x-delayed-retry-multiplier",
            2);
    shard.prefetching(queue, 2, 1);
    shard.append(queue, "a");
    assertThat(waits(5)).containsExactly(100L, 200L, 400L, 700L, 700L);
  }

  @Test
  void othersComeMeanwhileAndTheMessageGoesBackToItsOldPlace() {
    QueueRef queue = shard.queueWith("q", "x-delayed-retry-min", 1_000);
    shard.append(queue, "a", "b");
    shard.settle(Outcome.RETURNED, shard.get(queue, 2, false).delivery());
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    shard.advance(1_000);
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    shard.noAck(queue, 3);
    List<Delivery> deliveries = shard.deliveries();
    assertThat(texts(deliveries)).containsExactly("a", "b");
    assertThat(deliveries.getFirst().deliveryCount()).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void oneHeaderTellsTheAttempts() {
    QueueRef queue = shard.queueWith("q", "x-delayed-retry-min", 100);
    shard.prefetching(queue, 2, 1);
    shard.append(queue, "a");
    long first = shard.host.nowMillis();
    waits(2);
    List<Value> attempts = history(one().message());
    assertThat(attempts).hasSize(2);
    assertThat(field(attempts.get(0), "attempt")).isEqualTo(2);
    assertThat(field(attempts.get(0), "delay")).isEqualTo(200);
    assertThat(field(attempts.get(0), "time")).isEqualTo(first + 100);
    assertThat(field(attempts.get(1), "attempt")).isEqualTo(1);
    assertThat(field(attempts.get(1), "time")).isEqualTo(first);
    assertThat(value(attempts.get(1), "queue")).isEqualTo(Value.of("q"));
  }

  @Test
  void theHistoryHoldsTheLatestAttempts() {
    QueueRef queue =
        shard.queueWith("q", "x-delayed-retry-min", 1, "x-delayed-retry-multiplier", 1);
    shard.prefetching(queue, 2, 1);
    shard.append(queue, "a");
    waits(RetryHistory.MOST + 5);
    List<Value> attempts = history(one().message());
    assertThat(attempts).hasSize(RetryHistory.MOST);
    assertThat(field(attempts.getFirst(), "attempt")).isEqualTo(RetryHistory.MOST + 5);
  }

  @Test
  void theDeliveryLimitEndsItAndTheDeadLetterTellsTheAttempts() {
    QueueRef queue =
        shard.queueWith(
            "q",
            "x-delayed-retry-min",
            100,
            "x-delivery-limit",
            2,
            "x-dead-letter-exchange",
            "dlx");
    shard.prefetching(queue, 2, 1);
    shard.append(queue, "a");
    waits(2);
    Delivery last = one();
    assertThat(last.message().headers().first("x-delivery-count")).isEqualTo(new Value.Long(2));
    shard.settle(Outcome.RETURNED, last);
    shard.turn();
    assertThat(shard.host.deadLetters).hasSize(1);
    Message letter = shard.host.deadLetters.getFirst().letter().message();
    assertThat(history(letter)).hasSize(2);
    assertThat(letter.headers().first("x-last-death-reason")).isEqualTo(Value.of("delivery_limit"));
    shard.host.deadLetters.getFirst().answer().accept(LetterFate.TAKEN);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void rejectedForGoodIsADeadLetterAtOnce() {
    QueueRef queue =
        shard.queueWith("q", "x-delayed-retry-min", 100, "x-dead-letter-exchange", "dlx");
    shard.append(queue, "a");
    shard.settle(Outcome.REJECTED, shard.get(queue, 2, false).delivery());
    assertThat(shard.host.deadLetters).hasSize(1);
  }

  @Test
  void whatADyingConnectionHeldWaitsToo() {
    QueueRef queue = shard.queueWith("q", "x-delayed-retry-type", "failed");
    shard.append(queue, "a");
    shard.prefetching(queue, 2, 10);
    shard.deliveries();
    shard.end(2);
    shard.turn();
    assertThat(shard.readyIn(queue)).isZero();
    shard.advance(RetrySchedule.DEFAULT_MIN_MILLIS);
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }

  @Test
  void disabledMeansAtOnce() {
    QueueRef queue =
        shard.queueWith("q", "x-delayed-retry-type", "disabled", "x-delayed-retry-min", 100);
    shard.append(queue, "a");
    shard.settle(Outcome.RETURNED, shard.get(queue, 2, false).delivery());
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }

  @Test
  void aPolicyThatGoesEndsTheWaiting() {
    QueueRef queue = shard.queueWith("q", "x-delayed-retry-min", 60_000);
    shard.append(queue, "a");
    shard.settle(Outcome.RETURNED, shard.get(queue, 2, false).delivery());
    assertThat(shard.readyIn(queue)).isZero();
    QueueSpec plain = ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, false);
    ShardHarness.ok(shard.call(new ShardCall.Reconfigure(queue, plain)));
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }

  /** As many messages as take two turns, all waiting. */
  private QueueRef manyWaiting() {
    QueueRef queue = shard.queueWith("q", "x-delayed-retry-min", 60_000);
    int many = Turn.CHORE_BUDGET + 10;
    shard.prefetching(queue, 2, many);
    for (int i = 0; i < many; i++) {
      shard.append(queue, "m" + i);
    }
    shard.settle(Outcome.RETURNED, shard.deliveries());
    shard.turn();
    shard.end(2);
    shard.turn();
    assertThat(shard.readyIn(queue)).isZero();
    return queue;
  }

  @Test
  void manyThatWaitNoMoreComeBackOverSeveralTurns() {
    QueueRef queue = manyWaiting();
    QueueSpec plain = ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, false);
    ShardHarness.ok(shard.call(new ShardCall.Reconfigure(queue, plain)));
    assertThat(shard.readyIn(queue)).isZero();
    shard.shard.onTurnEnd();
    assertThat(shard.readyIn(queue)).isEqualTo(Turn.CHORE_BUDGET);
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(Turn.CHORE_BUDGET + 10);
    shard.noAck(queue, 3);
    assertThat(shard.delivered()).startsWith("m0", "m1", "m2").hasSize(Turn.CHORE_BUDGET + 10);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aQueueDeletedWhileTheyComeBackTakesTheRestWithIt() {
    QueueRef queue = manyWaiting();
    QueueSpec plain = ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, false);
    ShardHarness.ok(shard.call(new ShardCall.Reconfigure(queue, plain)));
    shard.shard.onTurnEnd();
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aDeletedQueueTakesWhatWaitsWithIt() {
    QueueRef queue = shard.queueWith("q", "x-delayed-retry-min", 100);
    shard.append(queue, "a");
    shard.settle(Outcome.RETURNED, shard.get(queue, 2, false).delivery());
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    shard.advance(1_000);
    assertThat(shard.host.events).isEmpty();
  }
}
