package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.deliveriesIn;
import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Properties;
import io.serai.model.Value;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BrowseTest {
  private final ShardHarness shard = new ShardHarness();

  private ConsumerRef browse(
      QueueRef queue, ConsumerView.Mode mode, CreditMode credit, int amount, boolean noAck) {
    return shard.consume(
        queue,
        2,
        new ConsumerOptions(
            "b",
            noAck,
            false,
            0,
            credit,
            amount,
            new ConsumerView("", ConsumerView.Syntax.JMS, mode)));
  }

  private ConsumerRef browse(QueueRef queue) {
    return browse(queue, ConsumerView.Mode.BROWSE, CreditMode.GRANTED, 1_000, true);
  }

  private static SessionEvent ended(ConsumerRef consumer) {
    return new SessionEvent.BrowseEnded(session(2), consumer);
  }

  @Test
  void everythingIsReadFromTheStartAndNothingIsTaken() {
    QueueRef queue = shard.queue("q");
    shard.append(queue, "a", "b", "c");
    ConsumerRef browser = browse(queue);
    List<SessionEvent> events = shard.events();
    assertThat(texts(deliveriesIn(events))).containsExactly("a", "b", "c");
    assertThat(events.getLast()).isEqualTo(ended(browser));
    assertThat(shard.readyIn(queue)).isEqualTo(3);
    shard.noAck(queue, 3);
    List<Delivery> taken = shard.deliveries();
    assertThat(texts(taken)).containsExactly("a", "b", "c");
    assertThat(taken).noneMatch(Delivery::isRedelivered);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void anEmptyQueueEndsAtOnce() {
    QueueRef queue = shard.queue("q");
    ConsumerRef browser = browse(queue);
    assertThat(shard.events()).containsExactly(ended(browser));
    shard.append(queue, "a");
    assertThat(shard.events()).isEmpty();
  }

  @Test
  void whatComesLaterIsShownOnlyToThoseWhoFollow() {
    QueueRef queue = shard.queue("q");
    shard.append(queue, "a", "b");
    ConsumerRef toEnd = browse(queue, ConsumerView.Mode.BROWSE, CreditMode.GRANTED, 1, true);
    browse(queue, ConsumerView.Mode.FOLLOW, CreditMode.GRANTED, 100, true);
    assertThat(shard.delivered()).containsExactlyInAnyOrder("a", "a", "b");
    shard.append(queue, "c");
    assertThat(shard.delivered()).containsExactly("c");
    shard.grant(toEnd, 10, false);
    List<SessionEvent> events = shard.events();
    assertThat(texts(deliveriesIn(events))).containsExactly("b");
    assertThat(events).contains(ended(toEnd));
  }

  @Test
  void aSlowBrowserGetsNoMoreThanItHasCreditFor() {
    QueueRef queue = shard.queue("q");
    for (int i = 0; i < 10_000; i++) {
      shard.append(queue, "m" + i);
    }
    browse(queue, ConsumerView.Mode.FOLLOW, CreditMode.PER_SETTLE, 5, false);
    List<Delivery> five = shard.deliveries();
    assertThat(texts(five)).containsExactly("m0", "m1", "m2", "m3", "m4");
    assertThat(shard.host.isWoken).isFalse();
    shard.settle(Outcome.REJECTED, five.get(0), five.get(1));
    shard.settle(Outcome.RETURNED, five.get(2));
    assertThat(shard.delivered()).containsExactly("m5", "m6", "m7");
    assertThat(shard.readyIn(queue)).isEqualTo(10_000);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
  }

  @Test
  void whatABrowserHoldsCountsAsMemoryWhateverTheQueueDoes() {
    QueueRef queue = shard.queue("q");
    shard.append(queue, "a", "b");
    browse(queue, ConsumerView.Mode.BROWSE, CreditMode.GRANTED, 10, false);
    List<Delivery> shown = shard.deliveries();
    shard.call(new ShardCall.Purge(queue));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isPositive();
    shard.settle(Outcome.ACCEPTED, shown.get(0));
    assertThat(shard.shard.heldBytes()).isPositive();
    shard.end(2);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void countsAndLimitsAreNotTouched() {
    QueueRef queue = shard.queueWith("q", "x-delivery-limit", 1, "x-dead-letter-exchange", "dlx");
    shard.append(queue, "a");
    shard.settle(Outcome.RETURNED, shard.get(queue, 1, false).delivery());
    for (int i = 0; i < 5; i++) {
      browse(queue, ConsumerView.Mode.BROWSE, CreditMode.GRANTED, 10, false);
      List<Delivery> shown = shard.deliveries();
      assertThat(shown.getFirst().deliveryCount()).isEqualTo(1);
      assertThat(shown.getFirst().message().headers().first("x-delivery-count"))
          .isEqualTo(new Value.Long(1));
      shard.settle(Outcome.RETURNED, shown);
    }
    assertThat(shard.host.deadLetters).isEmpty();
    assertThat(shard.count(Counter.REDELIVERIES)).isZero();
    assertThat(shard.get(queue, 1, false).delivery().deliveryCount()).isEqualTo(1);
  }

  @Test
  void browsersAreNoConsumersToTheQueue() {
    QueueRef queue =
        shard.queue(
            ShardHarness.spec(
                "q",
                QueueKind.CLASSIC,
                Lifetime.TRANSIENT,
                true,
                Value.of("x-single-active-consumer"),
                new Value.Bool(true)));
    shard.append(queue, "a");
    ConsumerRef follower = browse(queue, ConsumerView.Mode.FOLLOW, CreditMode.GRANTED, 100, true);
    assertThat(shard.delivered()).containsExactly("a");
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Inspect(queue))).consumers()).isZero();
    ConsumerRef consumer = shard.prefetching(queue, 3, 10);
    assertThat(shard.delivered()).containsExactly("a");
    shard.append(queue, "b");
    List<Delivery> both = shard.deliveries();
    assertThat(both).isNotEmpty();
    shard.call(new ShardCall.Detach(follower));
    assertThat(shard.host.deletedQueues).as("auto-delete").isEmpty();
    shard.call(new ShardCall.Detach(consumer));
    assertThat(shard.host.deletedQueues).containsExactly(queue);
  }

  @Test
  void aQueueInExclusiveUseCanBeBrowsed() {
    QueueRef queue = shard.queue("q");
    shard.consume(queue, 1, new ConsumerOptions("", false, true, 0, CreditMode.GRANTED, 0));
    shard.append(queue, "a");
    browse(queue);
    assertThat(shard.delivered()).containsExactly("a");
  }

  @Test
  void prioritiesAreReadInTheOrderTheyAreDue() {
    QueueRef queue = shard.queueWith("q", "x-max-priority", 9);
    for (int priority : new int[] {3, 9, 1}) {
      shard.append(
          queue,
          ShardHarness.message(
              "p" + priority, Properties.builder().priority(priority).build(), 1_000_000));
    }
    browse(queue);
    assertThat(shard.delivered()).containsExactly("p9", "p3", "p1");
  }

  @Test
  void whatHasExpiredIsNotShown() {
    QueueRef queue = shard.queue("q");
    shard.append(queue, "a");
    shard.append(queue, shard.expiring("b", 100));
    shard.append(queue, "c");
    shard.advance(200);
    browse(queue);
    assertThat(shard.delivered()).containsExactly("a", "c");
  }

  @Test
  void aBrowserThatWaitsForCreditEndsWhenOthersTakeTheRest() {
    QueueRef queue = shard.queue("q");
    shard.append(queue, "a", "b");
    ConsumerRef browser = browse(queue, ConsumerView.Mode.BROWSE, CreditMode.GRANTED, 1, true);
    assertThat(shard.delivered()).containsExactly("a");
    shard.get(queue, 1, true);
    shard.get(queue, 1, true);
    assertThat(shard.events()).containsExactly(ended(browser));
  }

  @Test
  void aLongQueueIsReadInSlices() {
    QueueRef queue = shard.queue("q");
    IntStream.range(0, 30_000).forEach(i -> shard.append(queue, "m"));
    browse(queue, ConsumerView.Mode.BROWSE, CreditMode.GRANTED, Integer.MAX_VALUE, true);
    shard.host.isWoken = false;
    shard.shard.onTurnEnd();
    assertThat(shard.host.isWoken).isTrue();
    assertThat(shard.deliveries().size()).isEqualTo(30_000);
  }
}
