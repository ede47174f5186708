package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.consume;
import static io.serai.gateway.amqp.v091.TestClient.consumeNoAck;
import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.gateway.CreditWindow;
import io.serai.gateway.amqp.v091.BasicContent.Deliver;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** basic.consume, basic.cancel, basic.get, deliveries and their acknowledgement. */
class ChannelConsumersTest {
  private final TestClient client = TestClient.withChannel();

  private static List<Long> tags(List<Amqp091Frame> frames) {
    return frames.stream()
        .map(Deliver.class::cast)
        .flatMap(
            run -> LongStream.range(run.firstTag(), run.firstTag() + run.to() - run.from()).boxed())
        .toList();
  }

  private List<Recorded.Settled> settled() {
    return client.session.recorded(Recorded.Settled.class);
  }

  // ---- consume and cancel

  @Test
  void consumeIsAnsweredWithTheClientsTag() {
    client.session.receives(
        new BasicMethod.Consume(
            1, "q", "mine", false, false, true, false, table("x-priority", new Value.Int(7))));
    var asked = client.session.asked(Request.Consume.class);
    assertThat(asked.queue()).isEqualTo("q");
    assertThat(asked.options())
        .isEqualTo(
            TestClient.options("mine", false, true, 7, CreditMode.GRANTED, CreditWindow.FIRST, 0));
    client.attach();
    assertThat(client.session.sent()).containsExactly(new BasicMethod.ConsumeOk(1, "mine"));
  }

  @Test
  void consumersWithoutATagGetOneEachInRabbitsShape() {
    client.session.receives(consume("q", ""), consume("q", ""));
    client.attach();
    client.attach();
    var tags =
        client.session.sent().stream()
            .map(frame -> ((BasicMethod.ConsumeOk) frame).consumerTag())
            .toList();
    assertThat(tags).hasSize(2).doesNotHaveDuplicates();
    assertThat(tags).allMatch(tag -> tag.matches("amq\\.ctag-[A-Za-z0-9_-]{22}"));
  }

  @Test
  void aTagInUseIsNotAllowed() {
    client.consumer(consume("q", "mine"));
    client.session.receives(consume("other", "mine"));
    client.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag 'mine'", BasicMethod.Consume.ID);
  }

  @Test
  void anotherChannelMayUseTheSameTag() {
    client.consumer(consume("q", "mine"));
    client.openChannel(2);
    client.session.receives(
        new BasicMethod.Consume(2, "q", "mine", false, false, false, false, Request.noArguments()));
    client.attach();
    assertThat(client.session.sent()).containsExactly(new BasicMethod.ConsumeOk(2, "mine"));
  }

  @Test
  void aRefusedConsumerLeavesItsTagFree() {
    client.session.receives(consume("nope", "mine"));
    client.session.refuse(Refusal.NOT_FOUND, "no queue 'nope' in vhost '/'");
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no queue 'nope' in vhost '/'", BasicMethod.Consume.ID);
    client.session.receives(new ChannelMethod.CloseOk(1));
    client.openChannel(1);
    client.consumer(consume("q", "mine"));
  }

  @Test
  void noLocalIsTakenAndHasNoEffect() {
    client.session.receives(
        new BasicMethod.Consume(1, "q", "c", true, false, false, false, Request.noArguments()));
    client.attach();
    assertThat(client.session.sent()).containsExactly(new BasicMethod.ConsumeOk(1, "c"));
  }

  @Test
  void aPriorityThatIsNoNumberIsRefused() {
    client.session.receives(
        new BasicMethod.Consume(
            1, "q", "mine", false, false, false, false, table("x-priority", Value.of("high"))));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "invalid arg 'x-priority' for queue 'q' in vhost '/': \"expected integer, got longstr\"",
        BasicMethod.Consume.ID);
  }

  @Test
  void cancelIsAnsweredOnceTheQueueHasLetGoAndWhatCameBeforeIsDelivered() {
    var consumer = client.consumer(consume("q", "mine"));
    client.session.receives(new BasicMethod.Cancel(1, "mine", false));
    assertThat(client.session.asked(Request.CancelConsumer.class).consumer()).isSameAs(consumer);
    client.session.deliver(client.deliveries(consumer, 1));
    client.session.answerOk(Request.Done.DONE);
    var sent = client.session.sent();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0)).isInstanceOf(Deliver.class);
    assertThat(sent.get(1)).isEqualTo(new BasicMethod.CancelOk(1, "mine"));

    client.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(settled()).as("still the client's to settle").hasSize(1);
  }

  @Test
  void cancellingAnUnknownConsumerIsNoError() {
    client.session.receives(new BasicMethod.Cancel(1, "nope", false));
    assertThat(client.session.sent()).containsExactly(new BasicMethod.CancelOk(1, "nope"));
    client.session.receives(new BasicMethod.Cancel(1, "nope", true));
    assertThat(client.session.sent()).isEmpty();
  }

  @Test
  void aDeletedQueueCancelsItsConsumers() {
    var consumer = client.consumer(consume("q", "mine"));
    client.session.cancelConsumer(consumer);
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Cancel(1, "mine", true));
    client.consumer(consume("q", "mine"));

    var silent = TestClient.withChannel(Request.noArguments());
    silent.session.cancelConsumer(silent.consumer(consume("q", "mine")));
    assertThat(silent.session.sent()).as("the client did not ask to be told").isEmpty();
  }

  // ---- deliveries

  @Test
  void deliveriesAreNumberedOverTheWholeChannel() {
    var first = client.consumer(consume("a", "c1"));
    var second = client.consumer(consumeNoAck("b", "c2"));
    client.session.deliver(client.deliveries(first, 2));
    client.session.deliver(client.deliveries(second, 3));
    client.session.deliver(client.deliveries(first, 1));
    assertThat(tags(client.session.sent())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    client.session.receives(new BasicMethod.Ack(1, 6, true));
    assertThat(settled()).hasSize(3);
  }

  @Test
  void aBatchForSeveralConsumersIsSentInRuns() {
    var first = client.consumer(consume("a", "c1"));
    var second = client.consumer(consume("b", "c2"));
    Delivery[] batch = {
      client.delivery(first, "1", 0),
      client.delivery(first, "2", 0),
      client.delivery(second, "3", 0),
      client.delivery(first, "4", 1)
    };
    client.session.deliver(batch);
    assertThat(client.session.sent())
        .extracting(frame -> new String(((Deliver) frame).consumerTag(), StandardCharsets.UTF_8))
        .containsExactly("c1", "c2", "c1");
  }

  @Test
  void largeMessagesAreHandedOverOneByOne() {
    var consumer = client.consumer(consume("a", "c1"));
    String large = "x".repeat(70_000);
    client.session.deliver(
        client.delivery(consumer, "small", 0),
        client.delivery(consumer, large, 0),
        client.delivery(consumer, large, 0),
        client.delivery(consumer, "small", 0));
    var sent = client.session.sent();
    assertThat(sent).hasSize(3);
    assertThat(tags(sent)).containsExactly(1L, 2L, 3L, 4L);
  }

  // ---- get

  @Test
  void getAnswersAMessageAndHowManyAreLeft() {
    client.session.receives(new BasicMethod.Get(1, "q", false));
    assertThat(client.session.asked(Request.Get.class).noAck()).isFalse();
    var delivery = got(false);
    client.session.answerOk(new Request.Got(delivery, 5));
    var ok = client.session.sentOne(BasicContent.GetOk.class);
    assertThat(ok.deliveryTag()).isEqualTo(1);
    assertThat(ok.remaining()).isEqualTo(5);
    assertThat(ok.message()).isSameAs(delivery.message());
    client.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(settled()).containsExactly(new Recorded.Settled(delivery, Outcome.ACCEPTED));
  }

  @Test
  void getWithoutAckLeavesNothingToSettle() {
    client.session.receives(new BasicMethod.Get(1, "q", true));
    client.session.answerOk(new Request.Got(got(true), 0));
    assertThat(client.session.sentOne(BasicContent.GetOk.class).deliveryTag()).isEqualTo(1);
    client.session.receives(new BasicMethod.Ack(1, 1, false));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "unknown delivery tag 1", BasicMethod.Ack.ID);
  }

  @Test
  void getFromAnEmptyQueueIsAnsweredEmpty() {
    client.session.receives(new BasicMethod.Get(1, "q", false));
    client.session.answerOk(new Request.Got(null, 0));
    assertThat(client.session.sent()).containsExactly(new BasicMethod.GetEmpty(1));
  }

  private Delivery got(boolean noAck) {
    var options = new ConsumerOptions("", noAck, false, 0, CreditMode.GRANTED, 1);
    var nobody = new ConsumerRef(client.session.self(), -1, TestClient.queue("q"), options);
    return client.delivery(nobody, "got", 0);
  }

  // ---- ack, nack, reject, recover

  private Delivery[] delivered(int count) {
    var deliveries = client.deliveries(client.consumer(consume("q", "c")), count);
    client.session.deliver(deliveries);
    client.session.sent();
    return deliveries;
  }

  @Test
  void ackSettlesOneOrAllUpToIt() {
    var deliveries = delivered(5);
    client.session.receives(new BasicMethod.Ack(1, 2, false), new BasicMethod.Ack(1, 4, true));
    assertThat(settled())
        .containsExactly(
            new Recorded.Settled(deliveries[1], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[0], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[2], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[3], Outcome.ACCEPTED));
  }

  @Test
  void ackOfTagZeroWithMultipleSettlesEverything() {
    delivered(3);
    client.session.receives(new BasicMethod.Ack(1, 0, true));
    assertThat(settled()).hasSize(3);
    client.session.receives(new BasicMethod.Ack(1, 0, true));
    assertThat(client.session.sent()).as("also when there is nothing").isEmpty();
  }

  @Test
  void anUnknownTagClosesTheChannel() {
    delivered(1);
    client.session.receives(new BasicMethod.Ack(1, 99, false));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "unknown delivery tag 99", BasicMethod.Ack.ID);
    assertThat(settled())
        .as("what was outstanding goes back")
        .extracting(Recorded.Settled::outcome)
        .containsExactly(Outcome.RETURNED);
  }

  @Test
  void aTagTwiceOrZeroOrUnknownWithMultipleClosesTheChannel() {
    for (Amqp091Frame wrong :
        List.of(
            new BasicMethod.Ack(1, 1, false),
            new BasicMethod.Ack(1, 0, false),
            new BasicMethod.Ack(1, 7, true))) {
      var other = TestClient.withChannel();
      other.session.deliver(other.deliveries(other.consumer(consume("q", "c")), 2));
      other.session.receives(new BasicMethod.Ack(1, 1, false));
      other.session.receives(wrong);
      long tag = ((BasicMethod.Ack) wrong).deliveryTag();
      other.assertChannelClosed(
          ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + tag, BasicMethod.Ack.ID);
    }
  }

  @Test
  void nackAndRejectRequeueOrDiscard() {
    delivered(6);
    client.session.receives(
        new BasicMethod.Reject(1, 1, true),
        new BasicMethod.Reject(1, 2, false),
        new BasicMethod.Nack(1, 4, true, true),
        new BasicMethod.Nack(1, 5, false, false));
    assertThat(settled())
        .extracting(Recorded.Settled::outcome)
        .containsExactly(
            Outcome.RETURNED,
            Outcome.REJECTED,
            Outcome.RETURNED,
            Outcome.RETURNED,
            Outcome.REJECTED);
  }

  @Test
  void recoverGivesEverythingBack() {
    delivered(2);
    client.session.receives(new BasicMethod.Recover(1, true));
    assertThat(settled())
        .extracting(Recorded.Settled::outcome)
        .containsExactly(Outcome.RETURNED, Outcome.RETURNED);
    assertThat(client.session.sent()).containsExactly(new BasicMethod.RecoverOk(1));
    client.session.receives(new BasicMethod.RecoverAsync(1, true));
    assertThat(client.session.sent()).as("asynchronous: no answer").isEmpty();
    client.session.receives(new BasicMethod.Recover(1, false));
    client.assertConnectionClosed(
        ReplyCode.NOT_IMPLEMENTED, "requeue=false", BasicMethod.Recover.ID);
  }

  @Test
  void aDeliveryThatIsNotAcknowledgedInTimeClosesTheChannelAndGoesBack() {
    var consumer = client.consumer(consume("q", "mine"));
    var delivery = client.delivery(consumer, "a", 0);
    client.session.deliver(delivery);
    client.session.sent();
    client.session.recorded();
    client.session.timeOut(consumer, 1_800_000);
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms. This"
            + " timeout value can be configured, see consumers doc guide to learn more",
        0);
    assertThat(settled()).containsExactly(new Recorded.Settled(delivery, Outcome.RETURNED));
  }
}
