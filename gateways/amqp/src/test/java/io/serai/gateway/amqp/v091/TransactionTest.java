package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.consume;
import static io.serai.gateway.amqp.v091.TestClient.mandatory;
import static io.serai.gateway.amqp.v091.TestClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.HeldBytes;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.harness.Recorded;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Class tx: publishes and acknowledgements held back until commit. */
class TransactionTest {
  private final TestClient client = TestClient.withChannel();

  private void select() {
    client.session.receives(new TxMethod.Select(1));
    client.session.sentOne(TxMethod.SelectOk.class);
    client.session.recorded();
  }

  /** What really went out, without the questions whether it may. */
  private List<Recorded.Published> published() {
    return client.session.recorded(Recorded.Published.class).stream()
        .filter(one -> (one.flags() & Publisher.CHECK) == 0)
        .toList();
  }

  private List<Recorded.Settled> settled() {
    return client.session.recorded(Recorded.Settled.class);
  }

  private void commit() {
    client.session.receives(new TxMethod.Commit(1));
  }

  // ---- publishing

  @Test
  void publishesAreHeldUntilCommitAndCommitOkFollowsWhenTheyAreStored() {
    select();
    client.session.receives(publish("", "a", "1"), publish("", "b", "2"));
    assertThat(published()).isEmpty();
    commit();
    var published = published();
    assertThat(published).extracting(p -> p.message().body().toUtf8()).containsExactly("1", "2");
    assertThat(client.session.recorded(Recorded.Committed.class)).as("as one").hasSize(1);
    assertThat(client.session.sent()).isEmpty();
    client.session.commit(true);
    assertThat(client.session.sent()).containsExactly(new TxMethod.CommitOk(1));
  }

  @Test
  void anEmptyTransactionIsCommittedAtOnce() {
    select();
    commit();
    commit();
    assertThat(client.session.sent())
        .containsExactly(new TxMethod.CommitOk(1), new TxMethod.CommitOk(1));
  }

  @Test
  void rollbackForgetsWhatWasPublished() {
    select();
    client.session.receives(publish("", "a", "1"), new TxMethod.Rollback(1));
    assertThat(client.session.sent()).containsExactly(new TxMethod.RollbackOk(1));
    commit();
    assertThat(published()).isEmpty();
    assertThat(client.session.sent()).containsExactly(new TxMethod.CommitOk(1));
  }

  @Test
  void aMandatoryMessageThatNobodyTakesComesBackBeforeCommitOk() {
    select();
    client.session.routeWith(_ -> PublishResult.UNROUTABLE);
    client.session.receives(mandatory("logs", "x", "hello"));
    assertThat(client.session.sent()).isEmpty();
    commit();
    client.session.commit(true);
    var sent = client.session.sent();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0)).isInstanceOf(BasicContent.Return.class);
    assertThat(sent.get(1)).isEqualTo(new TxMethod.CommitOk(1));
  }

  @Test
  void publishingToAMissingExchangeIsRefusedAtOnce() {
    select();
    client.session.routeWith(_ -> PublishResult.NO_EXCHANGE);
    client.session.receives(publish("nope", "x", "1"));
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no exchange 'nope' in vhost '/'", BasicContent.PUBLISH);
  }

  @Test
  void aCommitChangesNothingWhenOneOfItsExchangesIsGone() {
    var consumer = client.consumer(consume("q", "c1"));
    select();
    client.session.deliver(client.deliveries(consumer, 1));
    client.session.receives(
        new BasicMethod.Ack(1, 1, false), publish("here", "x", "1"), publish("gone", "x", "2"));
    client.session.sent();
    client.session.routeWith(message ->
        message.address().exchange().equals("gone")
            ? PublishResult.NO_EXCHANGE
            : PublishResult.ROUTED);
    client.session.recorded();
    commit();
    assertThat(published()).isEmpty();
    assertThat(settled()).extracting(Recorded.Settled::outcome).containsExactly(Outcome.RETURNED);
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no exchange 'gone' in vhost '/'", TxMethod.Commit.ID);
  }

  @Test
  void aMessageThatAQueueRefusesMakesTheCommitFail() {
    select();
    client.session.receives(publish("", "a", "1"), publish("", "b", "2"));
    commit();
    client.session.commit(false);
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "commit refused: a queue is full, or a delivery is not this channel's any more;"
            + " nothing was published or acknowledged",
        TxMethod.Commit.ID);
  }

  @Test
  void aClientThatDoesNotWaitGetsItsCommitsAnsweredInOrder() {
    select();
    client.session.receives(publish("", "a", "1"));
    commit();
    client.session.receives(publish("", "a", "2"));
    commit();
    commit();
    assertThat(client.session.recorded(Recorded.Committed.class)).hasSize(3);
    client.session.commit(true);
    assertThat(client.session.sent()).containsExactly(new TxMethod.CommitOk(1));
    client.session.commit(true);
    client.session.commit(true);
    assertThat(client.session.sent())
        .containsExactly(new TxMethod.CommitOk(1), new TxMethod.CommitOk(1));
  }

  @Test
  void whatATransactionHoldsIsBounded() {
    select();
    var large = publish("", "a", "x".repeat(1024 * 1024));
    for (int i = 0; i < HeldBytes.MAX / (1024 * 1024) - 1; i++) {
      client.session.receives(large);
    }
    assertThat(client.session.sent()).isEmpty();
    client.session.receives(large);
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "the connection's transactions hold more than 134217728 bytes of messages",
        BasicContent.PUBLISH);
  }

  @Test
  void whatAllTransactionsOfAConnectionHoldIsBounded() {
    select();
    client.session.receives(new ChannelMethod.Open(2), new TxMethod.Select(2));
    client.session.sent();
    var half = publish("", "a", "x".repeat((int) HeldBytes.MAX / 2 - 2_000));
    var others = new Publish(2, half.address(), false, false, half.encoding(), half.body());
    client.session.receives(half, others);
    assertThat(client.session.sent()).isEmpty();
    client.session.receives(new TxMethod.Rollback(2), others);
    assertThat(client.session.sent())
        .as("what is given up is free")
        .containsExactly(new TxMethod.RollbackOk(2));
    client.session.receives(new ChannelMethod.Close(2, 200, "", 0, 0), new ChannelMethod.Open(2));
    client.session.receives(new TxMethod.Select(2), others);
    client.session.sent();
    client.session.receives(half);
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "the connection's transactions hold more than 134217728 bytes of messages",
        BasicContent.PUBLISH);
  }

  // ---- acknowledging

  @Test
  void acknowledgementsAreHeldUntilCommit() {
    var consumer = client.consumer(consume("q", "c1"));
    select();
    var deliveries = client.deliveries(consumer, 4);
    client.session.deliver(deliveries);
    client.session.receives(
        new BasicMethod.Ack(1, 2, true),
        new BasicMethod.Nack(1, 3, false, true),
        new BasicMethod.Reject(1, 4, false));
    assertThat(settled()).isEmpty();
    client.session.sent();
    commit();
    assertThat(settled())
        .containsExactly(
            new Recorded.Settled(deliveries[0], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[1], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[2], Outcome.RETURNED),
            new Recorded.Settled(deliveries[3], Outcome.REJECTED));
    client.session.commit(true);
    assertThat(client.session.sent()).containsExactly(new TxMethod.CommitOk(1));
  }

  @Test
  void aTagCannotBeAcknowledgedTwiceInATransaction() {
    var consumer = client.consumer(consume("q", "c1"));
    select();
    client.session.deliver(client.deliveries(consumer, 1));
    client.session.receives(new BasicMethod.Ack(1, 1, false), new BasicMethod.Ack(1, 1, false));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "unknown delivery tag 1", BasicMethod.Ack.ID);
    assertThat(settled())
        .as("not committed")
        .extracting(Recorded.Settled::outcome)
        .containsExactly(Outcome.RETURNED);
  }

  @Test
  void afterRollbackDeliveriesAreOutstandingAgainUnderTheirTags() {
    var consumer = client.consumer(consume("q", "c1"));
    select();
    var deliveries = client.deliveries(consumer, 3);
    client.session.deliver(deliveries);
    client.session.receives(
        new BasicMethod.Ack(1, 2, false),
        new BasicMethod.Nack(1, 1, false, false),
        new TxMethod.Rollback(1));
    assertThat(settled()).as("and are not delivered anew").isEmpty();
    client.session.receives(new BasicMethod.Ack(1, 3, true));
    commit();
    assertThat(settled())
        .containsExactly(
            new Recorded.Settled(deliveries[0], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[1], Outcome.ACCEPTED),
            new Recorded.Settled(deliveries[2], Outcome.ACCEPTED));
  }

  @Test
  void aLimitOverTheChannelCountsWhatIsNotCommitted() {
    client.session.receives(new BasicMethod.Qos(1, 0, 1, true));
    client.session.sent();
    var consumer = client.consumer(consume("q", "c1"));
    select();
    client.session.ready(consumer);
    assertThat(client.session.recorded(Recorded.Granted.class)).hasSize(1);
    client.session.deliver(client.deliveries(consumer, 1));
    client.session.ready(consumer);
    client.session.receives(new BasicMethod.Ack(1, 1, false));
    assertThat(client.session.recorded(Recorded.Granted.class)).isEmpty();
    commit();
    assertThat(client.session.recorded(Recorded.Granted.class)).hasSize(1);
  }

  @Test
  void aClosedChannelReturnsWhatWasAcknowledgedAndNotCommitted() {
    var consumer = client.consumer(consume("q", "c1"));
    select();
    client.session.deliver(client.deliveries(consumer, 2));
    client.session.receives(
        new BasicMethod.Ack(1, 1, false), new ChannelMethod.Close(1, 200, "", 0, 0));
    assertThat(settled())
        .extracting(Recorded.Settled::outcome)
        .containsExactly(Outcome.RETURNED, Outcome.RETURNED);
  }

  // ---- modes

  @Test
  void commitAndRollbackNeedATransaction() {
    commit();
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "channel is not transactional", TxMethod.Commit.ID);
    var other = TestClient.withChannel();
    other.session.receives(new TxMethod.Rollback(1));
    other.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "channel is not transactional", TxMethod.Rollback.ID);
  }

  @Test
  void aChannelConfirmsOrIsTransactional() {
    select();
    client.session.receives(new TxMethod.Select(1));
    client.session.sentOne(TxMethod.SelectOk.class);
    client.session.receives(new ConfirmMethod.Select(1, false));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "cannot switch from tx to confirm mode",
        ConfirmMethod.Select.ID);
    var other = TestClient.withChannel();
    other.session.receives(new ConfirmMethod.Select(1, false), new TxMethod.Select(1));
    other.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode", TxMethod.Select.ID);
  }

  /** The one way a channel can close while it waits: a queue refuses what it committed. */
  @Test
  void whatAClosedChannelIsGivenLateGoesBack() {
    select();
    client.session.receives(publish("", "a", "1"));
    commit();
    client.session.receives(consume("q", "c1"));
    client.session.commit(false);
    client.session.recorded();
    client.attach();
    assertThat(client.session.recorded(Recorded.Told.class))
        .singleElement()
        .satisfies(told -> assertThat(told.toString()).contains("CancelConsumer", "tag=c1"));
  }
}
