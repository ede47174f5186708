package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.pubAck;
import static io.serai.gateway.mqtt.Client.pubComp;
import static io.serai.gateway.mqtt.Client.pubRec;
import static io.serai.gateway.mqtt.Client.pubRel;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.gateway.harness.BlankEncoding;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients get. */
class DeliveryTest {
  private static Client subscribed(Client client, int qos) {
    client.connected();
    client.subscribe("#", qos);
    client.harness.recorded();
    return client;
  }

  private static List<Recorded.Settled> settled(Client client) {
    return client.harness.recorded(Recorded.Settled.class);
  }

  private static int granted(Client client) {
    return client.harness.recorded(Recorded.Granted.class).stream()
        .mapToInt(Recorded.Granted::credit)
        .sum();
  }

  @Test
  void aMessageKeepsTopicBodyAndQos() {
    Client client = subscribed(Client.v311(), 2);
    client.deliver(2, message("a.b/c", 0, "zero"), message("a//b", 1, "one"));
    List<Publish> got = client.published();
    assertThat(got.get(0).address().topic().spelled(Spelling.SLASH)).isEqualTo("a.b/c");
    assertThat(got.get(0).qos()).isZero();
    assertThat(got.get(0).packetId()).isZero();
    assertThat(got.get(1).qos()).isEqualTo(1);
    assertThat(got.get(1).packetId()).isEqualTo(1);
    assertThat(got.get(1).isDup()).isFalse();
    assertThat(got.get(1).body().toUtf8()).isEqualTo("one");
  }

  @Test
  void qosIsTheLowerOfThePublishersAndTheSubscriptions() {
    Client client = subscribed(Client.v5(), 2);
    client.deliver(1, message("t", 0, ""), message("t", 1, ""), message("t", 2, ""));
    assertThat(client.published().stream().map(Publish::qos)).containsExactly(0, 1, 1);
  }

  @Test
  void qos0IsSettledWhenItIsWritten() {
    Client client = subscribed(Client.v5(), 1);
    List<Delivery> deliveries = client.deliver(1, message("t", 0, "x"));
    assertThat(settled(client))
        .containsExactly(new Recorded.Settled(deliveries.getFirst(), Outcome.ACCEPTED));
  }

  @Test
  void qos1IsSettledWhenTheClientHasAcknowledgedIt() {
    Client client = subscribed(Client.v5(), 1);
    List<Delivery> deliveries = client.deliver(1, message("t", 1, "x"));
    assertThat(settled(client)).isEmpty();
    client.harness.receives(pubAck(1, 0));
    assertThat(settled(client))
        .containsExactly(new Recorded.Settled(deliveries.getFirst(), Outcome.ACCEPTED));
    client.harness.receives(pubAck(1, 0)); // again: nothing left to acknowledge
    assertThat(settled(client)).isEmpty();
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void aClientThatRefusesAMessageRejectsIt() {
    Client client = subscribed(Client.v5(), 2);
    List<Delivery> deliveries = client.deliver(2, message("t", 1, "x"), message("t", 2, "y"));
    client.harness.receives(pubAck(1, 0x99), pubRec(2, 0x97));
    assertThat(settled(client))
        .containsExactly(
            new Recorded.Settled(deliveries.get(0), Outcome.REJECTED),
            new Recorded.Settled(deliveries.get(1), Outcome.REJECTED));
  }

  @Test
  void qos2IsSettledOnPubrecAndItsPacketIdFreedOnPubcomp() {
    Client client = subscribed(Client.v5(), 2);
    List<Delivery> deliveries = client.deliver(2, message("t", 2, "x"));
    assertThat(client.published().getFirst().packetId()).isEqualTo(1);
    client.harness.receives(pubRec(1, 0));
    assertThat(settled(client))
        .containsExactly(new Recorded.Settled(deliveries.getFirst(), Outcome.ACCEPTED));
    assertThat(client.harness.sent()).containsExactly(pubRel(1));
    client.harness.receives(pubRec(1, 0)); // the client lost our PUBREL
    assertThat(client.harness.sent()).containsExactly(pubRel(1));
    assertThat(settled(client)).isEmpty();
    client.harness.receives(pubComp(1, 0));
    client.harness.receives(pubRec(1, 0)); // of a session long gone: it is let go of
    assertThat(client.harness.sent()).containsExactly(pubRel(1));
    client.harness.receives(pubRec(1, 0x80));
    assertThat(client.harness.sent()).isEmpty();
  }

  @Test
  void anAcknowledgementOfTheWrongKindIsAProtocolError() {
    for (MqttFrame wrong : List.of(pubRec(1, 0), pubComp(1, 0), pubAck(2, 0), pubComp(2, 0))) {
      Client client = subscribed(Client.v5(), 2);
      client.deliver(2, message("t", 1, "x"), message("t", 2, "y"));
      client.published();
      client.harness.receives(wrong);
      assertThat(client.harness.sentOne(Disconnect.class).reason())
          .isEqualTo(MqttReason.PROTOCOL_ERROR);
    }
  }

  @Test
  void theListenersMaximumBoundsWhatIsSentAhead() {
    Client client = Client.v311().setting("max-inflight", 3);
    client.connected();
    client.subscribe("#", 1);
    client.deliver(
        1, message("t", 1, ""), message("t", 1, ""), message("t", 1, ""), message("t", 1, ""));
    assertThat(client.published()).hasSize(3);
  }

  @Test
  void packetIdsInUseArePassedOver() {
    Client client = subscribed(Client.v311().setting("max-inflight", 65_535), 1);
    client.deliver(1, message("t", 1, "stuck"));
    client.published();
    for (int n = 0; n < 70_000; n++) {
      client.deliver(1, message("t", 1, "x"));
      int id = client.published().getFirst().packetId();
      assertThat(id).isNotEqualTo(1).isBetween(2, 65_535);
      client.harness.receives(pubAck(id, 0));
    }
  }

  @Test
  void aClientOfQos0OnlyIsNotAskedToAcknowledge() {
    Client client = subscribed(Client.v311(), 0);
    assertThat(client.consumer().options().noAck()).isTrue();
    client.deliver(0, message("t", 1, "x"));
    assertThat(client.published().getFirst().qos()).isZero();
    assertThat(settled(client)).isEmpty();
  }

  @Test
  void creditOfAQos0ClientIsGrantedInBatches() {
    Client client = Client.v311();
    client.connected();
    client.subscribe("#", 0);
    int window = granted(client);
    assertThat(window).isBetween(8, 4096);
    for (int n = 0; n < window / 2 - 1; n++) {
      client.deliver(0, message("t", 0, "x"));
    }
    assertThat(granted(client)).isZero();
    client.deliver(0, message("t", 0, "x"));
    assertThat(granted(client)).isGreaterThanOrEqualTo(window / 2);
  }

  @Test
  void largeMessagesShrinkTheWindowOfAQos0Client() {
    Client client = Client.v311();
    client.connected();
    client.subscribe("#", 0);
    int outstanding = granted(client);
    Message large = message("t", 0, "x".repeat(256 * 1024));
    for (int n = 0; n < 2_000; n++) {
      if (outstanding > 0) {
        client.deliver(0, large);
        outstanding--;
      }
      outstanding += granted(client);
    }
    assertThat(outstanding).isLessThanOrEqualTo(8);
  }

  @Test
  void aClientThatDoesNotKeepUpIsGrantedNothing() {
    Client client = Client.v5();
    client.connected();
    client.subscribe("#", 0);
    int window = granted(client);
    client.harness.writable(false);
    for (int n = 0; n < window; n++) {
      client.deliver(0, message("t", 0, "x"));
    }
    assertThat(client.published()).hasSize(window);
    assertThat(granted(client)).isZero();
    client.harness.writable(true);
    assertThat(granted(client)).isPositive();
  }

  @Test
  void aMessageTooLargeForTheClientIsDroppedAndSettled() {
    Client client = Client.v5().property(PropertyId.MAXIMUM_PACKET_SIZE, 40);
    subscribed(client, 2);
    List<Delivery> deliveries =
        client.deliver(
            2,
            message("t", 1, "x".repeat(100)),
            message("t", 0, "x".repeat(100)),
            message("t", 1, "fits"));
    List<Publish> got = client.published();
    assertThat(got.stream().map(p -> p.body().toUtf8())).containsExactly("fits");
    assertThat(settled(client).stream().map(Recorded.Settled::delivery))
        .containsExactly(deliveries.get(0), deliveries.get(1));
  }

  @Test
  void theRestOfTheExpiryIsHandedOn() {
    Client client = subscribed(Client.v5(), 0);
    Message message = message("t", MqttEncoding.of(0, false, 60, new byte[0]), "x");
    client.harness.elapse(20_500);
    client.deliver(0, message);
    assertThat(client.published().getFirst().expirySeconds()).isEqualTo(40);
    client.harness.elapse(39_000);
    client.deliver(0, message);
    assertThat(client.published().getFirst().expirySeconds()).isEqualTo(1);
    client.harness.elapse(1_000);
    client.deliver(0, message);
    assertThat(client.published()).isEmpty();
  }

  @Test
  void aMessageThatMayNotWaitIsSentToWhoIsThere() {
    Client client = subscribed(Client.v5(), 1);
    client.deliver(1, message("t", MqttEncoding.of(1, false, 0, new byte[0]), "now or never"));
    assertThat(client.published().getFirst().expirySeconds()).isZero();
  }

  @Test
  void topicAliasesAreAssignedAsFarAsTheClientAcceptsThem() {
    Client client = Client.v5().property(PropertyId.TOPIC_ALIAS_MAXIMUM, 2);
    subscribed(client, 0);
    client.deliver(
        0,
        message("a", 0, ""),
        message("b", 0, ""),
        message("c", 0, ""),
        message("a", 0, ""),
        message("b", 0, ""));
    assertThat(client.published().stream().map(p -> topicOf(p) + " " + p.topicAlias()))
        .containsExactly("a 1", "b 2", "c 0", "- 1", "- 2");
  }

  @Test
  void anAliasDoesNotMakeAPacketTooLarge() {
    Client client =
        Client.v5()
            .property(PropertyId.TOPIC_ALIAS_MAXIMUM, 5)
            .property(PropertyId.MAXIMUM_PACKET_SIZE, 20);
    subscribed(client, 0);
    // 2 bytes of header, 3 of topic, 1 of property length; an alias would be 3 more.
    client.deliver(0, message("t", 0, "x".repeat(14)), message("t", 0, "x".repeat(11)));
    assertThat(client.published().stream().map(Publish::topicAlias)).containsExactly(0, 1);
    client.deliver(0, message("t", 0, "x".repeat(12)), message("t", 0, "x".repeat(14)));
    assertThat(client.published().stream().map(p -> topicOf(p) + " " + p.topicAlias()))
        .containsExactly("- 1", "t 0"); // without its alias the packet fits
  }

  @Test
  void topicsThatAreSpelledDifferentlyHaveAliasesOfTheirOwn() {
    Client client = Client.v5().property(PropertyId.TOPIC_ALIAS_MAXIMUM, 5);
    subscribed(client, 0);
    client.deliver(0, message("a%2Fb", 0, ""), message("a%2fb", 0, ""), message("a%2Fb", 0, ""));
    assertThat(client.published().stream().map(p -> topicOf(p) + " " + p.topicAlias()))
        .containsExactly("a%2Fb 1", "a%2fb 2", "- 1");
  }

  @Test
  void anExpiryBeyondWhatMqttCanSayIsTheLongestItCan() {
    Client client = subscribed(Client.v5(), 0);
    for (long millis : new long[] {Long.MAX_VALUE / 2, 0xFFFF_FFFFL * 1000 + 1}) {
      client.deliver(
          0, message("t", Client.neutral(Properties.builder().expiryMillis(millis).build()), "x"));
      assertThat(client.published().getFirst().expirySeconds()).isEqualTo(0xFFFF_FFFFL);
    }
  }

  @Test
  void noMoreExpiryIsHandedOnThanThePublisherGave() {
    Client client = subscribed(Client.v5(), 0);
    // Received in our future: a delayed will whose session ended early, or a clock set back.
    Message ahead =
        new Message(
            Client.topic("t"),
            MqttEncoding.of(0, false, 10, new byte[0]),
            Body.EMPTY,
            Client.PUBLISHER,
            1_700_000_100_000L);
    client.deliver(0, ahead);
    assertThat(client.published().getFirst().expirySeconds()).isEqualTo(10);
  }

  @Test
  void aTopicThatClientsWouldTakeForMalformedIsNotSent() {
    Client client = subscribed(Client.v5(), 1);
    client.deliver(
        1,
        amqp("a\u0001b", Encoding.Neutral.NONE),
        amqp("a\u0000b", Encoding.Neutral.NONE),
        amqp("x".repeat(65_536), Encoding.Neutral.NONE),
        amqp("käse", Encoding.Neutral.NONE));
    assertThat(client.published().stream().map(DeliveryTest::topicOf)).containsExactly("käse");
  }

  private static String topicOf(Publish publish) {
    Address address = publish.address();
    return address == null ? "-" : address.topic().toString();
  }

  @Test
  void aMessageOfAnAmqpPublisherHasItsDottedTopicSpelledWithSlashes() {
    Client client = subscribed(Client.v5(), 1);
    Encoding durable =
        new Encoding.Neutral(Properties.builder().durable(true).build(), Headers.NONE);
    client.deliver(
        1, amqp("plant.1.temp", durable), amqp("", durable), amqp("a/b.c", Encoding.Neutral.NONE));
    List<Publish> got = client.published();
    assertThat(got.stream().map(p -> p.address().topic().spelled(Spelling.SLASH)))
        .containsExactly("plant/1/temp", "a%2Fb/c"); // an empty topic has no place in MQTT
    assertThat(got.stream().map(Publish::qos)).containsExactly(1, 0);
  }

  /** Counts how often somebody looks at what it says. */
  private static final class Counting implements BlankEncoding {
    private int reads;

    @Override
    public boolean isDurable() {
      return true;
    }

    @Override
    public Properties properties() {
      reads++;
      return Properties.builder().durable(true).contentType("text/plain").build();
    }

    @Override
    public Headers headers() {
      reads++;
      return Headers.NONE;
    }
  }

  @Test
  void aMessageForTwoThousandIsTranslatedOnceAndTheyShareItsBody() {
    Counting encoding = new Counting();
    Message message = amqp("plant.1.temp", encoding);
    int first = 0;
    for (int i = 0; i < 2_000; i++) {
      Client client = subscribed(Client.v5().clientId("c" + i), 1);
      client.deliver(1, message);
      Publish got = client.published().getFirst();
      assertThat(got.body()).isSameAs(message.body());
      assertThat(got.encoding()).isSameAs(message.as(MqttMapping.TO_MQTT));
      assertThat(got.address().topic()).isSameAs(message.topic());
      first = i == 0 ? encoding.reads : first;
    }
    assertThat(first).isPositive();
    assertThat(encoding.reads).as("for the first client only").isEqualTo(first);
  }

  @Test
  void whatIsLeftOfTheExpiryOfARetainedMessageIsHandedOn() {
    Client client = subscribed(Client.v5(), 1);
    Message message = message("t", MqttEncoding.of(1, true, 60, new byte[0]), "x");
    client.harness.elapse(20_000);
    client.harness.deliver(client.delivery(message, client.lastMatch().forRetained()));
    Publish got = client.published().getFirst();
    assertThat(got.isRetain()).isTrue();
    assertThat(got.expirySeconds()).isEqualTo(40);
  }

  private static Message amqp(String key, Encoding encoding) {
    return new Message(
        Address.ofTopic(Topic.of(key, Spelling.DOT)),
        encoding,
        Body.ofUtf8("x"),
        new Origin("amqp-0-9-1", "/", "guest", ""),
        1_700_000_000_000L);
  }

  @Test
  void deletingTheQueueUnderAClientEndsItsConnection() {
    Client client = subscribed(Client.v5(), 1);
    client.consumerCancelled();
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.ADMINISTRATIVE_ACTION);
    assertThat(client.harness.closeReason()).isEqualTo("queue_deleted");
  }
}
