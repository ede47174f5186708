package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.pubAck;
import static io.serai.gateway.mqtt.Client.pubComp;
import static io.serai.gateway.mqtt.Client.pubRec;
import static io.serai.gateway.mqtt.Client.pubRel;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRecord;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shared subscriptions (MQTT 5.0 §4.8.2). */
class SharedSubscriptionTest {
  private static final String FILTER = "$share/workers/jobs/#";

  private long nextUnsettled;

  private static Client member(int receiveMaximum) {
    Client client = Client.v5().keepingSession();
    client.property(PropertyId.RECEIVE_MAXIMUM, receiveMaximum).connected();
    assertThat(client.subscribe(FILTER, 2).reasons()).containsExactly(2);
    return client;
  }

  private static <T extends Request<?>> List<T> asked(Client client, Class<T> type) {
    return client.asked.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private List<Delivery> deliver(Client client, ConsumerRef consumer, Message... messages) {
    List<Delivery> deliveries = new ArrayList<>();
    for (Message message : messages) {
      deliveries.add(new Delivery(consumer, 7, nextUnsettled++, message, 0, null));
    }
    client.harness.deliver(deliveries.toArray(Delivery[]::new));
    return deliveries;
  }

  private static List<Recorded.Granted> granted(Client client) {
    return client.harness.recorded(Recorded.Granted.class);
  }

  private static List<String> bodies(Client client) {
    return client.harness.sent().stream()
        .filter(Publish.class::isInstance)
        .map(p -> ((Publish) p).body().toUtf8())
        .toList();
  }

  @Test
  void aMemberIsAConsumerOfTheGroupsQueue() {
    Client client = Client.v5().setting("max-queued-messages", 500).connected();
    assertThat(client.subscribe(FILTER, 1).reasons()).containsExactly(1);
    Request.DeclareQueue declared = asked(client, Request.DeclareQueue.class).getFirst();
    assertThat(declared.spec().name()).isEqualTo(FILTER);
    assertThat(declared.spec().lifetime()).isEqualTo(Lifetime.DURABLE);
    assertThat(declared.spec().arguments().entries().stream().map(e -> e.key().asText()))
        .containsExactly("x-max-length", "x-max-length-bytes", "x-expires");
    BindingSpec bound = asked(client, Request.Bind.class).getFirst().bindings().getFirst();
    assertThat(bound.key()).isEqualTo("jobs/#");
    assertThat(bound.destination()).isEqualTo(FILTER);
    Request.Consume consume = asked(client, Request.Consume.class).getFirst();
    assertThat(consume.queue()).isEqualTo(FILTER);
    assertThat(consume.options().creditMode()).isEqualTo(CreditMode.GRANTED);
    assertThat(asked(client, Request.Subscribe.class)).isEmpty(); // nothing retained is sent
    assertThat(SessionQueue.name("x".repeat(300))).startsWith("mqtt-session#");
    assertThat(GroupQueue.name("$share/g/" + "x".repeat(300))).startsWith("$share#").hasSize(71);
  }

  /** A little credit at any time: the queue gives its messages to all members in turn. */
  @Test
  void aMemberHasCreditForAsManyAsItMayHave() {
    Client client = member(5);
    assertThat(granted(client)).containsExactly(new Recorded.Granted(client.consumer(), 5, false));
    deliver(client, client.consumer(), message("jobs/1", 1, "a"), message("jobs/2", 1, "b"));
    assertThat(granted(client)).isEmpty();
    client.harness.receives(pubAck(1, 0), pubAck(2, 0));
    assertThat(granted(client)).isEmpty(); // not worth it yet
    deliver(client, client.consumer(), message("jobs/3", 1, "c"));
    client.harness.receives(pubAck(3, 0));
    assertThat(granted(client)).containsExactly(new Recorded.Granted(client.consumer(), 3, false));
    Client large = member(1_000);
    assertThat(granted(large).getFirst().credit()).isEqualTo(SharedGroups.MOST_PER_MEMBER);
  }

  @Test
  void theReceiveMaximumHoldsOverOwnAndSharedMessages() {
    Client client = Client.v5().property(PropertyId.RECEIVE_MAXIMUM, 2).connected();
    client.subscribe("own", 1);
    ConsumerRef own = client.consumer();
    client.subscribe(FILTER, 1);
    ConsumerRef shared = client.consumer();
    SubscriptionMatch match = new SubscriptionMatch("sensor-7", 1, false, false, false, List.of());
    client.harness.deliver(
        new Delivery(own, 0, 0, message("own", 1, "o1"), 0, match),
        new Delivery(shared, 0, 0, message("jobs/1", 1, "s1"), 0, null),
        new Delivery(own, 1, 1, message("own", 1, "o2"), 0, match),
        new Delivery(shared, 1, 1, message("jobs/1", 1, "s2"), 0, null));
    assertThat(bodies(client)).containsExactly("o1", "s1");
    client.harness.receives(pubAck(2, 0));
    assertThat(bodies(client)).containsExactly("o2");
    client.harness.receives(pubAck(1, 0));
    assertThat(bodies(client)).containsExactly("s2");
  }

  @Test
  void aMemberThatAcknowledgesAWindowAtATimeAlwaysGetsTheNextOne() {
    for (int window : new int[] {1, 2, 5, 20, 32}) {
      Client client = member(window);
      List<Integer> unacknowledged = new ArrayList<>(fetchAll(client));
      for (int windows = 0; windows < 10; windows++) {
        assertThat(unacknowledged).as("window of " + window).hasSize(window);
        List<Integer> acknowledged = List.copyOf(unacknowledged);
        unacknowledged.clear();
        for (int id : acknowledged) {
          client.harness.receives(pubAck(id, 0));
          unacknowledged.addAll(fetchAll(client));
        }
      }
    }
  }

  private List<Integer> fetchAll(Client client) {
    for (List<Recorded.Granted> grants; !(grants = granted(client)).isEmpty(); ) {
      for (int n = grants.stream().mapToInt(Recorded.Granted::credit).sum(); n > 0; n--) {
        deliver(client, client.consumer(), message("jobs/1", 1, "x"));
      }
    }
    return client.published().stream().map(Publish::packetId).toList();
  }

  @Test
  void qos0OfAGroupTakesNoPlace() {
    Client client = member(1);
    granted(client);
    List<Delivery> zero = deliver(client, client.consumer(), message("jobs/1", 0, "zero"));
    assertThat(bodies(client)).containsExactly("zero");
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(zero.getFirst(), Outcome.ACCEPTED));
    assertThat(granted(client)).hasSize(1);
  }

  @Test
  void eachMemberGetsMessagesAsItSubscribed() {
    Client client = Client.v5().connected();
    client.harness.receives(
        new Subscribe(
            1,
            List.of(new Wanted(FILTER, 1, false, false, 0)),
            MqttProperties.builder().number(PropertyId.SUBSCRIPTION_IDENTIFIER, 42).build()));
    client.harness.sent();
    deliver(client, client.consumer(), message("jobs/1", 2, "x"));
    Publish got = client.published().getFirst();
    assertThat(got.qos()).isEqualTo(1);
    assertThat(got.subscriptionIds()).containsExactly(42);
    client.subscribe(FILTER, 0); // again, differently: no second membership
    assertThat(asked(client, Request.Consume.class)).hasSize(1);
    deliver(client, client.consumer(), message("jobs/1", 2, "y"));
    assertThat(client.published().getFirst().qos()).isZero();
  }

  @Test
  void aMessageThatIsTooLargeForOneMemberIsForTheOthers() {
    for (int qos = 0; qos <= 2; qos++) {
      Client client = Client.v5().property(PropertyId.MAXIMUM_PACKET_SIZE, 40).connected();
      client.subscribe(FILTER, qos);
      client.harness.recorded();
      Message large = message("jobs/1", 2, "x".repeat(100));
      Delivery first = deliver(client, client.consumer(), large).getFirst();
      Delivery last = new Delivery(first.consumer(), first.sequence(), 1, large, 16, first.match());
      client.harness.event(out -> client.session().onDeliveries(List.of(last), out));
      assertThat(client.harness.recorded(Recorded.Settled.class))
          .as("QoS %d", qos)
          .containsExactly(
              new Recorded.Settled(first, Outcome.RETURNED),
              new Recorded.Settled(last, Outcome.ACCEPTED)); // nobody's, then
      assertThat(client.published()).isEmpty();
    }
  }

  @Test
  void unfinishedQos1MessagesOfALostMemberGoToAnother() {
    Client client = member(5);
    List<Delivery> sent = deliver(client, client.consumer(), message("jobs/1", 1, "a"));
    client.harness.recorded();
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(sent.getFirst(), Outcome.RETURNED));
    assertThat(((SessionState) client.released().keep().state()).outbound()).isEmpty();
  }

  @Test
  void anUnfinishedQos2MessageIsCompletedWithTheSameMember() {
    Client client = member(5);
    List<Delivery> sent =
        deliver(client, client.consumer(), message("jobs/1", 2, "a"), message("jobs/2", 2, "b"));
    client.harness.receives(pubRec(1, 0));
    client.harness.recorded();
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(sent.get(1), Outcome.ACCEPTED)); // MQTT-4.8.2-4
    SessionRecord kept = client.released().keep();

    Client again = Client.v5().keepingSession().resuming(kept);
    again.connected();
    assertThat(again.resumed.getFirst()).isEqualTo(pubRel(1));
    Publish repeated = (Publish) again.resumed.get(1);
    assertThat(repeated.packetId()).isEqualTo(2);
    assertThat(repeated.isDup()).isTrue();
    assertThat(repeated.body().toUtf8()).isEqualTo("b");
    again.harness.receives(pubRec(2, 0), pubComp(2, 0), pubComp(1, 0));
    assertThat(again.harness.sent()).containsExactly(pubRel(2));
    again.harness.disconnect();
    assertThat(((SessionState) again.released().keep().state()).outbound()).isEmpty();
  }

  @Test
  void aQos2MessageOfASessionThatEndsGoesToNobodyElse() {
    Client client = Client.v5().connected();
    client.subscribe(FILTER, 2);
    List<Delivery> sent = deliver(client, client.consumer(), message("jobs/1", 2, "a"));
    client.harness.recorded();
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(sent.getFirst(), Outcome.ACCEPTED)); // MQTT-4.8.2-5
  }

  @Test
  void aResumedSessionIsAMemberAgain() {
    Client first = member(5);
    first.harness.disconnect();
    SessionRecord kept = first.released().keep();
    assertThat(kept.queue()).isNull(); // it has no queue of its own
    Client again = Client.v5().keepingSession().resuming(kept);
    assertThat(again.welcome().sessionPresent()).isTrue();
    assertThat(again.consumer().queue().name()).isEqualTo(FILTER);
    assertThat(granted(again)).hasSize(1);
  }

  @Test
  void aGroupThatMayNotBeReadAnyMoreIsNotASubscription() {
    Client first = member(5);
    first.harness.disconnect();
    Client again =
        Client.v5()
            .keepingSession()
            .resuming(first.released().keep())
            .answering(r ->
                r instanceof Request.Consume
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no read access")
                    : null);
    assertThat(again.welcome().sessionPresent()).isTrue();
    again.harness.receives(new Unsubscribe(1, List.of(FILTER), MqttProperties.NONE));
    assertThat(again.harness.sentOne(UnsubAck.class).reasons())
        .containsExactly(MqttReason.NO_SUBSCRIPTION_EXISTED);
  }

  @Test
  void whoeverUnsubscribesLastTakesTheQueueAlong() {
    Client client = member(5);
    ConsumerRef consumer = client.consumer();
    client.harness.receives(new Unsubscribe(1, List.of(FILTER), MqttProperties.NONE));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons()).containsExactly(0);
    assertThat(asked(client, Request.CancelConsumer.class)).hasSize(1);
    Request.DeleteQueue deleted = asked(client, Request.DeleteQueue.class).getFirst();
    assertThat(deleted.name()).isEqualTo(FILTER);
    assertThat(deleted.ifUnused()).isTrue();
    client.harness.recorded();
    List<Delivery> late = deliver(client, consumer, message("jobs/1", 1, "late"));
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(late.getFirst(), Outcome.RETURNED));
    assertThat(client.harness.sent()).isEmpty();
  }

  @Test
  void aQueueThatSomebodyElseMadeIsJoinedAndLeftAlone() {
    Client client =
        Client.v5()
            .answering(r ->
                r instanceof Request.DeclareQueue
                    ? Result.refused(Refusal.PRECONDITION_FAILED, "other arguments")
                    : null)
            .connected();
    assertThat(client.subscribe(FILTER, 1).reasons()).containsExactly(1);
    client.harness.receives(new Unsubscribe(1, List.of(FILTER), MqttProperties.NONE));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons()).containsExactly(0);
    assertThat(asked(client, Request.DeleteQueue.class)).isEmpty();
  }

  @Test
  void a311ClientMayJoinAndIsToldOfAFilterThatIsNone() {
    Client client = Client.v311().connected();
    assertThat(
            client
                .subscribe(
                    new Wanted(FILTER, 1, false, false, 0),
                    new Wanted("$share/g", 1, false, false, 0),
                    new Wanted("own", 0, false, false, 0))
                .reasons())
        .containsExactly(1, MqttReason.TOPIC_FILTER_INVALID, 0); // 0x80 in 3.1.1
  }

  @Test
  void aRefusedMembershipIsSaidAndTheOthersAreMade() {
    Client client =
        Client.v5()
            .answering(r ->
                r instanceof Request.Bind
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no read access")
                    : null)
            .connected();
    assertThat(
            client
                .subscribe(
                    new Wanted(FILTER, 1, false, false, 0), new Wanted("a", 1, false, false, 0))
                .reasons())
        .containsExactly(MqttReason.NOT_AUTHORIZED, 1);
  }
}
