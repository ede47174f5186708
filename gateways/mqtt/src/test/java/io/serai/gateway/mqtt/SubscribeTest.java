package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** SUBSCRIBE, UNSUBSCRIBE and retained messages. */
class SubscribeTest {
  private static <T extends Request<?>> T asked(Client client, Class<T> type) {
    return client.asked.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .reduce((_, last) -> last)
        .orElseThrow(() -> new AssertionError("no " + type + " in " + client.asked));
  }

  private static long count(Client client, Class<?> type) {
    return client.asked.stream().filter(type::isInstance).count();
  }

  @Test
  void theFirstSubscriptionMakesQueueConsumerAndBinding() {
    Client client = Client.v5().keepingSession().connected();
    assertThat(client.subscribe("plant/+/temp", 1).reasons()).containsExactly(1);
    Request.DeclareQueue declared = asked(client, Request.DeclareQueue.class);
    assertThat(declared.spec().name()).isEqualTo("mqtt-session-sensor-7");
    assertThat(declared.spec().lifetime()).isEqualTo(Lifetime.DURABLE);
    Request.Consume consume = asked(client, Request.Consume.class);
    assertThat(consume.options().creditMode()).isEqualTo(CreditMode.GRANTED);
    assertThat(consume.options().noAck()).isFalse();
    BindingSpec bound = asked(client, Request.Subscribe.class).bindings().getFirst();
    assertThat(bound.source()).isEqualTo("amq.topic");
    assertThat(bound.key()).isEqualTo("plant/+/temp");
    assertThat(bound.spelling()).isEqualTo(Spelling.SLASH);
    client.subscribe("#", 0);
    assertThat(count(client, Request.DeclareQueue.class)).isEqualTo(1);
    assertThat(count(client, Request.Consume.class)).isEqualTo(1);
  }

  @Test
  void theQueueOfASessionThatEndsWithItsConnectionDoesTooAndIsBounded() {
    Client client =
        Client.v311()
            .setting("max-queued-messages", 500)
            .setting("max-queued-bytes", 10_000L)
            .connected();
    client.subscribe("#", 0);
    Request.DeclareQueue declared = asked(client, Request.DeclareQueue.class);
    assertThat(declared.spec().lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
    assertThat(declared.spec().arguments().entries())
        .containsExactly(
            SessionQueue.argument("x-max-length", 500),
            SessionQueue.argument("x-max-length-bytes", 10_000));
  }

  @Test
  void whatTheNodeSaysOfItselfComesFromAnExchangeOfItsOwn() {
    Client client = Client.v5().connected();
    client.subscribe("$SYS/broker/#", 0);
    client.subscribe("plant/#", 0);
    assertThat(
            client.asked.stream()
                .filter(Request.Subscribe.class::isInstance)
                .flatMap(r -> ((Request.Subscribe) r).bindings().stream())
                .map(b -> b.source() + " " + b.key()))
        .containsExactly("amq.topic $SYS/broker/#", "amq.sys $SYS/broker/#", "amq.topic plant/#");
  }

  @Test
  void theNewestMessagesGoWhereTheListenerSaysSo() {
    Client client = Client.v311().setting("queue-overflow", "drop-tail").connected();
    client.subscribe("#", 1);
    assertThat(asked(client, Request.DeclareQueue.class).spec().arguments().entries())
        .contains(new Value.Entry(Value.of("x-overflow"), Value.of("drop-tail")));
  }

  @Test
  void someTopicsComeFirstWhereTheListenerSaysSo() {
    Client client = Client.v311().setting("queue-priorities", "alarms/#=9").connected();
    client.subscribe("#", 1);
    assertThat(asked(client, Request.DeclareQueue.class).spec().arguments().entries())
        .contains(new Value.Entry(Value.of("x-topic-priorities"), Value.of("alarms/#=9")));
  }

  @Test
  void theFirstQos1SubscriptionTurnsTheConsumerIntoOneThatAcknowledges() {
    Client client = Client.v311().connected();
    client.subscribe("a", 0);
    assertThat(client.consumer().options().noAck()).isTrue();
    client.subscribe("b", 1);
    assertThat(client.consumer().options().noAck()).isFalse();
    assertThat(count(client, Request.CancelConsumer.class)).isEqualTo(1);
    client.subscribe("c", 0);
    assertThat(client.consumer().options().noAck()).isFalse();
  }

  @Test
  void aLongClientIdStillFitsAQueueName() {
    String id = "é".repeat(300);
    assertThat(SessionQueue.name(id)).hasSizeLessThan(255).startsWith("mqtt-session#");
    assertThat(SessionQueue.name(id)).isNotEqualTo(SessionQueue.name(id + "x"));
    assertThat(SessionQueue.name("a/b #+")).isEqualTo("mqtt-session-a/b #+");
  }

  @Test
  void retainedMessagesAreAskedForTogetherWithTheSubscription() {
    Client client = Client.v5().connected();
    client.harness.receives(
        new Subscribe(9, List.of(new Wanted("a/#", 1, false, false, 0)), MqttProperties.NONE));
    assertThat(client.harness.sentOne(SubAck.class).packetId()).isEqualTo(9);
    Request.Subscribe retained = asked(client, Request.Subscribe.class);
    assertThat(retained.bindings()).hasSize(1);
    assertThat(retained.wanted()).hasSize(1);
    assertThat(retained.wanted().getFirst().filter()).isEqualTo(TopicFilter.ofMqtt("a/#"));
    assertThat(((SubscriptionMatch) retained.wanted().getFirst().match()).isRetainedCopy())
        .isTrue();
  }

  @Test
  void retainHandlingDecidesWhoGetsRetainedMessages() {
    Client client = Client.v5().connected();
    client.subscribe(new Wanted("always", 0, false, false, 0));
    client.subscribe(new Wanted("always", 0, false, false, 0));
    assertThat(retainedAskedFor(client)).isEqualTo(2);
    client.subscribe(new Wanted("new", 0, false, false, 1));
    assertThat(retainedAskedFor(client)).isEqualTo(3);
    client.subscribe(new Wanted("new", 0, false, false, 1));
    assertThat(retainedAskedFor(client)).isEqualTo(3);
    client.subscribe(
        new Wanted("twice", 0, false, false, 1), new Wanted("twice", 1, false, false, 1));
    assertThat(retainedAskedFor(client)).isEqualTo(4);
    client.subscribe(new Wanted("never", 0, false, false, 2));
    assertThat(retainedAskedFor(client)).isEqualTo(4);
  }

  private static int retainedAskedFor(Client client) {
    return client.asked.stream()
        .mapToInt(r -> r instanceof Request.Subscribe subscribe ? subscribe.wanted().size() : 0)
        .sum();
  }

  @Test
  void aRetainedCopyHasTheRetainFlagAndALiveOneDoesNot() {
    Client client = Client.v311().connected();
    client.subscribe("#", 0);
    Message message = message("t", MqttEncoding.plain(0, true), "x");
    client.harness.deliver(client.delivery(message, client.lastMatch().forRetained()));
    client.harness.deliver(client.delivery(message, client.lastMatch()));
    assertThat(client.published().stream().map(Publish::isRetain)).containsExactly(true, false);
  }

  @Test
  void retainAsPublishedKeepsTheFlag() {
    Client client = Client.v5().connected();
    client.subscribe(new Wanted("#", 0, false, true, 0));
    client.harness.deliver(
        client.delivery(message("t", MqttEncoding.plain(0, true), "x"), client.lastMatch()),
        client.delivery(message("t", MqttEncoding.plain(0, false), "x"), client.lastMatch()));
    assertThat(client.published().stream().map(Publish::isRetain)).containsExactly(true, false);
  }

  @Test
  void aSubscriptionIdentifierComesBackWithEveryMessage() {
    Client client = Client.v5().connected();
    client.harness.receives(
        new Subscribe(
            1,
            List.of(new Wanted("a/+", 0, false, false, 2)),
            MqttProperties.builder().number(PropertyId.SUBSCRIPTION_IDENTIFIER, 42).build()));
    client.harness.sent();
    client.harness.deliver(client.delivery(message("a/b", 0, "x"), client.lastMatch()));
    assertThat(client.published().getFirst().subscriptionIds()).containsExactly(42);
  }

  private static SubscriptionMatch match(int qos, boolean noLocal, Integer... identifiers) {
    return new SubscriptionMatch("sensor-7", qos, noLocal, false, false, List.of(identifiers));
  }

  private static @Nullable SubscriptionMatch fold(Message message, MatchData... matches) {
    return (SubscriptionMatch) matches[0].fold(message, List.of(matches));
  }

  @Test
  void overlappingFiltersGiveOneCopyAtTheHighestQosWithEveryIdentifier() {
    Message message = message("a/b", 2, "x");
    SubscriptionMatch folded =
        fold(message, match(0, false, 1), match(2, false), match(1, false, 5));
    assertThat(folded.qos()).isEqualTo(2);
    assertThat(folded.identifiers()).containsExactly(1, 5);
  }

  @Test
  void noLocalHidesTheClientsOwnMessages() {
    Message own =
        new Message(
            Client.topic("a"),
            MqttEncoding.plain(1, false),
            io.serai.model.Body.EMPTY,
            new Origin("mqtt-5.0", "/", "guest", "sensor-7"),
            0);
    Message others = message("a", 1, "");
    assertThat(fold(own, match(1, true))).isNull();
    assertThat(fold(others, match(1, true))).isNotNull();
    assertThat(fold(own, match(2, true, 1), match(0, false, 2)).qos()).isZero();
    assertThat(fold(own, match(2, true, 1), match(0, false, 2)).identifiers()).containsExactly(2);
    assertThat(fold(own, match(2, true), match(1, true))).isNull();
  }

  @Test
  void messagesOfQos0AreNotKeptForAnAbsentSession() {
    assertThat(match(1, false).isAtMostOnce(message("a", 0, ""))).isTrue();
    assertThat(match(0, false).isAtMostOnce(message("a", 2, ""))).isTrue();
    assertThat(match(1, false).isAtMostOnce(message("a", 1, ""))).isFalse();
  }

  @Test
  void aFilterTheUserMayNotReadIsRefusedAndTheOthersAreNot() {
    Client client =
        Client.v5()
            .answering(r ->
                r instanceof Request.Subscribe(_, _, var bindings, _)
                        && bindings.stream().anyMatch(b -> b.key().equals("secret/#"))
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no read access")
                    : null)
            .connected();
    SubAck ack =
        client.subscribe(
            new Wanted("a", 1, false, false, 0),
            new Wanted("secret/#", 1, false, false, 0),
            new Wanted("b", 0, false, false, 0));
    assertThat(ack.reasons()).containsExactly(1, MqttReason.NOT_AUTHORIZED, 0);
    assertThat(ack.properties().text(PropertyId.REASON_STRING)).isEqualTo("no read access");
    assertThat(client.asked.stream().filter(Request.Subscribe.class::isInstance))
        .extracting(r -> ((Request.Subscribe) r).wanted().size())
        .containsExactly(3, 3, 1, 1, 1); // in one request, all bindings at once, one by one
  }

  @Test
  void theFirstSubscriptionOfACleanSessionIsOneRequestToTheBroker() {
    Client client = Client.v5().connected();
    List<Request<?>> asked = new ArrayList<>();
    client.harness.answerWith(r -> {
      asked.add(r);
      return client.answerOf(r);
    });
    assertThat(client.subscribe("a", 1).reasons()).containsExactly(1);
    assertThat(asked).hasSize(1).first().isInstanceOf(Request.OpenSubscription.class);
    assertThat(client.subscribe("b", 0).reasons()).containsExactly(0);
    assertThat(asked).hasSize(2).last().isInstanceOf(Request.Subscribe.class);
  }

  @Test
  void whyAFilterIsRefusedIsKeptToItselfWhereTheListenerSaysSo() {
    Client client =
        Client.v5()
            .setting("reveal-reasons", false)
            .answering(r ->
                r instanceof Request.Subscribe
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no read access")
                    : null)
            .connected();
    SubAck ack = client.subscribe("secret/#", 1);
    assertThat(ack.reasons()).containsExactly(MqttReason.UNSPECIFIED_ERROR);
    assertThat(ack.properties()).isEqualTo(MqttProperties.NONE);
  }

  @Test
  void aQueueThatCannotBeHadRefusesEveryFilter() {
    Client client =
        Client.v5()
            .answering(r ->
                r instanceof Request.DeclareQueue
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no configure access")
                    : null)
            .connected();
    assertThat(client.subscribe("a", 1).reasons()).containsExactly(MqttReason.NOT_AUTHORIZED);
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void aSessionHasABoundedNumberOfSubscriptions() {
    Client client = Client.v5().setting("max-subscriptions", 2).connected();
    assertThat(
            client
                .subscribe(
                    new Wanted("a", 0, false, false, 0),
                    new Wanted("b", 0, false, false, 0),
                    new Wanted("c", 0, false, false, 0))
                .reasons())
        .containsExactly(0, 0, MqttReason.QUOTA_EXCEEDED);
    assertThat(client.subscribe("a", 0).reasons()).containsExactly(0);
  }

  @Test
  void framesAfterSubscribeWaitForItsBindings() {
    Client client = Client.v5().connected();
    client.subscribe("s", 0);
    client.harness.answerWith(r -> r instanceof Request.Subscribe ? null : client.answerOf(r));
    client.harness.receives(
        new Subscribe(2, List.of(new Wanted("t", 0, false, false, 2)), MqttProperties.NONE),
        Client.publish("t", 0, 0));
    assertThat(client.harness.recorded(Recorded.Published.class)).isEmpty();
    client.harness.answerOk(Request.Done.DONE);
    assertThat(client.harness.recorded(Recorded.Published.class)).hasSize(1);
  }

  @Test
  void unsubscribeRemovesTheBindingAndSaysWhatExisted() {
    Client client = Client.v5().connected();
    client.subscribe("a", 0);
    client.harness.receives(new Unsubscribe(2, List.of("a", "never", "a"), MqttProperties.NONE));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons())
        .containsExactly(0, MqttReason.NO_SUBSCRIPTION_EXISTED, MqttReason.NO_SUBSCRIPTION_EXISTED);
    List<BindingSpec> unbound = asked(client, Request.Unbind.class).bindings();
    assertThat(unbound.stream().map(BindingSpec::key)).containsExactly("a");
    client.harness.receives(new Unsubscribe(3, List.of("a"), MqttProperties.NONE));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons())
        .containsExactly(MqttReason.NO_SUBSCRIPTION_EXISTED);
  }

  @Test
  void aRefusedUnsubscribeSaysSoAndLeavesTheSubscription() {
    Client client =
        Client.v5()
            .answering(r ->
                r instanceof Request.Unbind
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no write access")
                    : null)
            .connected();
    client.subscribe("a", 0);
    for (int packetId = 2; packetId < 4; packetId++) {
      client.harness.receives(
          new Unsubscribe(packetId, List.of("a", "never"), MqttProperties.NONE));
      UnsubAck ack = client.harness.sentOne(UnsubAck.class);
      assertThat(ack.reasons())
          .containsExactly(MqttReason.NOT_AUTHORIZED, MqttReason.NO_SUBSCRIPTION_EXISTED);
      assertThat(ack.properties().text(PropertyId.REASON_STRING)).isEqualTo("no write access");
    }
  }

  /** Looking each filter up in a list held the event loop for seconds. */
  @Test
  void unsubscribingFromTensOfThousandsTakesNoTime() {
    Client client = Client.v5().setting("max-subscriptions", 100_000).connected();
    List<Wanted> wanted = new ArrayList<>();
    List<String> filters = new ArrayList<>();
    for (int n = 0; n < 100_000; n++) {
      wanted.add(new Wanted("f/" + n, 0, false, false, 2));
      filters.add("f/" + n);
    }
    client.subscribe(wanted.toArray(Wanted[]::new));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = threads.getCurrentThreadCpuTime();
    client.harness.receives(new Unsubscribe(2, filters.reversed(), MqttProperties.NONE));
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - began))
        .isLessThan(Duration.ofSeconds(4));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons()).hasSize(100_000).containsOnly(0);
  }

  @Test
  void aFilterWithTooManyLevelsIsRefusedAndTheOthersAreNot() {
    Client client = Client.v5().setting("max-topic-levels", 3).connected();
    assertThat(
            client
                .subscribe(
                    new Wanted("a/b/c/d", 1, false, false, 0),
                    new Wanted("a/b/#", 1, false, false, 0))
                .reasons())
        .containsExactly(MqttReason.TOPIC_FILTER_INVALID, 1); // 0x8F, MQTT 5.0 §3.9.3
    client.harness.receives(new Unsubscribe(2, List.of("a/b/c/d"), MqttProperties.NONE));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons())
        .containsExactly(MqttReason.NO_SUBSCRIPTION_EXISTED);
  }

  @Test
  void theFiltersOfASessionAreBoundedInLength() {
    Client client = Client.v5().setting("max-subscriptions", 512).connected(); // 131,072 in all
    assertThat(client.subscribe("a".repeat(65_535), 0).reasons()).containsExactly(0);
    assertThat(client.subscribe("b".repeat(65_535), 0).reasons()).containsExactly(0);
    assertThat(client.subscribe("c", 0).reasons()).containsExactly(0);
    assertThat(client.subscribe("dd", 0).reasons()).containsExactly(MqttReason.QUOTA_EXCEEDED);
    client.harness.receives(new Unsubscribe(2, List.of("c"), MqttProperties.NONE));
    client.harness.sent();
    assertThat(client.subscribe("dd", 0).reasons()).containsExactly(0);
  }

  /** A queue without a consumer drops what comes at QoS 0. */
  @Test
  void theQueueIsReadWhileItsConsumerChanges() {
    Client client = Client.v311().connected();
    client.subscribe("a", 0);
    client.asked.clear();
    client.subscribe("b", 1);
    List<Class<?>> changes = new ArrayList<>();
    for (Request<?> request : client.asked) {
      if (request instanceof Request.Consume || request instanceof Request.CancelConsumer) {
        changes.add(request.getClass());
      }
    }
    assertThat(changes).containsExactly(Request.Consume.class, Request.CancelConsumer.class);
    assertThat(asked(client, Request.CancelConsumer.class).consumer().options().noAck()).isTrue();
  }

  @Test
  void anAnswerTheClientCannotTakeIsNotSent() {
    Client client = Client.v5().property(PropertyId.MAXIMUM_PACKET_SIZE, 50).connected();
    List<String> many = Collections.nCopies(60, "x");
    client.harness.receives(new Unsubscribe(2, many, MqttProperties.NONE));
    assertThat(client.harness.sent()).isEmpty(); // MQTT 5.0 §3.1.2.11.4
    assertThat(client.harness.closeReason()).isNull();
  }
}
