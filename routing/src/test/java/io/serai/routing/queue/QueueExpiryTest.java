package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueExpiryTest {
  private final ShardHarness shard = new ShardHarness();

  private long ready(io.serai.bus.QueueRef queue) {
    return shard.readyIn(queue);
  }

  @Test
  void messagesOlderThanTheQueuesTtlGo() {
    var queue = shard.queueWith("q", "x-message-ttl", 1_000);
    shard.append(queue, shard.expiring("a", 1_000_000));
    shard.advance(600);
    shard.append(queue, shard.expiring("b", 1_000_000));
    shard.advance(399);
    assertThat(ready(queue)).isEqualTo(2);
    shard.advance(2);
    assertThat(ready(queue)).isEqualTo(1);
    shard.advance(600);
    assertThat(ready(queue)).isZero();
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(2);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void theLowerOfQueueAndMessageExpiryCounts() {
    var queue = shard.queueWith("q", "x-message-ttl", 1_000);
    shard.append(queue, shard.expiring("short", 10));
    shard.advance(11);
    assertThat(ready(queue)).isZero();
    shard.append(queue, shard.expiring("long", 5_000));
    shard.advance(1_001);
    assertThat(ready(queue)).isZero();
  }

  @Test
  void aTtlOfZeroMeansDeliverNowOrDrop() {
    var queue = shard.queueWith("q", "x-message-ttl", 0);
    shard.append(queue, shard.expiring("lost", 1_000));
    assertThat(ready(queue)).isZero();
    shard.prefetching(queue, 1, 1);
    shard.append(queue, shard.expiring("a", 1_000), List.of());
    assertThat(shard.delivered()).containsExactly("a");
    shard.append(queue, shard.expiring("no credit", 1_000));
    assertThat(ready(queue)).isZero();
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(2);
  }

  @Test
  void aMessageExpiresAtTheHeadOnly() {
    var queue = shard.queue("q");
    shard.append(queue, shard.expiring("first", 1_000));
    shard.append(queue, shard.expiring("second", 10));
    shard.advance(500);
    assertThat(ready(queue)).as("behind an unexpired one").isEqualTo(2);
    shard.advance(501);
    assertThat(ready(queue)).isZero();
  }

  @Test
  void anExpiredMessageIsNeverDelivered() {
    var queue = shard.queue("q");
    shard.append(queue, "keeps");
    shard.append(queue, shard.expiring("expires", 10));
    shard.append(queue, "keeps too");
    shard.advance(11);
    assertThat(ready(queue)).isEqualTo(3);
    shard.prefetching(queue, 1, 5);
    assertThat(shard.delivered()).containsExactly("keeps", "keeps too");
  }

  @Test
  void basicGetSkipsExpiredMessages() {
    var queue = shard.queue("q");
    shard.append(queue, "a");
    shard.append(queue, shard.expiring("b", 10));
    shard.append(queue, "c");
    shard.get(queue, 1, true);
    shard.host.advance(11, () -> {}); // time passes within the turn
    assertThat(shard.get(queue, 1, true).delivery())
        .isNotNull()
        .extracting(d -> d.message().body().toUtf8())
        .isEqualTo("c");
  }

  @Test
  void anUnsettledMessageDoesNotExpireAndGoesWhenItReturnsTooLate() {
    var queue = shard.queueWith("q", "x-message-ttl", 100);
    shard.prefetching(queue, 1, 1);
    shard.append(queue, shard.expiring("a", 1_000_000));
    var deliveries = shard.deliveries();
    shard.advance(5_000);
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isZero();
    shard.settle(Outcome.RETURNED, deliveries);
    assertThat(shard.deliveries()).isEmpty();
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void drainedCreditComesBackWhenWhatWasReadyHasExpired() {
    var queue = shard.queue("q");
    var consumer = shard.consume(queue, 1, options(CreditMode.SHARED, 0));
    shard.append(queue, shard.expiring("a", 10));
    assertThat(shard.events()).singleElement().isInstanceOf(SessionEvent.Ready.class);
    shard.host.advance(11, () -> {});
    shard.grant(consumer, 1, true);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Drained(ShardHarness.session(1), consumer, 1));
  }

  @Test
  void aThousandExpiringMessagesNeedOneTimer() {
    var queue = shard.queueWith("q", "x-message-ttl", 1_000);
    for (int i = 0; i < 1_000; i++) {
      shard.append(queue, shard.expiring("m" + i, 10_000));
    }
    shard.turn();
    assertThat(shard.host.timerCount()).isEqualTo(1);
    shard.advance(1_100);
    assertThat(ready(queue)).isZero();
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(1_000);
  }

  @Test
  void anUnusedQueueGoesAfterItsTime() {
    var queue = shard.queueWith("q", "x-expires", 1_000);
    shard.advance(999);
    assertThat(shard.host.deletedQueues).isEmpty();
    shard.advance(2);
    assertThat(shard.host.deletedQueues).containsExactly(queue);
    shard.advance(10_000);
    assertThat(shard.host.deletedQueues).as("asked for once").hasSize(1);
  }

  @Test
  void declaringAndGettingUseAQueueButPublishingDoesNot() {
    var queue = shard.queueWith("q", "x-expires", 1_000);
    shard.advance(800);
    shard.call(new ShardCall.Inspect(queue)); // what a declare of an existing queue asks
    shard.advance(800);
    shard.get(queue, 1, true);
    shard.advance(800);
    assertThat(shard.host.deletedQueues).isEmpty();
    shard.append(queue, "a");
    shard.advance(201);
    assertThat(shard.host.deletedQueues).containsExactly(queue);
  }

  @Test
  void aQueueWithAConsumerDoesNotExpire() {
    var queue = shard.queueWith("q", "x-expires", 1_000);
    var consumer = shard.prefetching(queue, 1, 1);
    shard.advance(5_000);
    assertThat(shard.host.deletedQueues).isEmpty();
    shard.call(new ShardCall.Detach(consumer));
    shard.advance(999);
    assertThat(shard.host.deletedQueues).isEmpty();
    shard.advance(2);
    assertThat(shard.host.deletedQueues).containsExactly(queue);
  }

  @Test
  void aRemovedQueueLeavesNoDeadline() {
    var queue = shard.queueWith("q", "x-expires", 1_000, "x-message-ttl", 500);
    shard.append(queue, shard.expiring("a", 100));
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.advance(2_000);
    assertThat(shard.host.deletedQueues).isEmpty();
    assertThat(shard.host.timerCount()).isZero();
  }

  @Test
  void manyThatExpireAtOnceGoInSlices() {
    QueueRef queue = shard.queueWith("q", "x-message-ttl", 100, "x-dead-letter-exchange", "dlx");
    shard.host.isDeadLetterRefused = true; // nobody is there to take them
    for (int i = 0; i < 10 * Turn.SLICE; i++) {
      shard.append(queue, "m");
    }
    shard.turn();
    long[] before = {0};
    shard.host.advance(
        1_000,
        () -> {
          long expired = shard.count(Counter.MESSAGES_EXPIRED);
          assertThat(expired - before[0]).isLessThanOrEqualTo(Turn.SLICE);
          before[0] = expired;
        });
    assertThat(before[0]).isEqualTo(10 * Turn.SLICE);
  }
}
