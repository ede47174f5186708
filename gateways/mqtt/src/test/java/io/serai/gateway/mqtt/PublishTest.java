package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.pubAck;
import static io.serai.gateway.mqtt.Client.pubComp;
import static io.serai.gateway.mqtt.Client.pubRec;
import static io.serai.gateway.mqtt.Client.pubRel;
import static io.serai.gateway.mqtt.Client.publish;
import static io.serai.gateway.mqtt.Client.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.PubAck;
import io.serai.gateway.mqtt.MqttFrame.PubRec;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Address;
import io.serai.model.Body;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What clients publish, and how it is acknowledged. */
class PublishTest {
  private static List<Recorded.Published> routed(Client client) {
    return client.harness.recorded(Recorded.Published.class);
  }

  private static long token(Client client) {
    return routed(client).getFirst().token();
  }

  @Test
  void aTopicIsAnAddressOnTheTopicExchange() {
    Client client = Client.v311().connected();
    client.harness.receives(publish("plant/1/temp", 0, 0));
    Recorded.Published published = routed(client).getFirst();
    assertThat(published.message().address()).isEqualTo(topic("plant/1/temp"));
    assertThat(published.message().address().exchange()).isEqualTo("amq.topic");
    assertThat(published.message().origin().clientId()).isEqualTo("sensor-7");
    assertThat(published.message().origin().protocol()).isEqualTo("mqtt-3.1.1");
    assertThat(published.flags()).isZero();
    assertThat(client.harness.sent()).isEmpty();
  }

  @Test
  void theRetainFlagAsksForTheMessageToBeKept() {
    Client client = Client.v311().connected();
    client.harness.receives(publish("state", 1, 1, true));
    assertThat(routed(client).getFirst().flags()).isEqualTo(Publisher.RETAIN | Publisher.CONFIRM);
  }

  @Test
  void qos1IsAcknowledgedOnlyAfterTheBrokerHasConfirmedIt() {
    Client client = Client.v5().connected();
    client.harness.receives(publish("t", 1, 12));
    assertThat(client.harness.sent()).isEmpty();
    client.harness.confirm(true, token(client));
    assertThat(client.harness.sent()).containsExactly(pubAck(12, 0));
  }

  @Test
  void acknowledgementsLeaveInTheOrderThePublishesCame() {
    Client client = Client.v311().connected();
    client.harness.receives(
        publish("t", 1, 5), publish("t", 2, 3), publish("t", 1, 9), publish("t", 1, 1));
    List<Long> tokens = routed(client).stream().map(Recorded.Published::token).toList();
    client.harness.confirm(true, tokens.get(1), tokens.get(2));
    assertThat(client.harness.sent()).isEmpty();
    client.harness.confirm(true, tokens.get(0));
    assertThat(client.harness.sent()).containsExactly(pubAck(5, 0), pubRec(3, 0), pubAck(9, 0));
    client.harness.confirm(true, tokens.get(3));
    assertThat(client.harness.sent()).containsExactly(pubAck(1, 0));
  }

  @Test
  void unroutableQos1PublishGetsNoMatchingSubscribers() {
    Client client = Client.v5().connected();
    client.harness.routeWith(_ -> PublishResult.UNROUTABLE);
    client.harness.receives(publish("plant/1/temp", 1, 12), publish("plant/1/temp", 2, 13));
    assertThat(client.harness.sent())
        .containsExactly(
            pubAck(12, MqttReason.NO_MATCHING_SUBSCRIBERS), // 0x10, MQTT 5.0 §3.4.2.1
            pubRec(13, 0));
  }

  @Test
  void aPublishTheUserMayNotMakeIsRefusedWithNotAuthorized() {
    Client client = Client.v5().connected();
    client.harness.routeWith(_ -> PublishResult.DENIED);
    client.harness.receives(publish("secret", 0, 0), publish("secret", 1, 1));
    PubAck ack = client.harness.sentOne(PubAck.class);
    assertThat(ack.reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
    assertThat(ack.properties().has(PropertyId.REASON_STRING)).isTrue();
    client.harness.receives(publish("secret", 2, 2), pubRel(2));
    assertThat(client.harness.sent().stream().map(Object::getClass).toList())
        .hasSize(2)
        .first()
        .isEqualTo(PubRec.class);
  }

  @Test
  void whyAPublishIsRefusedIsKeptToItselfWhereTheListenerSaysSo() {
    Client client = Client.v5().setting("reveal-reasons", false).connected();
    client.harness.routeWith(_ -> PublishResult.DENIED);
    client.harness.receives(publish("secret", 1, 1));
    assertThat(client.harness.sent())
        .containsExactly(new PubAck(1, MqttReason.UNSPECIFIED_ERROR, MqttProperties.NONE));
  }

  @Test
  void a311ClientLearnsNothingOfAPublishItMayNotMake() {
    Client client = Client.v311().connected(); // MQTT-3.3.5-2: acknowledge or close
    client.harness.routeWith(_ -> PublishResult.DENIED);
    client.harness.receives(publish("secret", 1, 1));
    assertThat(client.harness.sentOne(PubAck.class).packetId()).isEqualTo(1);
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void noReasonStringGoesToAClientThatWantsNoProblemInformation() {
    Client client = Client.v5().property(PropertyId.REQUEST_PROBLEM_INFORMATION, 0).connected();
    client.harness.routeWith(_ -> PublishResult.DENIED);
    client.harness.receives(publish("secret", 1, 1));
    assertThat(client.harness.sent()).containsExactly(pubAck(1, MqttReason.NOT_AUTHORIZED));
  }

  @Test
  void aReasonStringThatMakesThePacketTooLargeIsLeftOut() {
    Client client = Client.v5().property(PropertyId.MAXIMUM_PACKET_SIZE, 20).connected();
    client.harness.routeWith(_ -> PublishResult.DENIED);
    client.harness.receives(publish("secret", 1, 1));
    assertThat(client.harness.sent()).containsExactly(pubAck(1, MqttReason.NOT_AUTHORIZED));
  }

  @Test
  void aFullQueueIsQuotaExceeded() {
    Client client = Client.v5().connected();
    client.harness.receives(publish("t", 1, 1), publish("t", 2, 2));
    List<Recorded.Published> published = routed(client);
    client.harness.confirm(false, published.get(0).token(), published.get(1).token());
    List<MqttFrame> sent = client.harness.sent();
    assertThat(((PubAck) sent.get(0)).reason()).isEqualTo(MqttReason.QUOTA_EXCEEDED);
    assertThat(((PubRec) sent.get(1)).reason()).isEqualTo(MqttReason.QUOTA_EXCEEDED);
    // The refused QoS 2 id is free again: the same id is a new publish.
    client.harness.receives(publish("t", 2, 2));
    assertThat(routed(client)).hasSize(1);
  }

  @Test
  void aPublishThatAsksForItsRouteIsNotDeliveredNorKept() {
    Client client = Client.v5().connected();
    client.harness.receives(asking("true", true), asking("false", true), publish("t", 1, 3));
    assertThat(routed(client).stream().map(Recorded.Published::flags))
        .containsExactly(
            Publisher.EXPLAIN | Publisher.CONFIRM,
            Publisher.RETAIN | Publisher.CONFIRM,
            Publisher.CONFIRM);
  }

  private static Publish asking(String value, boolean isRetain) {
    MqttProperties properties =
        MqttProperties.builder()
            .text(PropertyId.RESPONSE_TOPIC, "answers")
            .user("x-route-explain", value)
            .build();
    byte[] bytes = new byte[PropertiesCodec.length(properties)];
    PropertiesCodec.writeAll(properties, Unpooled.wrappedBuffer(bytes).clear());
    return new Publish(
        Client.topic("t"),
        MqttEncoding.of(1, isRetain, -1, bytes),
        Body.ofUtf8("x"),
        1,
        false,
        isRetain,
        value.length(),
        0,
        List.of(),
        -1);
  }

  @Test
  void everyPacketIdMayBeUnderWayAndSentAgain() {
    Client client = Client.v311().connected();
    MqttFrame[] all =
        IntStream.rangeClosed(1, 65_535)
            .mapToObj(id -> publish("t", 2, id))
            .toArray(MqttFrame[]::new);
    client.harness.receives(all);
    List<Recorded.Published> published = routed(client);
    assertThat(published).hasSize(65_535);
    client.harness.receives(all);
    assertThat(client.harness.sent()).as("no answer is known yet").isEmpty();
    client.harness.confirm(true, published.get(0).token());
    assertThat(client.harness.sent()).containsExactly(pubRec(1, 0));
    client.harness.receives(publish("t", 2, 1), publish("t", 2, 2));
    assertThat(client.harness.sent()).containsExactly(pubRec(1, 0));
    assertThat(routed(client)).isEmpty();
  }

  @Test
  void aPublisherIsToldThatAQueueHadItsMessageBefore() {
    Client client = Client.v5().connected();
    client.harness.receives(publish("t", 1, 1), publish("t", 1, 2));
    List<Recorded.Published> published = routed(client);
    client.harness.event(out -> client.session().onRepeat(published.get(0).token(), out));
    client.harness.confirm(true, published.get(0).token(), published.get(1).token());
    List<MqttFrame> sent = client.harness.sent();
    assertThat(((PubAck) sent.get(0)).reason()).isZero();
    assertThat(((PubAck) sent.get(0)).properties().text(PropertyId.REASON_STRING))
        .isEqualTo("a queue had this message before");
    assertThat(sent.get(1)).isEqualTo(Client.pubAck(2, 0));
  }

  @Test
  void aPublishWhoseQueuesAreGoneBeforeItCouldGoOnMatchesNobody() {
    Client client = Client.v5().connected();
    client.harness.receives(publish("t", 1, 1), publish("t", 2, 2), publish("t", 1, 3));
    List<Recorded.Published> published = routed(client);
    for (int i = 0; i < 2; i++) {
      long token = published.get(i).token();
      client.harness.event(out -> client.session().onUnrouted(token, out));
    }
    client.harness.confirm(true, published.get(2).token());
    assertThat(client.harness.sent())
        .containsExactly(Client.pubAck(1, 0x10), pubRec(2, 0), Client.pubAck(3, 0));
  }

  @Test
  void a311ClientWhosePublishHasNoQueueAnyMoreIsAcknowledged() {
    Client client = Client.v311().connected();
    client.harness.receives(publish("t", 1, 1));
    long token = token(client);
    client.harness.event(out -> client.session().onUnrouted(token, out));
    assertThat(client.harness.sent()).containsExactly(Client.pubAck(1, 0x10)); // on the wire as 0
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void a311ClientWhosePublishAQueueRefusedIsClosedSoThatItSendsAgain() {
    Client client = Client.v311().connected();
    client.harness.receives(publish("t", 1, 1));
    client.harness.confirm(false, token(client));
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.closeReason()).isEqualTo("publish_refused");
  }

  @Test
  void qos2IsPublishedOnceHoweverOftenItIsSent() {
    Client client = Client.v5().connected();
    client.harness.receives(publish("t", 2, 4));
    long token = token(client);
    client.harness.receives(publish("t", 2, 4)); // before PUBREC
    assertThat(client.harness.sent()).isEmpty();
    client.harness.confirm(true, token);
    assertThat(client.harness.sent()).containsExactly(pubRec(4, 0));
    client.harness.receives(publish("t", 2, 4)); // the client lost our PUBREC
    assertThat(client.harness.sent()).containsExactly(pubRec(4, 0));
    assertThat(routed(client)).isEmpty();
    client.harness.receives(pubRel(4));
    assertThat(client.harness.sent()).containsExactly(pubComp(4, 0));
    client.harness.receives(publish("t", 2, 4)); // released: a new message
    assertThat(routed(client)).hasSize(1);
  }

  @Test
  void pubrelOfAnUnknownPacketIsAnsweredAllTheSame() {
    Client client = Client.v5().connected();
    client.harness.receives(pubRel(77));
    assertThat(client.harness.sent()).containsExactly(pubComp(77, 0));
  }

  @Test
  void morePublishesThanTheReceiveMaximumEndTheConnection() {
    Client client = Client.v5().setting("receive-maximum", 2).connected();
    client.harness.receives(publish("t", 1, 1), publish("t", 2, 2));
    assertThat(client.harness.closeReason()).isNull();
    client.harness.receives(publish("t", 0, 0)); // QoS 0 does not count
    assertThat(client.harness.closeReason()).isNull();
    client.harness.receives(publish("t", 1, 3));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.RECEIVE_MAXIMUM_EXCEEDED);
  }

  @Test
  void asManyPublishesAsTheReceiveMaximumAreTaken() {
    Client client = Client.v5().setting("receive-maximum", 3).connected();
    client.harness.receives(publish("t", 2, 1), publish("t", 2, 2), publish("t", 1, 3));
    assertThat(client.harness.closeReason()).isNull();
    routed(client).forEach(published -> client.harness.confirm(true, published.token()));
    client.harness.receives(publish("t", 1, 3)); // 3 was acknowledged, 1 and 2 are not released
    assertThat(client.harness.closeReason()).isNull();
    client.harness.receives(publish("t", 1, 4));
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  @Test
  void aQos2PublishCountsUntilItIsReleased() {
    Client client = Client.v5().setting("receive-maximum", 1).connected();
    client.harness.receives(publish("t", 2, 1));
    client.harness.confirm(true, token(client));
    client.harness.receives(pubRel(1));
    client.harness.receives(publish("t", 1, 2));
    client.harness.confirm(true, token(client));
    assertThat(client.harness.sent()).containsExactly(pubRec(1, 0), pubComp(1, 0), pubAck(2, 0));
    client.harness.receives(publish("t", 2, 3));
    client.harness.confirm(true, token(client));
    client.harness.receives(publish("t", 1, 4)); // 3 is not released
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  private static Publish aliased(@Nullable Address address, int alias) {
    return new Publish(
        address,
        MqttEncoding.plain(0, false),
        Body.ofUtf8("x"),
        0,
        false,
        false,
        0,
        alias,
        List.of(),
        -1);
  }

  @Test
  void aTopicAliasStandsForItsTopic() {
    Client client = Client.v5().setting("topic-alias-maximum", 2).connected();
    client.harness.receives(
        aliased(topic("a"), 1),
        aliased(topic("b"), 2),
        aliased(null, 1),
        aliased(topic("c"), 1),
        aliased(null, 1),
        aliased(null, 2));
    assertThat(routed(client).stream().map(p -> p.message().topic().toString()))
        .containsExactly("a", "b", "a", "c", "c", "b");
  }

  @Test
  void aTopicAliasAboveTheMaximumIsInvalid() {
    Client client = Client.v5().setting("topic-alias-maximum", 2).connected();
    client.harness.receives(aliased(topic("a"), 3));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.TOPIC_ALIAS_INVALID);
  }

  @Test
  void anAliasThatWasNeverSetUpIsAProtocolError() {
    Client client = Client.v5().connected();
    client.harness.receives(aliased(null, 1));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.PROTOCOL_ERROR);
  }

  @Test
  void aQueueTopicReachesTheQueueThroughTheDefaultExchange() {
    Client client = Client.v5().connected();
    client.harness.receives(publish("$queue/replies.1", 0, 0), publish("$queue/a%2Fb", 0, 0));
    List<Recorded.Published> published = routed(client);
    assertThat(published.get(0).message().address()).isEqualTo(Address.ofQueue("replies.1"));
    assertThat(published.get(1).message().address()).isEqualTo(Address.ofQueue("a/b"));
  }

  @Test
  void brokerTopicsAreNotForClientsToWrite() {
    Client client = Client.v5().connected();
    client.harness.receives(
        publish("$SYS/broker/uptime", 0, 0), publish("$SYS/broker/uptime", 1, 1));
    assertThat(client.harness.sentOne(PubAck.class).reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
    assertThat(routed(client)).isEmpty();
    client.harness.receives(
        publish("$other/topic", 0, 0), publish("$SYS/broker/connection/b/state", 0, 0));
    assertThat(routed(client)).hasSize(2);
  }

  /** Ids that the client has forgotten about once ended every later connection with 0x93. */
  @Test
  void whatAnEarlierConnectionDidNotReleaseTakesNoPlace() {
    Client first = Client.v5().keepingSession().setting("receive-maximum", 2).connected();
    first.harness.receives(publish("t", 2, 1), publish("t", 2, 2));
    first.harness.disconnect();
    Client again = Client.v5().keepingSession().setting("receive-maximum", 2);
    again.resuming(first.released().keep()).connected();
    again.harness.receives(publish("t", 2, 3), publish("t", 1, 4));
    assertThat(again.harness.closeReason()).isNull();
    assertThat(routed(again)).hasSize(2);
  }

  @Test
  void aQos2PublishSentAgainOnANewConnectionTakesAPlace() {
    Client first = Client.v5().keepingSession().setting("receive-maximum", 2).connected();
    first.harness.receives(publish("t", 2, 1), publish("t", 2, 2));
    first.harness.disconnect();
    Client again = Client.v5().keepingSession().setting("receive-maximum", 2);
    again.resuming(first.released().keep()).connected();
    again.harness.receives(publish("t", 2, 1), publish("t", 2, 2), publish("t", 2, 1));
    assertThat(again.harness.sent()).containsExactly(pubRec(1, 0), pubRec(2, 0), pubRec(1, 0));
    again.harness.receives(publish("t", 1, 3));
    assertThat(again.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.RECEIVE_MAXIMUM_EXCEEDED);
  }

  @Test
  void releasingWhatIsNotAcknowledgedYetMakesNoRoomForMore() {
    Client client = Client.v5().setting("receive-maximum", 3).connected();
    for (int n = 0; n < 3; n++) {
      client.harness.receives(publish("t", 2, 1), pubRel(1)); // no PUBREC came in between
      assertThat(client.harness.closeReason()).isNull();
    }
    client.harness.receives(publish("t", 2, 1));
    assertThat(client.harness.closeReason()).isEqualTo("protocol_error");
  }

  /** It would be kept under the queue's name as a topic, whoever may write to that. */
  @Test
  void whatGoesToAQueueIsNotRetained() {
    Client client = Client.v5().connected();
    client.harness.receives(
        publish("$queue/secret.door", 0, 0, true), publish("$queue/secret.door", 1, 1, true));
    assertThat(routed(client).stream().map(Recorded.Published::flags))
        .containsExactly(0, Publisher.CONFIRM);
  }
}
