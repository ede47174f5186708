package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5RetainHandling;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** MQTT 5.0 with HiveMQ's client. */
@Uses(ThirdParty.HIVEMQ_JAVA)
@Timeout(600)
class HiveMqClientIT {
  private static Mqtt5BlockingClient client() {
    return Mqtt5Client.builder()
        .identifier("hive-" + UUID.randomUUID())
        .serverHost("127.0.0.1")
        .serverPort(SharedNode.get().port("mqtt"))
        .buildBlocking();
  }

  private static String text(Mqtt5Publish publish) {
    return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aThousandQos2MessagesArriveOnceAndInOrder() throws Exception {
    Mqtt5BlockingClient sender = client();
    Mqtt5BlockingClient receiver = client();
    sender.connect();
    receiver.connect();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        receiver.publishes(MqttGlobalPublishFilter.ALL)) {
      receiver.subscribeWith().topicFilter("hive/qos2/+").qos(MqttQos.EXACTLY_ONCE).send();
      for (int i = 0; i < 1_000; i++) {
        sender
            .publishWith()
            .topic("hive/qos2/" + i % 7)
            .qos(MqttQos.EXACTLY_ONCE)
            .payload(Integer.toString(i).getBytes(StandardCharsets.UTF_8))
            .send();
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(text(publishes.receive(60, TimeUnit.SECONDS).orElseThrow()))
            .isEqualTo(Integer.toString(i));
      }
      assertThat(publishes.receive(200, TimeUnit.MILLISECONDS)).isEmpty();
    }
    sender.disconnect();
    receiver.disconnect();
  }

  @Test
  void everyPublishPropertyComesBack() throws Exception {
    Mqtt5BlockingClient client = client();
    client.connect();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        client.publishes(MqttGlobalPublishFilter.ALL)) {
      client.subscribeWith().topicFilter("hive/properties").qos(MqttQos.AT_LEAST_ONCE).send();
      client
          .publishWith()
          .topic("hive/properties")
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload("body".getBytes(StandardCharsets.UTF_8))
          .contentType("text/plain")
          .responseTopic("hive/answer")
          .correlationData(ByteBuffer.wrap(new byte[] {0, 1, -1}))
          .messageExpiryInterval(10_000)
          .payloadFormatIndicator(
              com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator.UTF_8)
          .userProperties()
          .add("b", "1")
          .add("a", "2")
          .add("b", "3")
          .applyUserProperties()
          .send();
      Mqtt5Publish got = publishes.receive(60, TimeUnit.SECONDS).orElseThrow();
      assertThat(got.getContentType().orElseThrow()).hasToString("text/plain");
      assertThat(got.getResponseTopic().orElseThrow()).hasToString("hive/answer");
      assertThat(got.getCorrelationData().orElseThrow())
          .isEqualTo(ByteBuffer.wrap(new byte[] {0, 1, -1}));
      assertThat(got.getMessageExpiryInterval().orElseThrow()).isBetween(9_900L, 10_000L);
      assertThat(got.getPayloadFormatIndicator()).isPresent();
      assertThat(got.getUserProperties().asList())
          .extracting(p -> p.getName() + "=" + p.getValue())
          .containsExactly("b=1", "a=2", "b=3");
    }
    client.disconnect();
  }

  @Test
  void retainHandlingIsHonoured() throws Exception {
    Mqtt5BlockingClient client = client();
    client.connect();
    client
        .publishWith()
        .topic("hive/retained")
        .qos(MqttQos.AT_LEAST_ONCE)
        .retain(true)
        .payload("kept".getBytes(StandardCharsets.UTF_8))
        .send();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        client.publishes(MqttGlobalPublishFilter.ALL)) {
      client
          .subscribeWith()
          .topicFilter("hive/retained")
          .retainHandling(Mqtt5RetainHandling.DO_NOT_SEND)
          .send();
      assertThat(publishes.receive(200, TimeUnit.MILLISECONDS)).isEmpty();
      client
          .subscribeWith()
          .topicFilter("hive/retained")
          .retainHandling(Mqtt5RetainHandling.SEND_IF_SUBSCRIPTION_DOES_NOT_EXIST)
          .send();
      assertThat(publishes.receive(200, TimeUnit.MILLISECONDS)).isEmpty();
      client
          .subscribeWith()
          .topicFilter("hive/retained")
          .retainHandling(Mqtt5RetainHandling.SEND)
          .send();
      Optional<Mqtt5Publish> retained = publishes.receive(60, TimeUnit.SECONDS);
      assertThat(retained).isPresent();
      assertThat(retained.get().isRetain()).isTrue();
      assertThat(text(retained.get())).isEqualTo("kept");
    }
    client.publishWith().topic("hive/retained").retain(true).send();
    client.disconnect();
  }

  @Test
  void aPublishNobodyWantsIsAnsweredWithNoMatchingSubscribers() {
    Mqtt5BlockingClient client = client();
    client.connect();
    Mqtt5PublishResult result =
        client.publishWith().topic("hive/nobody").qos(MqttQos.AT_LEAST_ONCE).send();
    assertThat(((Mqtt5PublishResult.Mqtt5Qos1Result) result).getPubAck().getReasonCode())
        .isEqualTo(Mqtt5PubAckReasonCode.NO_MATCHING_SUBSCRIBERS);
    client.disconnect();
  }

  @Test
  void aSessionIsResumedAndExpiresOnRequest() {
    Mqtt5BlockingClient client = client();
    Mqtt5ConnAck first = client.connectWith().cleanStart(false).sessionExpiryInterval(120).send();
    assertThat(first.isSessionPresent()).isFalse();
    client.subscribeWith().topicFilter("hive/session").qos(MqttQos.AT_LEAST_ONCE).send();
    client.disconnect();
    assertThat(
            client
                .connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(120)
                .send()
                .isSessionPresent())
        .isTrue();
    client.disconnectWith().sessionExpiryInterval(0).send();
    assertThat(client.connectWith().cleanStart(false).send().isSessionPresent()).isFalse();
    client.disconnect();
  }

  @Test
  void receiveMaximumOfTheClientIsNeverExceeded() throws Exception {
    Mqtt5BlockingClient sender = client();
    Mqtt5BlockingClient slow = client();
    sender.connect();
    slow.connectWith().restrictions().receiveMaximum(3).applyRestrictions().send();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        slow.publishes(MqttGlobalPublishFilter.ALL, true)) {
      slow.subscribeWith().topicFilter("hive/slow").qos(MqttQos.AT_LEAST_ONCE).send();
      for (int i = 0; i < 20; i++) {
        sender
            .publishWith()
            .topic("hive/slow")
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(new byte[] {(byte) i})
            .send();
      }
      // The client itself would disconnect with 0x93 if a fourth came unacknowledged.
      for (int i = 0; i < 20; i++) {
        Mqtt5Publish got = publishes.receive(60, TimeUnit.SECONDS).orElseThrow();
        assertThat(got.getPayloadAsBytes()).containsExactly((byte) i);
        got.acknowledge();
      }
    }
    assertThat(slow.getState().isConnected()).isTrue();
    sender.disconnect();
    slow.disconnect();
  }

  @Test
  void aWrongPasswordIsRefused() {
    Mqtt5BlockingClient client = client();
    assertThatThrownBy(() ->
            client
                .connectWith()
                .simpleAuth()
                .username("guest")
                .password("wrong".getBytes(StandardCharsets.UTF_8))
                .applySimpleAuth()
                .send())
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            e ->
                assertThat(e.getMqttMessage().getReasonCode())
                    .isIn(
                        Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD,
                        Mqtt5ConnAckReasonCode.NOT_AUTHORIZED));
  }

  @Test
  void nothingOfMqtt5IsSaidToBeUnavailable() {
    Mqtt5BlockingClient client = client();
    Mqtt5ConnAck ack = client.connect();
    assertThat(ack.getRestrictions().isSharedSubscriptionAvailable()).isTrue();
    assertThat(ack.getRestrictions().areSubscriptionIdentifiersAvailable()).isTrue();
    assertThat(ack.getRestrictions().isRetainAvailable()).isTrue();
    assertThat(ack.getRestrictions().getMaximumQos()).isEqualTo(MqttQos.EXACTLY_ONCE);
    assertThat(ack.getRestrictions().isWildcardSubscriptionAvailable()).isTrue();
    client.disconnect();
  }
}
