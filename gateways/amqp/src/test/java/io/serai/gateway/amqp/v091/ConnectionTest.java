package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Outcome;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Credentials;
import io.serai.gateway.amqp.v091.Amqp091Frame.Heartbeat;
import io.serai.gateway.harness.Recorded;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Connections and channels: opening, closing, and what an error closes. */
class ConnectionTest {
  private final TestClient client = TestClient.open();

  private static QueueMethod.Declare passiveDeclare(String queue) {
    return new QueueMethod.Declare(
        1, queue, true, false, false, false, false, Request.noArguments());
  }

  @Test
  void closeIsAnsweredOnceNothingIsLeftAndEndsTheConnection() {
    client.session.receives(new ConnectionMethod.Close(0, 200, "bye", 0, 0));
    assertThat(client.session.sent()).isEmpty();
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sentOne(ConnectionMethod.CloseOk.class)).isNotNull();
    assertThat(client.session.closeReason()).isEqualTo("client_request");
  }

  @Test
  void closeIsAnsweredWithThousandsOfChannelsOpen() {
    for (int number = 1; number <= 2047; number++) {
      client.openChannel(number);
    }
    client.session.receives(new ConnectionMethod.Close(0, 200, "bye", 0, 0));
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sentOne(ConnectionMethod.CloseOk.class)).isNotNull();
  }

  @Test
  void closeIsAnsweredInAVhostThatIsGone() {
    client.session.receives(new ConnectionMethod.Close(0, 200, "bye", 0, 0));
    client.session.refuse(Refusal.NOT_FOUND, "no vhost");
    assertThat(client.session.sentOne(ConnectionMethod.CloseOk.class)).isNotNull();
  }

  @Test
  void aChannelNumberAboveTheNegotiatedOneIsNotAllowed() {
    client.session.receives(new ChannelMethod.Open(2048));
    client.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED,
        "channel number 2048 is higher than the negotiated channel_max (2047)",
        ChannelMethod.Open.ID);
  }

  @Test
  void aMethodOnAChannelThatIsNotOpenEndsTheConnection() {
    client.session.receives(new BasicMethod.Qos(3, 0, 1, false));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR, "expected 'channel.open'", BasicMethod.Qos.ID);
  }

  @Test
  void openingAChannelTwiceEndsTheConnection() {
    client.openChannel(1);
    client.session.receives(new ChannelMethod.Open(1));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen", ChannelMethod.Open.ID);
  }

  @Test
  void channelZeroIsTheConnectionsOwn() {
    client.session.receives(new ChannelMethod.Open(0));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR,
        "unexpected method in connection state running",
        ChannelMethod.Open.ID);
    var third = TestClient.open();
    third.session.receives(new BasicMethod.Qos(0, 0, 1, false));
    third.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR,
        "unexpected method in connection state running",
        BasicMethod.Qos.ID);
    var other = TestClient.withChannel();
    other.session.receives(new ConnectionMethod.Close(1, 200, "", 0, 0));
    other.assertConnectionClosed(
        ReplyCode.COMMAND_INVALID, "unimplemented method", ConnectionMethod.Close.ID);
  }

  @Test
  void aConnectionOpensOnce() {
    client.session.receives(new ConnectionMethod.Open(0, "/", false));
    client.assertConnectionClosed(
        ReplyCode.CHANNEL_ERROR,
        "unexpected method in connection state running",
        ConnectionMethod.Open.ID);
  }

  @Test
  void aReplyTextTooLongForAShortStringEndsWithDots() {
    client.openChannel(1);
    String queue = "ä".repeat(127);
    client.session.receives(passiveDeclare(queue));
    client.session.refuse(Refusal.NOT_FOUND, "no queue '" + queue + "' in vhost '/'");
    var close = client.session.sentOne(ChannelMethod.Close.class);
    assertThat(close.replyText()).startsWith("NOT_FOUND - no queue 'ää").endsWith("ä...");
    assertThat(close.replyText().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(253, 255);
  }

  @Test
  void anAnswerThatComesAfterTheConnectionClosedIsNotSent() {
    client.openChannel(1);
    client.session.receives(TestClient.consume("q", "c1"));
    client.session.shutDown();
    client.session.sentOne(ConnectionMethod.Close.class);
    client.attach();
    assertThat(client.session.sent()).isEmpty();
  }

  @Test
  void aMethodOnlyServersSendIsAnInvalidCommand() {
    client.openChannel(1);
    client.session.receives(new QueueMethod.DeclareOk(1, "q", 0, 0));
    client.assertConnectionClosed(
        ReplyCode.COMMAND_INVALID, "unimplemented method", QueueMethod.DeclareOk.ID);
    var other = TestClient.withChannel();
    other.session.receives(new ChannelMethod.CloseOk(1));
    other.assertConnectionClosed(
        ReplyCode.COMMAND_INVALID, "unimplemented method", ChannelMethod.CloseOk.ID);
  }

  @Test
  void aSoftErrorClosesItsChannelOnlyAndTheNumberCanBeUsedAgain() {
    client.openChannel(1);
    client.openChannel(2);
    client.session.receives(passiveDeclare("x"));
    client.session.refuse(Refusal.NOT_FOUND, "no queue 'x' in vhost '/'");
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no queue 'x' in vhost '/'", QueueMethod.Declare.ID);

    client.session.receives(new BasicMethod.Qos(2, 0, 5, false));
    assertThat(client.session.sentOne(BasicMethod.QosOk.class).channel()).isEqualTo(2);
    client.session.receives(new ChannelMethod.CloseOk(1));
    client.openChannel(1);
  }

  @Test
  void everythingIsDiscardedBetweenCloseAndCloseOk() {
    client.openChannel(1);
    client.session.receives(passiveDeclare("x"));
    client.session.refuse(Refusal.NOT_FOUND, "no queue 'x' in vhost '/'");
    client.session.sent();
    client.session.recorded();

    client.session.receives(
        publish("", "q", "lost"),
        new BasicMethod.Ack(1, 77, false),
        passiveDeclare("y"),
        new BasicContent.TooLarge(1, 5, 4),
        new ChannelMethod.Open(1));
    assertThat(client.session.sent()).isEmpty();
    assertThat(client.session.recorded()).isEmpty();
    assertThat(client.session.closeReason()).isNull();
  }

  @Test
  void aCloseThatCrossesOursIsAnsweredToo() {
    client.openChannel(1);
    client.session.receives(passiveDeclare("x"));
    client.session.refuse(Refusal.NOT_FOUND, "no queue 'x' in vhost '/'");
    client.session.sent();
    client.session.receives(new ChannelMethod.Close(1, 200, "bye", 0, 0));
    assertThat(client.session.sentOne(ChannelMethod.CloseOk.class).channel()).isEqualTo(1);
    client.session.receives(new ChannelMethod.CloseOk(1));
    client.openChannel(1);
  }

  @Test
  void aHardErrorClosesTheConnection() {
    client.openChannel(1);
    client.session.receives(passiveDeclare("x"));
    client.session.refuse(Refusal.INTERNAL_ERROR, "something broke");
    client.assertConnectionClosed(
        ReplyCode.INTERNAL_ERROR, "something broke", QueueMethod.Declare.ID);
  }

  @Test
  void bytesThatAreNoFrameCloseTheConnection() {
    client.session.receivesGarbage(ReplyCode.FRAME_ERROR.because("unknown frame type 9"));
    client.assertConnectionClosed(ReplyCode.FRAME_ERROR, "unknown frame type 9", 0);
  }

  @Test
  void aClosedChannelReturnsWhatWasNotAcknowledgedAndEndsItsConsumers() {
    client.openChannel(1);
    var first = client.consumer(TestClient.consume("a", "c1"));
    var second = client.consumer(TestClient.consume("b", "c2"));
    var deliveries = client.deliveries(first, 3);
    client.session.deliver(deliveries);
    client.session.receives(new BasicMethod.Ack(1, 2, false));
    client.session.sent();
    client.session.recorded();

    client.session.receives(new ChannelMethod.Close(1, 200, "bye", 0, 0));
    assertThat(client.session.recorded())
        .extracting(Object::toString)
        .hasSize(4)
        .satisfiesExactly(
            told -> assertThat(told).startsWith("Told[request=CancelConsumer").contains("tag=c1"),
            asked ->
                assertThat(asked).startsWith("Asked[request=CancelConsumer").contains("tag=c2"),
            settled -> assertThat(settled).contains("sequence=0").endsWith("outcome=RETURNED]"),
            settled -> assertThat(settled).contains("sequence=2").endsWith("outcome=RETURNED]"));
    assertThat(client.session.sent()).as("not before the queues let go").isEmpty();

    var late = client.delivery(second, "late", 0);
    client.session.deliver(late);
    assertThat(client.session.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(late, Outcome.RETURNED));
    client.session.answerOk(Request.Done.DONE);
    assertThat(client.session.sent()).containsExactly(new ChannelMethod.CloseOk(1));
    client.openChannel(1);
  }

  @Test
  void flowIsAcknowledgedWhenItAsksForMoreAndNotImplementedOtherwise() {
    client.openChannel(1);
    client.session.receives(new ChannelMethod.Flow(1, true));
    assertThat(client.session.sentOne(ChannelMethod.FlowOk.class).active()).isTrue();
    client.session.receives(new ChannelMethod.Flow(1, false));
    client.assertConnectionClosed(ReplyCode.NOT_IMPLEMENTED, "active=false", ChannelMethod.Flow.ID);
  }

  @Test
  void aTicketIsGivenToClientsOfOldVersions() {
    client.openChannel(1);
    client.session.receives(new AccessMethod.Request(1, "/data", false, true, true, true, true));
    assertThat(client.session.sentOne(AccessMethod.RequestOk.class).ticket()).isEqualTo(1);
  }

  @Test
  void aNewSecretIsCheckedForTheSameUser() {
    var update =
        new ConnectionMethod.UpdateSecret(0, "new".getBytes(StandardCharsets.UTF_8), "rotated");
    client.session.receives(update);
    assertThat(client.session.recorded(Recorded.Authenticating.class))
        .containsExactly(new Recorded.Authenticating(new Credentials.Plain("guest", "new")));
    client.session.authenticated(new AuthResult.Granted(new Unrestricted("guest")));
    assertThat(client.session.sent()).containsExactly(new ConnectionMethod.UpdateSecretOk(0));

    client.session.receives(update);
    client.session.authenticated(new AuthResult.Denied("wrong"));
    client.assertConnectionClosed(
        ReplyCode.NOT_ALLOWED,
        "New secret was refused by one of the backends",
        ConnectionMethod.UpdateSecret.ID);
  }

  // ---- time, memory, shutdown

  @Test
  void aSilentConnectionSendsHeartbeatsAndOneThatHearsNothingCloses() {
    client.session.idleWriting();
    assertThat(client.session.sent()).containsExactly(Heartbeat.HEARTBEAT);
    client.session.timeOutReading();
    assertThat(client.session.sent()).isEmpty();
    assertThat(client.session.closeReason()).isEqualTo("heartbeat_timeout");
  }

  @Test
  void anEvictedConnectionIsToldWhy() {
    client.session.evict("user 'plant' is deleted");
    assertThat(client.session.sent())
        .containsExactly(
            new ConnectionMethod.Close(
                0, 320, "CONNECTION_FORCED - user 'plant' is deleted", 0, 0));
  }

  @Test
  void blockedPublishersAreToldWhenTheyWantToKnow() {
    client.openChannel(1);
    client.session.blockPublishers("memory");
    client.session.receives(TestClient.publish("", "q", "1"), TestClient.publish("", "q", "2"));
    client.session.unblockPublishers();
    assertThat(client.session.sent())
        .containsExactly(
            new ConnectionMethod.Blocked(0, "memory"), new ConnectionMethod.Unblocked(0));
    var other = TestClient.open(Request.noArguments());
    other.openChannel(1);
    other.session.blockPublishers("memory");
    other.session.receives(TestClient.publish("", "q", "1"));
    other.session.unblockPublishers();
    assertThat(other.session.sent()).isEmpty();
  }

  @Test
  void aConnectionThatDoesNotPublishIsNotToldThatPublishersAreBlocked() {
    client.openChannel(1);
    client.session.receives(TestClient.publish("", "q", "before"));
    client.session.blockPublishers("memory");
    client.session.unblockPublishers();
    client.session.receives(TestClient.publish("", "q", "after"));
    assertThat(client.session.sent()).isEmpty();
  }

  @Test
  void aConnectionThatOpensWhilePublishersAreBlockedIsToldWhenItPublishes() {
    var late = TestClient.connecting();
    late.session.blockPublishers("disk");
    late.logIn(TestClient.ALL_CAPABILITIES, Set.of());
    late.session.receives(
        new ConnectionMethod.TuneOk(0, 0, 0, 0), new ConnectionMethod.Open(0, "/", false));
    assertThat(late.session.sent()).endsWith(new ConnectionMethod.OpenOk(0));
    late.openChannel(1);
    assertThat(late.session.sent()).isEmpty();
    late.session.receives(TestClient.publish("", "q", "1"));
    assertThat(late.session.sent()).containsExactly(new ConnectionMethod.Blocked(0, "disk"));
  }

  @Test
  void shutdownIsSaidInTheProtocolsWords() {
    client.session.shutDown();
    client.assertConnectionClosed(
        ReplyCode.CONNECTION_FORCED, "broker forced connection closure with reason 'shutdown'", 0);
  }

  @Test
  void anErrorOfOursIsAnInternalError() {
    client.session.failInside();
    assertThat(client.session.sent())
        .containsExactly(new ConnectionMethod.Close(0, 541, "INTERNAL_ERROR", 0, 0));
  }
}
