package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.consume;
import static io.serai.gateway.amqp.v091.TestClient.consumeNoAck;
import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Request;
import io.serai.gateway.CreditWindow;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** basic.qos and the credit that follows from it. */
class PrefetchTest {
  private final TestClient client = TestClient.withChannel();

  private void qos(int count, boolean global) {
    client.session.receives(new BasicMethod.Qos(1, 0, count, global));
    assertThat(client.session.sent()).last().isEqualTo(new BasicMethod.QosOk(1));
  }

  private ConsumerOptions optionsOf(BasicMethod.Consume consume) {
    client.session.receives(consume);
    var options = client.session.asked(Request.Consume.class).options();
    client.attach();
    client.session.sent();
    return options;
  }

  private List<Recorded.Granted> granted() {
    return client.session.recorded(Recorded.Granted.class);
  }

  @Test
  void aLimitInBytesIsNotImplemented() {
    client.session.receives(new BasicMethod.Qos(1, 4096, 0, false));
    client.assertConnectionClosed(
        ReplyCode.NOT_IMPLEMENTED, "prefetch_size!=0 (4096)", BasicMethod.Qos.ID);
  }

  @Test
  void aLimitPerConsumerHoldsForConsumersStartedAfterwards() {
    qos(5, false);
    assertThat(optionsOf(consume("q", "a")))
        .isEqualTo(TestClient.options("a", false, false, 0, CreditMode.PER_SETTLE, 5, 5));
    qos(7, false);
    assertThat(optionsOf(consume("q", "b")).initialCredit()).isEqualTo(7);
    assertThat(granted()).as("running consumers keep theirs").isEmpty();
    qos(0, false);
    assertThat(optionsOf(consume("q", "c")).creditMode()).isEqualTo(CreditMode.GRANTED);
  }

  @Test
  void noLimitHoldsForConsumersThatDoNotAcknowledge() {
    qos(5, false);
    qos(5, true);
    assertThat(optionsOf(consumeNoAck("q", "a")))
        .isEqualTo(
            TestClient.options("a", true, false, 0, CreditMode.GRANTED, CreditWindow.FIRST, 5));
  }

  // ---- without a limit

  @Test
  void anUnlimitedConsumersWindowIsRenewedWhenHalfOfItIsUsed() {
    var consumer = client.consumer(consumeNoAck("q", "a"));
    client.session.deliver(client.deliveries(consumer, CreditWindow.FIRST / 2 - 1));
    assertThat(granted()).isEmpty();
    client.session.deliver(client.deliveries(consumer, 1));
    assertThat(granted())
        .containsExactly(new Recorded.Granted(consumer, 2000 - CreditWindow.FIRST / 2, false));
  }

  @Test
  void aPeerThatDoesNotTakeItsOutputGetsNoCreditUntilItDoes() {
    var consumer = client.consumer(consumeNoAck("q", "a"));
    client.session.writable(false);
    client.session.deliver(client.deliveries(consumer, CreditWindow.FIRST));
    assertThat(granted()).isEmpty();
    client.session.writable(true);
    assertThat(granted()).containsExactly(new Recorded.Granted(consumer, 2000, false));
  }

  @Test
  void largeMessagesMakeTheWindowSmall() {
    var consumer = client.consumer(consumeNoAck("q", "a"));
    String large = "x".repeat(128 * 1024);
    Delivery[] deliveries = new Delivery[CreditWindow.FIRST];
    for (int i = 0; i < deliveries.length; i++) {
      deliveries[i] = client.delivery(consumer, large, 0);
    }
    client.session.deliver(deliveries);
    assertThat(granted()).containsExactly(new Recorded.Granted(consumer, 31, false));
  }

  @Test
  void aCancelledConsumerIsGrantedNothingMore() {
    var consumer = client.consumer(consumeNoAck("q", "a"));
    client.session.writable(false);
    client.session.deliver(client.deliveries(consumer, CreditWindow.FIRST));
    client.session.receives(new BasicMethod.Cancel(1, "a", false));
    client.session.answerOk(Request.Done.DONE);
    client.session.writable(true);
    assertThat(granted()).isEmpty();
  }

  // ---- a limit over the channel

  @Test
  void aLimitOverTheChannelIsGrantedToWhoeverHasMessages() {
    qos(10, true);
    var a = client.consumer(consume("a", "a"));
    var b = client.consumer(consume("b", "b"));
    assertThat(a.options().creditMode()).isEqualTo(CreditMode.SHARED);
    assertThat(a.options().initialCredit()).isZero();
    client.session.ready(a);
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 10, true));
    client.session.ready(b);
    assertThat(granted()).as("all of it is with a").isEmpty();
    client.session.deliver(client.deliveries(a, 3));
    client.session.drained(a, 7);
    assertThat(granted()).containsExactly(new Recorded.Granted(b, 7, true));
  }

  @Test
  void aDeliveryCountsUntilItIsSettled() {
    qos(1, true);
    var a = client.consumer(consume("a", "a"));
    client.session.ready(a);
    client.session.deliver(client.deliveries(a, 1));
    client.session.ready(a);
    granted();
    client.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 1, true));
  }

  @Test
  void whatBasicGetTookDoesNotCount() {
    qos(1, true);
    var a = client.consumer(consume("a", "a"));
    client.session.receives(new BasicMethod.Get(1, "q", false));
    var options = new ConsumerOptions("", false, false, 0, CreditMode.GRANTED, 1);
    var nobody = new ConsumerRef(client.session.self(), -1, TestClient.queue("q"), options);
    client.session.answerOk(new Request.Got(client.delivery(nobody, "got", 0), 0));
    client.session.ready(a);
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 1, true));
  }

  @Test
  void bothLimitsHoldTogether() {
    qos(2, false);
    qos(3, true);
    var a = client.consumer(consume("a", "a"));
    var b = client.consumer(consume("b", "b"));
    client.session.ready(a);
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 2, true));
    client.session.deliver(client.deliveries(a, 2));
    client.session.ready(a);
    client.session.ready(b);
    assertThat(granted()).containsExactly(new Recorded.Granted(b, 1, true));
    client.session.deliver(client.deliveries(b, 1));
    client.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 1, true));
  }

  @Test
  void aHigherLimitIsGrantedAtOnceAndNoneLiftsIt() {
    qos(1, true);
    var a = client.consumer(consume("a", "a"));
    client.session.ready(a);
    client.session.deliver(client.deliveries(a, 1));
    client.session.ready(a);
    granted();
    qos(3, true);
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 2, true));
    client.session.deliver(client.deliveries(a, 2));
    client.session.ready(a);
    qos(0, true);
    assertThat(granted()).containsExactly(new Recorded.Granted(a, 1000, true));
  }

  @Test
  void aConsumerThatEndsGivesItsSliceBack() {
    qos(4, true);
    var a = client.consumer(consume("a", "a"));
    var b = client.consumer(consume("b", "b"));
    client.session.ready(a);
    client.session.ready(b);
    granted();
    client.session.receives(new BasicMethod.Cancel(1, "a", false));
    client.session.answerOk(Request.Done.DONE);
    assertThat(granted()).containsExactly(new Recorded.Granted(b, 4, true));
  }

  /**
   * Deleted and declared anew by somebody else: the client was told that its consumer has ended.
   */
  @Test
  void aConsumerWhoseQueueGoesWhileItMovesStaysGone() {
    var a = client.consumer(consume("a", "a"));
    client.session.receives(new BasicMethod.Qos(1, 0, 4, true));
    client.session.cancelConsumer(a);
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Cancel(1, "a", true));
    client.session.recorded();
    var again = client.attach();
    assertThat(client.session.recorded(Recorded.Told.class))
        .extracting(Recorded.Told::request)
        .satisfiesExactly(
            told -> assertThat(((Request.CancelConsumer) told).consumer()).isSameAs(again));
    assertThat(client.session.sent()).containsExactly(new BasicMethod.QosOk(1));
    client.session.deliver(client.deliveries(again, 1));
    assertThat(client.session.sent()).isEmpty();
    assertThat(client.session.recorded(Recorded.Settled.class)).hasSize(1);
  }

  @Test
  void runningConsumersComeUnderALimitOverTheChannel() {
    qos(100, false);
    var a = client.consumer(consume("a", "a"));
    client.session.deliver(client.deliveries(a, 3));
    client.session.sent();
    client.session.receives(new BasicMethod.Qos(1, 0, 4, true));
    var asked = client.session.asked(Request.Consume.class);
    assertThat(asked.queue()).isEqualTo("a");
    assertThat(asked.consumerId()).isNotEqualTo(a.id());
    assertThat(asked.options())
        .isEqualTo(TestClient.options("a", false, false, 0, CreditMode.SHARED, 0, 100));
    var again = client.attach();
    assertThat(client.session.asked(Request.CancelConsumer.class).consumer())
        .as("an auto-delete queue never is without a consumer")
        .isSameAs(a);
    client.session.deliver(client.deliveries(a, 1));
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sent()).last().isEqualTo(new BasicMethod.QosOk(1));

    client.session.ready(again);
    assertThat(granted()).as("four are unsettled already").isEmpty();
    client.session.receives(new BasicMethod.Ack(1, 3, true));
    assertThat(granted()).containsExactly(new Recorded.Granted(again, 3, true));
    client.session.deliver(client.deliveries(again, 3));
    client.session.receives(new BasicMethod.Cancel(1, "a", false));
    assertThat(client.session.asked(Request.CancelConsumer.class).consumer()).isSameAs(again);
  }

  @Test
  void aConsumerThatMovesKeepsItsOwnLimit() {
    qos(2, false);
    var a = client.consumer(consume("a", "a"));
    client.session.deliver(client.deliveries(a, 2));
    client.session.receives(new BasicMethod.Qos(1, 0, 100, true));
    var again = client.attach();
    client.session.answerOk(Request.Done.DONE);
    client.session.ready(again);
    assertThat(granted()).as("at its own limit").isEmpty();
    client.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(granted()).containsExactly(new Recorded.Granted(again, 1, true));
  }

  @Test
  void anExclusiveConsumerStaysAsItIs() {
    client.session.receives(
        new BasicMethod.Consume(1, "a", "a", false, false, true, false, Request.noArguments()));
    client.attach();
    client.session.sent();
    qos(5, true);
    assertThat(client.session.isWaiting()).isFalse();
  }

  @Test
  void aClientThatAdjustsItsPrefetchWhileConsumingHasItsWay() {
    var kombu = TestClient.withChannel(table("product", Value.of("py-amqp")));
    kombu.session.receives(new BasicMethod.Qos(1, 0, 2, false));
    kombu.session.sent();
    var a = kombu.consumer(consume("a", "a"));
    assertThat(a.options().creditMode()).isEqualTo(CreditMode.SHARED);
    kombu.session.ready(a);
    assertThat(kombu.session.recorded(Recorded.Granted.class))
        .containsExactly(new Recorded.Granted(a, 2, true));
    kombu.session.deliver(kombu.deliveries(a, 2));
    kombu.session.ready(a);
    kombu.session.receives(new BasicMethod.Qos(1, 0, 3, false));
    assertThat(kombu.session.recorded(Recorded.Granted.class))
        .containsExactly(new Recorded.Granted(a, 1, true));
  }

  @Test
  void aClientThatTakesTheSpecificationsWordHasOneLimitOverTheChannel() {
    var kombu = TestClient.withChannel(table("product", Value.of("py-amqp")));
    kombu.session.receives(new BasicMethod.Qos(1, 0, 2, false));
    kombu.session.sent();
    var a = kombu.consumer(consume("a", "a"));
    var b = kombu.consumer(consume("b", "b"));
    kombu.session.ready(a);
    kombu.session.deliver(kombu.deliveries(a, 2));
    kombu.session.ready(b);
    assertThat(kombu.session.recorded(Recorded.Granted.class))
        .containsExactly(new Recorded.Granted(a, 2, true));
    kombu.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(kombu.session.recorded(Recorded.Granted.class))
        .containsExactly(new Recorded.Granted(b, 1, true));
  }

  /**
   * Prefetch 3 over eight queues that fill, drain and answer at random: never more than three
   * unsettled, and nothing is left behind.
   */
  @Test
  void theLimitHoldsExactlyOverQueuesThatAnswerInAnyOrder() {
    long seed = Long.getLong("serai.seed", 1);
    var random = new Random(seed);
    int limit = 3;
    qos(limit, true);
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      shards.add(new Shard(client.consumer(consume("q" + i, "c" + i)), 50));
    }
    List<Long> unsettled = new ArrayList<>();
    long lastTag = 0;
    int delivered = 0;
    for (int step = 0; delivered < 400 || !unsettled.isEmpty(); step++) {
      assertThat(step).as("progress").isLessThan(100_000);
      Shard shard = shards.get(random.nextInt(shards.size()));
      for (var grant : granted()) {
        shards.stream()
            .filter(each -> each.consumer.id() == grant.consumer().id())
            .forEach(each -> each.credit += grant.credit());
      }
      int count = Math.min(shard.credit, shard.messages);
      if (random.nextInt(3) == 0 && !unsettled.isEmpty()) {
        long tag = unsettled.remove(random.nextInt(unsettled.size()));
        client.session.receives(new BasicMethod.Ack(1, tag, false));
      } else if (count > 0) {
        shard.credit -= count;
        shard.messages -= count;
        client.session.deliver(client.deliveries(shard.consumer, count));
        for (int i = 0; i < count; i++) {
          unsettled.add(++lastTag);
        }
        delivered += count;
        shard.isTold = false;
        if (shard.credit > 0) {
          int unused = shard.credit;
          shard.credit = 0;
          client.session.drained(shard.consumer, unused);
        }
      } else if (shard.messages > 0 && shard.credit == 0 && !shard.isTold) {
        shard.isTold = true;
        client.session.ready(shard.consumer);
      } else if (shard.credit > 0) {
        int unused = shard.credit;
        shard.credit = 0;
        shard.isTold = false;
        client.session.drained(shard.consumer, unused);
      }
      assertThat(unsettled).hasSizeLessThanOrEqualTo(limit);
    }
    assertThat(delivered).isEqualTo(400);
  }

  private static final class Shard {
    final ConsumerRef consumer;
    int messages;
    int credit;
    boolean isTold;

    Shard(ConsumerRef consumer, int messages) {
      this.consumer = consumer;
      this.messages = messages;
    }
  }
}
