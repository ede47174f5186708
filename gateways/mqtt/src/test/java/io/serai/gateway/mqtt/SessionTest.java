package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.pubAck;
import static io.serai.gateway.mqtt.Client.pubComp;
import static io.serai.gateway.mqtt.Client.pubRec;
import static io.serai.gateway.mqtt.Client.pubRel;
import static io.serai.gateway.mqtt.Client.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRecord;
import io.serai.bus.Unrestricted;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What outlives a connection: session state, in-flight messages, takeover. */
class SessionTest {
  private static final long NOW = 1_700_000_000_000L;

  private static final SubscriptionMatch QOS_2 =
      new SubscriptionMatch("sensor-7", 2, false, false, false, List.of());

  /** The client's connection breaks; what the session left behind. */
  private static SessionRecord leave(Client client) {
    client.harness.disconnect();
    Request.ReleaseSession released = client.released();
    assertThat(released.keep()).isNotNull();
    return released.keep();
  }

  private static Client persistent() {
    return Client.v5().keepingSession();
  }

  private static Client subscribed() {
    Client client = persistent().connected();
    client.subscribe("#", 2);
    client.harness.recorded();
    return client;
  }

  @Test
  void aSessionWithoutExpiryEndsWithItsConnection() {
    Client client = Client.v5().connected();
    client.subscribe("a", 1);
    client.harness.disconnect();
    Request.ReleaseSession released = client.released();
    assertThat(released.keep()).isNull();
    assertThat(released.queue()).isEqualTo("mqtt-session-sensor-7");
    assertThat(released.epoch()).isEqualTo(7);
  }

  @Test
  void a311SessionThatIsNotCleanLastsAsLongAsTheListenerAllows() {
    Client client =
        Client.v311().keepingSession().setting("max-session-expiry", 3_600_000L).connected();
    SessionRecord kept = leave(client);
    assertThat(kept.expiresAtMillis()).isEqualTo(NOW + 3_600_000);
    Client never =
        Client.v311().keepingSession().setting("max-session-expiry", Long.MAX_VALUE).connected();
    assertThat(leave(never).expiresAtMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void connackNamesTheExpiryThatIsShorterThanAsked() {
    Client client =
        Client.v5()
            .setting("max-session-expiry", 60_000L)
            .property(PropertyId.SESSION_EXPIRY_INTERVAL, 3600);
    assertThat(client.welcome().properties().number(PropertyId.SESSION_EXPIRY_INTERVAL, -1))
        .isEqualTo(60);
  }

  @Test
  void disconnectMayChangeTheExpiry() {
    Client client = persistent().connected();
    client.harness.receives(disconnect(0, 60));
    assertThat(leave(client).expiresAtMillis()).isEqualTo(NOW + 60_000);
    Client ended = persistent().connected();
    ended.harness.receives(disconnect(0, 0));
    ended.harness.disconnect();
    assertThat(ended.released().keep()).isNull();
  }

  @Test
  void disconnectMayNotGiveAnExpiryToASessionThatHadNone() {
    Client client = Client.v5().connected();
    client.harness.receives(disconnect(0, 60));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.PROTOCOL_ERROR);
  }

  private static Disconnect disconnect(int reason, long expiry) {
    return new Disconnect(
        reason,
        MqttProperties.builder().number(PropertyId.SESSION_EXPIRY_INTERVAL, expiry).build());
  }

  @Test
  void aResumedSessionIsSaidToBePresentAndReadsItsQueueAgain() {
    Client first = subscribed();
    SessionRecord kept = leave(first);
    Client again = persistent().resuming(kept);
    ConnAck ack = again.welcome();
    assertThat(ack.sessionPresent()).isTrue();
    assertThat(again.consumer().options().noAck()).isFalse();
    assertThat(again.asked).noneMatch(Request.Subscribe.class::isInstance);
    assertThat(again.harness.recorded(Recorded.Granted.class)).hasSize(1);
    again.harness.receives(new MqttFrame.Unsubscribe(1, List.of("#"), MqttProperties.NONE));
    assertThat(again.harness.sentOne(MqttFrame.UnsubAck.class).reasons()).containsExactly(0);
  }

  @Test
  void nothingIsDeliveredBeforeConnack() {
    Client again = persistent().resuming(leave(subscribed()));
    again.harness = null;
    again.start();
    again.harness.answerWith(r -> r instanceof Request.Consume ? null : again.answerOf(r));
    again.harness.receives(again.connect());
    again.harness.authenticated(new io.serai.gateway.AuthResult.Granted(new Unrestricted("guest")));
    Request.Consume consume = again.harness.asked(Request.Consume.class);
    assertThat(consume.options().initialCredit()).isZero();
    assertThat(again.harness.sent()).isEmpty();
    again.harness.answer(again.answerOf(consume));
    assertThat(again.harness.sentOne(ConnAck.class).sessionPresent()).isTrue();
  }

  @Test
  void aSessionWhoseQueueIsGoneStartsAnew() {
    Client again =
        persistent()
            .resuming(leave(subscribed()))
            .answering(r ->
                r instanceof Request.Consume
                    ? Result.refused(Refusal.NOT_FOUND, "no queue")
                    : null);
    assertThat(again.welcome().sessionPresent()).isFalse();
    again.harness.receives(new MqttFrame.Unsubscribe(1, List.of("#"), MqttProperties.NONE));
    assertThat(again.harness.sentOne(MqttFrame.UnsubAck.class).reasons())
        .containsExactly(MqttReason.NO_SUBSCRIPTION_EXISTED);
  }

  @Test
  void cleanStartClaimsTheSessionClean() {
    Client client = Client.v5().connected();
    assertThat(client.asked.getFirst())
        .isInstanceOfSatisfying(
            Request.ClaimSession.class, claim -> assertThat(claim.clean()).isTrue());
  }

  @Test
  void unacknowledgedMessagesKeepTheirPacketIdAndAreMarkedDupOnlyOnResume() {
    Client first = subscribed();
    Message one = message("t", 1, "one");
    Message two = message("t", 2, "two");
    Message three = message("t", 1, "three");
    List<Delivery> sent = first.deliver(2, one, two, three);
    assertThat(first.published().stream().map(Publish::isDup)).containsOnly(false);
    first.harness.receives(pubAck(3, 0)); // out of order: three is done
    SessionRecord kept = leave(first);

    Client again = persistent().resuming(kept);
    again.welcome();
    again.harness.deliver(
        again.delivery(one, QOS_2, sent.get(0).sequence(), 1),
        again.delivery(two, QOS_2, sent.get(1).sequence(), 1),
        again.delivery(message("t", 1, "four"), QOS_2, 50, 0));
    assertThat(again.published().stream().map(p -> p.packetId() + " " + p.isDup()))
        .containsExactly("1 true", "2 true", "3 false");
  }

  @Test
  void unacknowledgedMessagesAreKnownAgainHoweverPrioritiesMixThem() {
    Client first = subscribed();
    Message low = message("t", 2, "low");
    Message high = message("t", 1, "high");
    long urgent = 9L << Delivery.SEQUENCE_BITS;
    first.harness.deliver(
        first.delivery(low, QOS_2, 7, 0), first.delivery(high, QOS_2, urgent | 8, 0));
    assertThat(first.published()).hasSize(2);
    SessionRecord kept = leave(first);

    Client again = persistent().resuming(kept);
    again.welcome();
    again.harness.deliver(
        again.delivery(high, QOS_2, urgent | 8, 1),
        again.delivery(message("t", 1, "new"), QOS_2, urgent | 9, 0),
        again.delivery(low, QOS_2, 7, 1));
    assertThat(again.published().stream().map(p -> p.packetId() + " " + p.isDup()))
        .containsExactly("2 true", "3 false", "1 true");
  }

  @Test
  void aReleasedQos2MessageIsNotSentAgainOnlyItsPubrel() {
    Client first = subscribed();
    first.deliver(2, message("t", 2, "x"));
    first.harness.receives(pubRec(1, 0));
    SessionRecord kept = leave(first);

    Client again = persistent().resuming(kept);
    again.welcome();
    assertThat(again.resumed).containsExactly(pubRel(1));
    again.harness.receives(pubComp(1, 0));
    assertThat(((SessionState) leave(again).state()).outbound()).isEmpty();
  }

  @Test
  void anUnfinishedQos2MessageThatIsGoneFromTheQueueIsReleased() {
    Client first = subscribed();
    List<Delivery> sent = first.deliver(2, message("t", 2, "expires"), message("t", 2, "stays"));
    SessionRecord kept = leave(first);

    Client again = persistent().resuming(kept);
    again.welcome();
    again.harness.deliver(
        again.delivery(message("t", 2, "stays"), QOS_2, sent.get(1).sequence(), 1));
    List<MqttFrame> got = again.harness.sent();
    assertThat(got.getFirst()).isEqualTo(pubRel(1)); // the client may hold id 1
    assertThat(((Publish) got.get(1)).packetId()).isEqualTo(2);
    assertThat(((Publish) got.get(1)).isDup()).isTrue();
  }

  @Test
  void qos2PublishesAreKnownAfterAReconnect() {
    Client first = persistent().connected();
    first.harness.receives(publish("t", 2, 5), publish("t", 2, 6));
    first.harness.receives(pubRel(6));
    SessionRecord kept = leave(first);

    Client again = persistent().resuming(kept);
    again.welcome();
    again.harness.receives(publish("t", 2, 5));
    assertThat(again.harness.sent()).containsExactly(pubRec(5, 0));
    again.harness.receives(pubRel(5), publish("t", 2, 6));
    assertThat(again.harness.recorded(Recorded.Published.class)).hasSize(1);
  }

  @Test
  void unacknowledgedMessagesGoBackToTheirPlaceBeforeTheSessionIsReleased() {
    Client client = subscribed();
    List<Delivery> sent = client.deliver(2, message("t", 1, "x"), message("t", 2, "y"));
    client.harness.receives(pubRec(2, 0)); // y is settled
    client.harness.recorded();
    client.harness.disconnect();
    List<Recorded> what = client.harness.recorded();
    assertThat(what.get(0))
        .isInstanceOfSatisfying(
            Recorded.Asked.class,
            asked -> assertThat(asked.request()).isInstanceOf(Request.CancelConsumer.class));
    assertThat(what.get(1)).isEqualTo(new Recorded.Settled(sent.getFirst(), Outcome.RETURNED));
    assertThat(what.get(2))
        .isInstanceOfSatisfying(
            Recorded.Asked.class,
            asked -> assertThat(asked.request()).isInstanceOf(Request.CheckQueue.class));
    assertThat(what.get(3))
        .isInstanceOfSatisfying(
            Recorded.Told.class,
            told -> assertThat(told.request()).isInstanceOf(Request.ReleaseSession.class));
    assertThat(what).hasSize(4);
  }

  @Test
  void takeoverIsSaidToTheOldConnectionAndReleasesTheSession() {
    Client client = subscribed();
    client.deliver(2, message("t", 1, "x"));
    client.published();
    client.takenOver();
    assertThat(client.harness.sent())
        .containsExactly(
            new Disconnect(MqttReason.SESSION_TAKEN_OVER, MqttProperties.NONE)); // 0x8E
    assertThat(client.harness.closeReason()).isEqualTo("taken_over");
    SessionState state = (SessionState) client.released().keep().state();
    assertThat(state.outbound()).hasSize(1);
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Told.class)).isEmpty(); // released once
  }

  @Test
  void a311ClientThatIsTakenOverIsJustClosed() {
    Client client = Client.v311().connected();
    client.takenOver();
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.released().keep()).isNull();
  }

  @Test
  void deliveriesThatMeetATakeoverGoBackToTheirPlaceBeforeTheSessionIsReleased() {
    Client client = subscribed();
    client.harness.answerWith(r -> r instanceof Request.CancelConsumer ? null : client.answerOf(r));
    client.takenOver();
    client.harness.sent();
    List<Delivery> late = client.deliver(2, message("t", 1, "late"), message("t", 0, "later"));
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.recorded(Recorded.Told.class)).isEmpty();
    client.harness.answerOk(Request.Done.DONE);
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(
            new Recorded.Settled(late.get(0), Outcome.RETURNED),
            new Recorded.Settled(late.get(1), Outcome.RETURNED));
    assertThat(client.released().keep()).isNotNull();
  }

  @Test
  void aSmallerReceiveMaximumOnResumeStillFindsEveryPacketId() {
    Client first = subscribed();
    Message[] messages = new Message[40];
    for (int n = 0; n < messages.length; n++) {
      messages[n] = message("t", 1, "m" + n);
    }
    List<Delivery> sent = first.deliver(2, messages);
    SessionRecord kept = leave(first);

    Client again = persistent().property(PropertyId.RECEIVE_MAXIMUM, 1).resuming(kept);
    again.welcome();
    for (int n = 0; n < messages.length; n++) {
      again.harness.deliver(again.delivery(messages[n], QOS_2, sent.get(n).sequence(), 1));
      Publish publish = again.published().getFirst();
      assertThat(publish.packetId()).isEqualTo(n + 1);
      assertThat(publish.isDup()).isTrue();
      again.harness.receives(pubAck(n + 1, 0));
    }
    assertThat(((SessionState) leave(again).state()).outbound()).isEmpty();
  }
}
