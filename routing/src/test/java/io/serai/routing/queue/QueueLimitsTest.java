package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Value;
import io.serai.routing.store.MemoryStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueLimitsTest {
  private final ShardHarness shard = new ShardHarness();

  @Test
  void theOldestMessageGoesWhenTheQueueIsFull() {
    var queue = shard.queueWith("q", "x-max-length", 2);
    shard.append(queue, "a", "b", "c");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    shard.prefetching(queue, 1, 5);
    assertThat(shard.delivered()).containsExactly("b", "c");
  }

  @Test
  void aLengthOfZeroKeepsNothingButDeliversAtOnce() {
    var queue = shard.queueWith("q", "x-max-length", 0);
    shard.append(queue, "lost");
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "a");
    assertThat(shard.delivered()).containsExactly("a");
  }

  @Test
  void unsettledMessagesDoNotCountTowardsTheLimit() {
    var queue = shard.queueWith("q", "x-max-length", 2);
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "a", "b", "c", "d");
    assertThat(shard.delivered()).containsExactly("a", "b");
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
  }

  @Test
  void aReturnThatOverfillsTheQueueDropsTheOldest() {
    var queue = shard.queueWith("q", "x-max-length", 2);
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "a", "b", "c", "d");
    shard.turn();
    shard.end(1);
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    shard.host.events.clear();
    shard.prefetching(queue, 2, 5);
    assertThat(shard.delivered()).containsExactly("c", "d");
  }

  @Test
  void bytesCountBodiesOnly() {
    var queue = shard.queueWith("q", "x-max-length-bytes", 10);
    shard.append(queue, "12345", "67890", "abc");
    shard.prefetching(queue, 1, 5);
    assertThat(shard.delivered()).containsExactly("67890", "abc");
  }

  @Test
  void aMessageLargerThanTheByteLimitIsDroppedWithAllBeforeIt() {
    var queue = shard.queueWith("q", "x-max-length-bytes", 4);
    shard.append(queue, "ab", "12345");
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void byteCountFollowsDeliveriesReturnsAndPurges() {
    var queue = shard.queueWith("q", "x-max-length-bytes", 4);
    shard.append(queue, "ab", "cd");
    shard.prefetching(queue, 1, 1);
    var first = shard.deliveries();
    shard.append(queue, "ef"); // cd + ef = 4 bytes ready
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    shard.settle(Outcome.ACCEPTED, first);
    assertThat(shard.delivered()).containsExactly("cd");
    ShardHarness.ok(shard.call(new ShardCall.Purge(queue)));
    shard.append(queue, "1234");
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
  }

  @Test
  void aFullQueueRefusesWhenItIsToldTo() {
    var queue = shard.queueWith("q", "x-max-length", 2, "x-overflow", "reject-publish");
    long batch =
        shard.publish(List.of(message("a"), message("b"), message("c"), message("d")), queue);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of(2, 3)));
    assertThat(shard.count(Counter.MESSAGES_REFUSED)).isEqualTo(2);
    shard.prefetching(queue, 1, 5);
    assertThat(shard.delivered()).containsExactly("a", "b");
  }

  @Test
  void aFullQueueDropsTheNewestWhenItIsToldTo() {
    var queue = shard.queueWith("q", "x-max-length", 2, "x-overflow", "drop-tail");
    long batch = shard.publish(List.of(message("a"), message("b"), message("c")), queue);
    assertThat(shard.events())
        .as("nobody is told")
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of()));
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    assertThat(shard.count(Counter.MESSAGES_REFUSED)).isZero();
    shard.prefetching(queue, 1, 5);
    assertThat(shard.delivered()).containsExactly("a", "b");
  }

  @Test
  void aRefusalByOneQueueRefusesTheMessageThoughOthersTookIt() {
    var full = shard.queueWith("full", "x-max-length", 0, "x-overflow", "reject-publish");
    var open = shard.queue("open");
    long batch = shard.publish(List.of(message("a")), full, open);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of(0)));
    assertThat(shard.readyIn(open)).isEqualTo(1);
  }

  @Test
  void bytesAreRefusedToo() {
    var queue = shard.queueWith("q", "x-max-length-bytes", 5, "x-overflow", "reject-publish");
    long batch = shard.publish(List.of(message("abc"), message("def"), message("gh")), queue);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of(1)));
  }

  @Test
  void creditThatCameInThisTurnMakesRoomBeforeAnythingIsDroppedOrRefused() {
    var dropping = shard.queueWith("d", "x-max-length", 1);
    var refusing = shard.queueWith("r", "x-max-length", 1, "x-overflow", "reject-publish");
    shard.prefetching(dropping, 1, 1);
    shard.prefetching(refusing, 1, 1);
    shard.append(dropping, "d1", "d2");
    shard.append(refusing, "r1", "r2");
    shard.settle(Outcome.ACCEPTED, shard.deliveries());
    shard.append(dropping, "d3");
    shard.append(refusing, "r3");
    assertThat(shard.delivered()).containsExactly("d2", "r2");
    assertThat(shard.readyIn(dropping)).isEqualTo(1);
    assertThat(shard.readyIn(refusing)).isEqualTo(1);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
    assertThat(shard.count(Counter.MESSAGES_REFUSED)).isZero();
  }

  @Test
  void aVolatileQueueKeepsAShortRunWhileItsConsumerHasNoCredit() {
    var shard = new ShardHarness(new MemoryStore(), new ShardLimits(3, 10, 10_000));
    var queue = shard.queue(spec("v", QueueKind.VOLATILE, Lifetime.EXCLUSIVE, false));
    var consumer =
        shard.consume(queue, 1, ShardHarness.options(io.serai.bus.CreditMode.GRANTED, 1));
    shard.append(queue, "a", "b", "c", "d", "e");
    assertThat(shard.delivered()).containsExactly("a");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    shard.grant(consumer, 10, false);
    assertThat(shard.delivered()).containsExactly("c", "d", "e");
  }

  @Test
  void aLimitThatShrinksOnALongQueueMakesRoomOverSeveralTurns() {
    QueueRef queue = shard.queue("q");
    for (int i = 0; i < 50_000; i++) {
      shard.append(queue, "m");
    }
    shard.turn();
    var limited =
        ShardHarness.spec(
            "q",
            QueueKind.CLASSIC,
            Lifetime.TRANSIENT,
            false,
            Value.of("x-max-length"),
            new Value.Int(10));
    shard.host.isWoken = false;
    ShardHarness.ok(shard.call(new ShardCall.Reconfigure(queue, limited)));
    assertThat(shard.readyIn(queue)).isEqualTo(50_000);
    int turns = 0;
    for (; shard.host.isWoken; turns++) {
      long before = shard.readyIn(queue);
      shard.host.isWoken = false;
      shard.shard.onTurnEnd();
      assertThat(before - shard.readyIn(queue)).isLessThanOrEqualTo(Turn.BUDGET);
    }
    assertThat(turns).isGreaterThan(5);
    assertThat(shard.readyIn(queue)).isEqualTo(10);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(49_990);
  }
}
