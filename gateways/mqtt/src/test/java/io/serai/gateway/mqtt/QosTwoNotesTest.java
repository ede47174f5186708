package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.pubComp;
import static io.serai.gateway.mqtt.Client.pubRec;
import static io.serai.gateway.mqtt.Client.pubRel;
import static io.serai.gateway.mqtt.Client.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishOnce;
import io.serai.bus.Request;
import io.serai.bus.SessionItem;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionNotes;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** QoS 2 in a session that outlives its connection, and the node ending between any two packets. */
class QosTwoNotesTest {
  private final StoreOfNotes store = new StoreOfNotes();

  private static Client subscribed() {
    Client client = Client.v5().keepingSession().connected();
    client.subscribe("t", 2);
    return client;
  }

  private Client crashed(Client client) {
    return store.restarted(client).connected();
  }

  private static SubscriptionMatch match() {
    return new SubscriptionMatch("sensor-7", 2, false, false, false, List.of());
  }

  // ---- what the client gets

  @Test
  void aMessageIsSentOnceItsPacketIdIsNotedAndWhatComesBehindItStaysBehindIt() {
    Client client = subscribed();
    client.harness.holdNotes();
    client.deliver(2, message("t", 2, "a"), message("t", 1, "b"), message("t", 2, "c"));
    assertThat(client.harness.sent()).isEmpty();
    client.harness.syncNotes();
    assertThat(client.published())
        .extracting(it -> new String(it.body().toByteArray()))
        .containsExactly("a", "b", "c");
  }

  @Test
  void pubrelFollowsOnceItIsNotedBesideTheSettledMessage() {
    Client client = subscribed();
    Delivery delivery = client.deliver(2, message("t", 2, "a")).getFirst();
    int id = client.published().getFirst().packetId();
    client.harness.recorded();
    client.harness.holdNotes();
    client.harness.receives(pubRec(id, 0), pubRec(id, 0));
    assertThat(client.harness.sent()).isEmpty();
    List<Recorded> caused = client.harness.recorded();
    assertThat(caused).contains(new Recorded.Settled(delivery, Outcome.ACCEPTED));
    assertThat(caused)
        .filteredOn(Recorded.Noted.class::isInstance)
        .singleElement()
        .satisfies(it ->
            assertThat(((Recorded.Noted) it).beside()).isEqualTo(delivery.consumer().queue()));
    client.harness.syncNotes();
    assertThat(client.harness.sent()).containsExactly(pubRel(id));
  }

  @Test
  void aPacketIdIsNotUsedAgainBeforeItsEndIsNoted() {
    Client client = subscribed();
    client.deliver(2, message("t", 2, "a"));
    int id = client.published().getFirst().packetId();
    client.harness.receives(pubRec(id, 0));
    client.harness.sent();
    client.harness.holdNotes();
    client.harness.receives(pubComp(id, 0), pubRec(id, 0));
    // To the client it is over: whatever it still says gets the answer that ends it.
    assertThat(client.harness.sent()).containsExactly(pubRel(id));
    assertThat(store.take(client).isEmpty()).isTrue();
  }

  @Test
  void killedBetweenPublishAndPubrecTheSamePacketIdComesAgainAsDuplicate() {
    Client before = subscribed();
    before.deliver(2, message("t", 2, "a"), message("t", 2, "b"), message("t", 2, "c"));
    int id = before.published().get(2).packetId();
    Client client = crashed(before);
    client.harness.deliver(
        client.delivery(message("t", 2, "a"), match(), 0, 1),
        client.delivery(message("t", 2, "b"), match(), 1, 1),
        client.delivery(message("t", 2, "c"), match(), 2, 1));
    List<Publish> again = client.published();
    assertThat(again).hasSize(3).allMatch(Publish::isDup);
    assertThat(again.getLast().packetId()).isEqualTo(id);
  }

  @Test
  void killedBetweenPubrecAndPubcompOnlyPubrelComesAgain() {
    Client before = subscribed();
    before.deliver(2, message("t", 2, "a"), message("t", 2, "b"));
    List<Publish> sent = before.published();
    before.harness.receives(
        pubRec(sent.get(1).packetId(), 0), pubRec(sent.getFirst().packetId(), 0));
    Client client = crashed(before);
    assertThat(client.resumed)
        .containsExactlyInAnyOrder(pubRel(sent.get(0).packetId()), pubRel(sent.get(1).packetId()));
    client.harness.receives(pubComp(sent.get(0).packetId(), 0), pubComp(sent.get(1).packetId(), 0));
    assertThat(store.take(client).isEmpty()).isTrue();
  }

  @Test
  void killedAfterPubcompNothingIsLeft() {
    Client before = subscribed();
    before.deliver(2, message("t", 2, "a"));
    int id = before.published().getFirst().packetId();
    before.harness.receives(pubRec(id, 0), pubComp(id, 0));
    assertThat(crashed(before).resumed).isEmpty();
  }

  @Test
  void aMessageThatIsGoneWhenTheNodeIsBackIsReleased() {
    Client before = subscribed();
    before.deliver(2, message("t", 2, "expires"));
    int id = before.published().getFirst().packetId();
    Client client = crashed(before);
    client.harness.deliver(client.delivery(message("t", 2, "next"), match(), 9, 0));
    List<MqttFrame> sent = client.harness.sent();
    assertThat(sent.getFirst()).isEqualTo(pubRel(id));
    assertThat(((Publish) sent.get(1)).packetId()).isNotEqualTo(id);
  }

  @Test
  void aSecondKillFindsWhatTheFirstOneLeft() {
    Client first = subscribed();
    first.deliver(2, message("t", 2, "a"));
    int id = first.published().getFirst().packetId();
    Client client = crashed(crashed(first));
    client.harness.deliver(client.delivery(message("t", 2, "a"), match(), 0, 1));
    assertThat(client.published().getFirst().packetId()).isEqualTo(id);
  }

  // ---- what a client of a group gets

  private static Client member() {
    Client client = Client.v5().keepingSession().connected();
    client.subscribe("$share/g/t", 2);
    return client;
  }

  private static Delivery deliver(Client client) {
    Delivery delivery = new Delivery(client.consumer(), 7, 0, message("t", 2, "a"), 0, null);
    client.harness.deliver(delivery);
    return delivery;
  }

  @Test
  void killedBetweenPublishAndPubrecAGroupsMessageComesAgainToTheSameClient() {
    Client before = member();
    deliver(before);
    int id = before.published().getFirst().packetId();
    Client once = crashed(before);
    Client client = crashed(once); // again, before it could answer
    Publish again = (Publish) client.resumed.getFirst();
    assertThat(again.packetId()).isEqualTo(id);
    assertThat(again.isDup()).isTrue();
    assertThat(again.body().toUtf8()).isEqualTo("a");
    client.harness.receives(pubRec(id, 0), pubComp(id, 0));
    assertThat(client.harness.sent()).containsExactly(pubRel(id));
    assertThat(store.take(client).isEmpty()).isTrue();
  }

  @Test
  void aGroupLetsGoOfAMessageOnceTheSessionIsSafeWithIt() {
    Client client = member();
    Delivery delivery = deliver(client);
    store.take(client);
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(delivery, Outcome.ACCEPTED));
    SessionState kept = (SessionState) StoreOfNotes.record(client).state();
    assertThat(kept.outbound())
        .singleElement()
        .satisfies(one -> assertThat(one.ofGroup()).isNotNull());
  }

  // ---- what the client publishes

  @Test
  void aPublishCarriesItsPacketIdToTheQueuesAndPubcompWaitsUntilTheyForgetIt() {
    Client client = Client.v5().keepingSession().connected();
    client.harness.recorded();
    client.harness.receives(publish("t", 2, 5));
    PublishOnce once = client.harness.recorded(Recorded.Once.class).getFirst().once();
    assertThat(once.item().id()).isEqualTo(5);
    assertThat(once.item().clientId()).isEqualTo("sensor-7");
    client.harness.confirm(
        true, client.harness.recorded(Recorded.Published.class).getFirst().token());
    assertThat(client.harness.sent()).containsExactly(pubRec(5, 0));
    client.harness.holdNotes();
    client.harness.receives(pubRel(5), pubRel(5));
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.recorded(Recorded.Noted.class))
        .extracting(Recorded.Noted::note)
        .containsExactly(new SessionNote.Released(once.item()));
    client.harness.syncNotes();
    assertThat(client.harness.sent()).containsExactly(pubComp(5, 0));
  }

  @Test
  void killedBeforePubrecAPublishComesAgainForThoseQueuesThatDoNotHaveIt() {
    Client before = Client.v5().keepingSession().connected();
    before.harness.receives(publish("t", 2, 5));
    Client client = crashed(before);
    client.harness.receives(publish("t", 2, 5));
    assertThat(client.harness.recorded(Recorded.Once.class))
        .extracting(it -> it.once().holders())
        .containsExactly(Set.of(StoreOfNotes.OWNER));
    client.harness.confirm(
        true, client.harness.recorded(Recorded.Published.class).getFirst().token());
    assertThat(client.harness.sent()).containsExactly(pubRec(5, 0));
  }

  @Test
  void killedBeforePubcompAPacketIdIsFreeForAnotherMessageAfterItsPubrel() {
    Client before = Client.v5().keepingSession().connected();
    before.harness.receives(publish("t", 2, 5));
    before.harness.confirm(
        true, before.harness.recorded(Recorded.Published.class).getFirst().token());
    Client client = crashed(before);
    client.harness.receives(pubRel(5));
    assertThat(client.harness.sent()).containsExactly(pubComp(5, 0));
    client.harness.recorded();
    client.harness.receives(publish("t", 2, 5));
    assertThat(client.harness.recorded(Recorded.Once.class))
        .extracting(it -> it.once().holders())
        .containsExactly(Set.of());
  }

  @Test
  void whenTheClientLearnsOfARefusalNothingIsNotedAnyMore() {
    Client client = Client.v5().keepingSession().connected();
    client.harness.receives(publish("t", 2, 5));
    client.harness.holdNotes();
    client.harness.confirm(
        false, client.harness.recorded(Recorded.Published.class).getFirst().token());
    assertThat(client.harness.sent()).isEmpty();
    assertThat(store.take(client).isEmpty()).isTrue();
    client.harness.syncNotes();
    assertThat(client.harness.sent())
        .singleElement()
        .extracting(it -> ((MqttFrame.PubRec) it).reason())
        .isEqualTo(MqttReason.QUOTA_EXCEEDED);
  }

  @Test
  void aClientThatComesBackInTheSameRunStillKnowsWhatTheNodeEndedOver() {
    Client before = Client.v5().keepingSession().connected();
    before.harness.receives(publish("t", 2, 5));
    Client once = crashed(before);
    once.harness.disconnect();
    Client client = Client.v5().keepingSession().resuming(once.released().keep()).connected();
    client.harness.receives(publish("t", 2, 5));
    assertThat(client.harness.recorded(Recorded.Once.class))
        .extracting(it -> it.once().holders())
        .containsExactly(Set.of(StoreOfNotes.OWNER));
  }

  // ---- sessions

  @Test
  void whatWasNotedOfAnEarlierSessionIsForgotten() {
    Client before = subscribed();
    SessionItem other = new SessionItem("/", "sensor-7", 4711, 5);
    SessionNotes notes =
        new SessionNotes(
            List.of(new SessionNote.Keep(other, QosTwoNotes.STATE_TAKEN, 3)),
            List.of(new PublishOnce(other, Set.of(3L))));
    Client client = Client.v5().keepingSession().resuming(StoreOfNotes.record(before)).noted(notes);
    client.connected();
    assertThat(client.resumed).isEmpty();
    assertThat(client.harness.recorded(Recorded.Noted.class))
        .extracting(Recorded.Noted::note)
        .containsExactly(new SessionNote.Drop(other), new SessionNote.Released(other));
    client.harness.receives(publish("t", 2, 5));
    assertThat(client.harness.recorded(Recorded.Once.class))
        .extracting(it -> it.once().holders())
        .containsExactly(Set.of());
  }

  @Test
  void theEndOfASessionForgetsWhatWasUnderWay() {
    Client client = subscribed();
    client.deliver(2, message("t", 2, "a"));
    client.harness.receives(publish("t", 2, 5));
    assertThat(store.take(client).isEmpty()).isFalse();
    client.harness.receives(
        new MqttFrame.Disconnect(
            0, MqttProperties.builder().number(PropertyId.SESSION_EXPIRY_INTERVAL, 0).build()));
    client.harness.disconnect();
    assertThat(store.take(client).isEmpty()).isTrue();
  }

  @Test
  void aKeptSessionKnowsWhatToForgetShouldItExpire() {
    Client client = subscribed();
    client.deliver(2, message("t", 2, "a"));
    client.harness.receives(publish("t", 2, 5));
    client.harness.disconnect();
    SessionState state = (SessionState) client.released().keep().state();
    assertThat(state.endings("/", "sensor-7")).hasSize(2);
  }

  @Test
  void aSessionThatEndsWithItsConnectionNotesNothing() {
    Client client = Client.v5().connected();
    client.subscribe("t", 2);
    client.deliver(2, message("t", 2, "a"));
    client.harness.receives(pubRec(client.published().getFirst().packetId(), 0));
    client.harness.receives(publish("t", 2, 5), pubRel(5));
    assertThat(client.harness.recorded(Recorded.Noted.class)).isEmpty();
    assertThat(client.harness.recorded(Recorded.Once.class)).isEmpty();
    assertThat(client.asked).noneMatch(Request.KeepSession.class::isInstance);
  }

  @Test
  void aConnectionThatDoesNotKeepTheSessionItResumesHasTheStoreForgetIt() {
    Client before = subscribed();
    Client client = Client.v5().cleanStart(false).resuming(StoreOfNotes.record(before)).connected();
    assertThat(client.asked)
        .filteredOn(Request.KeepSession.class::isInstance)
        .singleElement()
        .satisfies(it -> assertThat(((Request.KeepSession) it).record()).isNull());
  }
}
