package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MQTT sessions, their messages and retained values after the node was killed. */
class KillNineMqttIT {
  private static final int ROUNDS = FaultReport.rounds(2);
  private static final String WHAT = "MQTT QoS 1 and 2, a session that is away, kill -9";
  private static final int ACKNOWLEDGED_A_ROUND = 200;

  private Path data;

  @BeforeEach
  void makeFolder() throws Exception {
    data = Files.createTempDirectory("serai-crash");
  }

  @AfterEach
  void removeFolder() throws Exception {
    Folders.delete(data);
  }

  private static Mqtt5BlockingClient client(SeraiProcess node, String id) {
    return Mqtt5Client.builder()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(node.port("mqtt"))
        .buildBlocking();
  }

  /** Connects to a session that stays; answers whether it was there. */
  private static boolean resume(Mqtt5BlockingClient client) {
    return client
        .connectWith()
        .cleanStart(false)
        .sessionExpiryInterval(3600)
        .send()
        .isSessionPresent();
  }

  /** Publishes until told to stop or the node is gone; what is acknowledged goes to the ledger. */
  private static Thread publisher(
      SeraiProcess node, CrashLedger ledger, String name, MqttQos qos, AtomicBoolean isStopping) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            Mqtt5BlockingClient client = client(node, "publisher-" + name);
            client.connect();
            while (!isStopping.get()) {
              byte[] body = ledger.next(name);
              int number = ledger.sentBy(name) - 1;
              client.publishWith().topic("s/" + name).qos(qos).payload(body).send();
              ledger.confirmed(name, number);
            }
          } catch (RuntimeException e) {
            // the node is gone: the last one stays unknown
          }
        });
  }

  @Test
  void acknowledgedPublishesReachAPersistentSessionThroughEveryKill() throws Exception {
    CrashLedger ledger = new CrashLedger();
    for (int round = 0; round < ROUNDS; round++) {
      FaultReport.round(WHAT, round, ROUNDS);
      try (SeraiProcess node = SeraiProcess.start(data)) {
        if (round == 0) {
          Mqtt5BlockingClient subscriber = client(node, "subscriber");
          assertThat(resume(subscriber)).isFalse();
          subscriber.subscribeWith().topicFilter("s/#").qos(MqttQos.EXACTLY_ONCE).send();
          subscriber.disconnect();
        }
        AtomicBoolean isStopping = new AtomicBoolean();
        int before = ledger.confirmedCount();
        Thread one = publisher(node, ledger, "q1r" + round, MqttQos.AT_LEAST_ONCE, isStopping);
        Thread two = publisher(node, ledger, "q2r" + round, MqttQos.EXACTLY_ONCE, isStopping);
        ledger.awaitConfirmed(before + ACKNOWLEDGED_A_ROUND);
        node.kill();
        isStopping.set(true);
        one.join(120_000);
        two.join(120_000);
      }
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Mqtt5BlockingClient subscriber = client(node, "subscriber");
      try (Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
        assertThat(resume(subscriber)).isTrue();
        Optional<Mqtt5Publish> next;
        // Until everything is there, and then for a moment, for copies that must not come.
        while ((next = publishes.receive(ledger.lost().isEmpty() ? 1 : 60, TimeUnit.SECONDS))
            .isPresent()) {
          ledger.received(next.get().getPayloadAsBytes());
        }
      }
      subscriber.disconnect();
    }
    FaultReport.row(WHAT, ROUNDS, ledger.counts());
    ledger.assertWhole();
  }

  @Test
  void retainedValuesAndTheSessionOfAConnectedClientSurvive() throws Exception {
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Mqtt5BlockingClient client = client(node, "connected");
      assertThat(resume(client)).isFalse();
      client.subscribeWith().topicFilter("s/#").qos(MqttQos.AT_LEAST_ONCE).send();
      for (int i = 0; i < 100; i++) {
        client
            .publishWith()
            .topic("kept/" + i)
            .qos(MqttQos.AT_LEAST_ONCE)
            .retain(true)
            .payload(("v" + i).getBytes(UTF_8))
            .send();
      }
      client.publishWith().topic("kept/7").qos(MqttQos.AT_LEAST_ONCE).retain(true).send();
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Mqtt5BlockingClient reader = client(node, "reader");
      reader.connect();
      var values = new TreeMap<String, String>();
      try (Mqtt5Publishes publishes = reader.publishes(MqttGlobalPublishFilter.ALL)) {
        reader.subscribeWith().topicFilter("kept/#").send();
        while (values.size() < 99) {
          Optional<Mqtt5Publish> next = publishes.receive(60, TimeUnit.SECONDS);
          assertThat(next).as("retained values so far: " + values.size()).isPresent();
          values.put(
              next.get().getTopic().toString(), new String(next.get().getPayloadAsBytes(), UTF_8));
        }
      }
      assertThat(values).doesNotContainKey("kept/7").containsEntry("kept/99", "v99");
      // The session of the client that was connected goes on: nothing is subscribed to again.
      reader.publishWith().topic("s/1").qos(MqttQos.AT_LEAST_ONCE).payload(new byte[] {1}).send();
      Mqtt5BlockingClient client = client(node, "connected");
      try (Mqtt5Publishes publishes = client.publishes(MqttGlobalPublishFilter.ALL)) {
        assertThat(resume(client)).isTrue();
        assertThat(publishes.receive(60, TimeUnit.SECONDS)).isPresent();
      }
      client.disconnect();
      reader.disconnect();
    }
  }
}
