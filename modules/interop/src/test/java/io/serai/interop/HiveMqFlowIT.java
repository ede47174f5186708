package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flow control and reconnects of MQTT 5.0 with HiveMQ's client. */
@Uses(ThirdParty.HIVEMQ_JAVA)
@Timeout(600)
class HiveMqFlowIT {
  private static Mqtt5BlockingClient client() {
    return Mqtt5Client.builder()
        .identifier("flow-" + UUID.randomUUID())
        .serverHost("127.0.0.1")
        .serverPort(SharedNode.get().port("mqtt"))
        .buildBlocking();
  }

  private static String text(Mqtt5Publish publish) {
    return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
  }

  /** Publishes {@code count} messages, message n at QoS n modulo 3, as fast as the broker takes. */
  private static void publishMixed(Mqtt5BlockingClient sender, String topic, int count) {
    List<CompletableFuture<Mqtt5PublishResult>> results = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      results.add(
          sender
              .toAsync()
              .publishWith()
              .topic(topic)
              .qos(MqttQos.fromCode(n % 3))
              .payload(Integer.toString(n).getBytes(StandardCharsets.UTF_8))
              .send());
    }
    results.forEach(result -> assertThat(result.join().getError()).isEmpty());
  }

  private static List<Integer> everyThird(int first, int count) {
    return IntStream.range(0, count).filter(n -> n % 3 == first).boxed().toList();
  }

  /**
   * QoS 0 is not counted here: the client itself drops it when more than its receive maximum wait
   * for the application.
   */
  @Test
  void aReceiveMaximumOfFiveLosesAndDoublesNothing() throws Exception {
    Mqtt5BlockingClient sender = client();
    Mqtt5BlockingClient receiver = client();
    sender.connect();
    receiver.connectWith().restrictions().receiveMaximum(5).applyRestrictions().send();
    int count = 3_000;
    List<Integer> qos1 = new ArrayList<>();
    List<Integer> qos2 = new ArrayList<>();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        receiver.publishes(MqttGlobalPublishFilter.ALL)) {
      receiver.subscribeWith().topicFilter("flow/five").qos(MqttQos.EXACTLY_ONCE).send();
      publishMixed(sender, "flow/five", count);
      while (qos1.size() + qos2.size() < 2 * count / 3) {
        Mqtt5Publish got = publishes.receive(60, TimeUnit.SECONDS).orElseThrow();
        add(got, qos1, qos2);
      }
      Optional<Mqtt5Publish> more;
      while ((more = publishes.receive(300, TimeUnit.MILLISECONDS)).isPresent()) {
        add(more.get(), qos1, qos2);
      }
    }
    assertThat(qos1).isEqualTo(everyThird(1, count));
    assertThat(qos2).isEqualTo(everyThird(2, count));
    sender.disconnect();
    receiver.disconnect();
  }

  private static void add(Mqtt5Publish got, List<Integer> qos1, List<Integer> qos2) {
    switch (got.getQos()) {
      case AT_MOST_ONCE -> {}
      case AT_LEAST_ONCE -> qos1.add(Integer.valueOf(text(got)));
      case EXACTLY_ONCE -> qos2.add(Integer.valueOf(text(got)));
    }
  }

  /** It once got half a window and waited for ever. */
  @Test
  void aClientThatAcknowledgesFiveAtATimeGetsTheNextFive() throws Exception {
    Mqtt5BlockingClient sender = client();
    Mqtt5BlockingClient receiver = client();
    sender.connect();
    receiver.connectWith().restrictions().receiveMaximum(5).applyRestrictions().send();
    try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
        receiver.publishes(MqttGlobalPublishFilter.ALL, true)) {
      receiver.subscribeWith().topicFilter("flow/batch").qos(MqttQos.AT_LEAST_ONCE).send();
      for (int n = 0; n < 500; n++) {
        sender
            .toAsync()
            .publishWith()
            .topic("flow/batch")
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(Integer.toString(n).getBytes(StandardCharsets.UTF_8))
            .send();
      }
      for (int window = 0; window < 100; window++) {
        List<Mqtt5Publish> batch = new ArrayList<>();
        for (int n = 0; n < 5; n++) {
          Mqtt5Publish got = publishes.receive(60, TimeUnit.SECONDS).orElseThrow();
          assertThat(text(got)).isEqualTo(Integer.toString(window * 5 + n));
          batch.add(got);
        }
        batch.forEach(Mqtt5Publish::acknowledge);
      }
    }
    sender.disconnect();
    receiver.disconnect();
  }

  /** The connection breaks again and again, in whatever phase each message is. */
  @Test
  void brokenConnectionsLoseAndDoubleNothingAtQos2() throws Exception {
    int count = 2_000;
    try (BreakableWire wire = new BreakableWire(SharedNode.get().port("mqtt"))) {
      Mqtt5BlockingClient receiver =
          Mqtt5Client.builder()
              .identifier("flow-broken-" + UUID.randomUUID())
              .serverHost("127.0.0.1")
              .serverPort(wire.port())
              .automaticReconnect()
              .initialDelay(10, TimeUnit.MILLISECONDS)
              .maxDelay(50, TimeUnit.MILLISECONDS)
              .applyAutomaticReconnect()
              .buildBlocking();
      receiver
          .connectWith()
          .cleanStart(false)
          .sessionExpiryInterval(300)
          .restrictions()
          .receiveMaximum(5)
          .applyRestrictions()
          .send();
      Mqtt5BlockingClient sender = client();
      sender.connect();
      List<String> seen = new ArrayList<>();
      try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
          receiver.publishes(MqttGlobalPublishFilter.ALL)) {
        receiver.subscribeWith().topicFilter("flow/broken").qos(MqttQos.EXACTLY_ONCE).send();
        for (int n = 0; n < count; n++) {
          sender
              .toAsync()
              .publishWith()
              .topic("flow/broken")
              .qos(MqttQos.EXACTLY_ONCE)
              .payload(Integer.toString(n).getBytes(StandardCharsets.UTF_8))
              .send();
        }
        while (seen.size() < count) {
          seen.add(text(publishes.receive(60, TimeUnit.SECONDS).orElseThrow()));
          if (seen.size() % 97 == 0) {
            wire.cut();
          }
        }
        assertThat(publishes.receive(500, TimeUnit.MILLISECONDS)).isEmpty();
      }
      assertThat(seen).isEqualTo(IntStream.range(0, count).mapToObj(Integer::toString).toList());
      sender.disconnect();
      receiver.disconnectWith().sessionExpiryInterval(0).send();
    }
  }

  /** Each takes the id over from the one before, whatever that was just doing. */
  @Test
  void aStormOfConnectionsWithOneIdLeavesAWorkingSession() throws Exception {
    for (boolean isClean : new boolean[] {true, false}) {
      String id = "flow-storm-" + UUID.randomUUID();
      int tries = 1;
      while (!isStormShort(id, isClean)) { // a busy machine may hold one up, not every time
        assertThat(++tries).as("storms in which somebody waits").isLessThan(5);
      }
      Mqtt5BlockingClient last = withId(id).toBlocking();
      try (Mqtt5BlockingClient.Mqtt5Publishes publishes =
          last.publishes(MqttGlobalPublishFilter.ALL)) {
        last.connectWith().cleanStart(isClean).sessionExpiryInterval(isClean ? 0 : 300).send();
        last.subscribeWith().topicFilter(id).qos(MqttQos.AT_LEAST_ONCE).send();
        Mqtt5PublishResult result = last.publishWith().topic(id).qos(MqttQos.AT_LEAST_ONCE).send();
        assertThat(result.getError()).isEmpty();
        assertThat(publishes.receive(60, TimeUnit.SECONDS)).isPresent();
        assertThat(publishes.receive(100, TimeUnit.MILLISECONDS)).isEmpty();
      }
      last.disconnectWith().sessionExpiryInterval(0).send();
    }
  }

  /** Whether nobody waited for a holder that was told too late, which takes 5 s. */
  private static boolean isStormShort(String id, boolean isClean) throws Exception {
    long began = System.nanoTime();
    List<CompletableFuture<?>> arrivals = new ArrayList<>();
    for (int n = 0; n < 60; n++) {
      Mqtt5AsyncClient one = withId(id).toAsync();
      arrivals.add(
          one.connectWith()
              .cleanStart(isClean)
              .sessionExpiryInterval(isClean ? 0 : 300)
              .send()
              .thenAccept(
                  _ -> one.subscribeWith().topicFilter(id).qos(MqttQos.AT_LEAST_ONCE).send())
              .exceptionally(_ -> null)); // taken over before it was through
    }
    for (CompletableFuture<?> arrival : arrivals) {
      arrival.get(60, TimeUnit.SECONDS);
    }
    return System.nanoTime() - began < TimeUnit.SECONDS.toNanos(4);
  }

  private static Mqtt5Client withId(String id) {
    return Mqtt5Client.builder()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(SharedNode.get().port("mqtt"))
        .build();
  }
}
