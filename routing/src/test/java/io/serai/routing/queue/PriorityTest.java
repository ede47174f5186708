package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.model.Properties;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriorityTest {
  private final ShardHarness shard = new ShardHarness();
  private final QueueRef queue = shard.queueWith("q", "x-max-priority", 5);

  private void append(QueueRef queue, String text, int priority) {
    append(queue, text, priority, -1);
  }

  private void append(QueueRef queue, String text, int priority, long ttlMillis) {
    shard.append(
        queue,
        ShardHarness.message(
            text,
            Properties.builder().priority(priority).expiryMillis(ttlMillis).build(),
            shard.host.nowMillis()));
  }

  private List<String> getAll(QueueRef queue) {
    List<String> all = new ArrayList<>();
    for (Delivery next; (next = shard.get(queue, 9, true).delivery()) != null; ) {
      all.add(next.message().body().toUtf8());
    }
    return all;
  }

  @Test
  void theHighestPriorityComesFirstAndEqualsInOrder() {
    append(queue, "a", 0);
    append(queue, "b", 3);
    append(queue, "c", 5);
    append(queue, "d", 3);
    append(queue, "e", -1); // none given
    assertThat(shard.readyIn(queue)).isEqualTo(5);
    assertThat(getAll(queue)).containsExactly("c", "b", "d", "a", "e");
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aTopicMayDecideWhatComesFirst() {
    QueueRef byTopic =
        shard.queueWith("t", "x-topic-priorities", "t/alarm/#=9, t/state/+ = 2,t/state/fire=3");
    for (String topic : List.of("a", "state/1", "alarm/x/y", "state/fire", "alarm")) {
      append(byTopic, topic, 0); // of the topic t/...
    }
    append(byTopic, "b", 1);
    append(byTopic, "state/2", 9);
    assertThat(getAll(byTopic))
        .containsExactly("alarm/x/y", "alarm", "state/fire", "state/1", "state/2", "b", "a");
  }

  @Test
  void whatMattersLeastMakesRoomWhereTopicsDecide() {
    QueueRef byTopic = shard.queueWith("t", "x-topic-priorities", "t/alarm/#=9", "x-max-length", 3);
    for (String topic : List.of("alarm/1", "a", "b", "alarm/2", "c", "alarm/3")) {
      append(byTopic, topic, 0);
    }
    assertThat(getAll(byTopic)).containsExactly("alarm/1", "alarm/2", "alarm/3");
    for (String topic : List.of("alarm/4", "alarm/5", "alarm/6", "alarm/7", "d")) {
      append(byTopic, topic, 0);
    }
    assertThat(getAll(byTopic)).containsExactly("alarm/5", "alarm/6", "alarm/7");
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aPriorityBeyondTheHighestCountsAsTheHighest() {
    append(queue, "a", 5);
    append(queue, "b", 255);
    append(queue, "c", 6);
    assertThat(getAll(queue)).containsExactly("a", "b", "c");
  }

  @Test
  void thereMayBe256Priorities() {
    var fine = shard.queueWith("fine", "x-max-priority", 255);
    List<String> expected = new ArrayList<>();
    for (int priority = 0; priority < 256; priority++) {
      append(fine, "p" + priority, priority);
      expected.addFirst("p" + priority);
    }
    assertThat(getAll(fine)).isEqualTo(expected);
  }

  @Test
  void withoutPrioritiesTheyMeanNothing() {
    for (QueueRef plain :
        List.of(shard.queue("plain"), shard.queueWith("zero", "x-max-priority", 0))) {
      append(plain, "a", 0);
      append(plain, "b", 9);
      assertThat(getAll(plain)).containsExactly("a", "b");
    }
  }

  @Test
  void whatComesBackGoesToItsOldPlaceWithinItsPriority() {
    append(queue, "low", 1);
    append(queue, "first", 4);
    append(queue, "second", 4);
    var first = shard.get(queue, 1, false).delivery();
    var second = shard.get(queue, 1, false).delivery();
    var low = shard.get(queue, 1, false).delivery();
    append(queue, "third", 4);
    shard.settle(Outcome.RETURNED, low, second, first);
    shard.turn();
    assertThat(getAll(queue)).containsExactly("first", "second", "third", "low");
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void everyMessageHasASequenceOfItsOwn() {
    shard.prefetching(queue, 1, 100);
    for (int n = 0; n < 20; n++) {
      append(queue, "m" + n, n % 6);
    }
    assertThat(shard.deliveries().stream().map(Delivery::sequence).distinct()).hasSize(20);
  }

  @Test
  void theFirstMessageGoesWhenTheQueueIsFull() {
    var full = shard.queueWith("full", "x-max-priority", 5, "x-max-length", 2);
    append(full, "a", 1);
    append(full, "b", 5);
    append(full, "c", 3);
    assertThat(getAll(full))
        .as("as in RabbitMQ, the head is the highest")
        .containsExactly("c", "a");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
  }

  @Test
  void aNewFirstMessageExpiresInItsOwnTime() {
    append(queue, "stays", 1, 10_000);
    append(queue, "goes", 5, 100);
    shard.advance(101);
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    assertThat(getAll(queue)).containsExactly("stays");
  }

  @Test
  void aPurgeTakesAllPriorities() {
    append(queue, "a", 1);
    append(queue, "b", 5);
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Purge(queue)))).isEqualTo(2);
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    append(queue, "c", 2);
    assertThat(getAll(queue)).containsExactly("c");
  }
}
