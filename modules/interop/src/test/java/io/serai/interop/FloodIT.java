package io.serai.interop;

import static io.serai.interop.MqttWire.CONNACK;
import static io.serai.interop.MqttWire.PUBACK;
import static io.serai.interop.MqttWire.PUBLISH;
import static io.serai.interop.MqttWire.SUBACK;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that publish as fast as they can beside others that publish a little. */
@Uses(ThirdParty.RABBITMQ_JAVA)
@Timeout(600)
class FloodIT {
  private static final int LIGHT_CLIENTS = 4;
  private static final int FEWEST_ROUNDS = 20;
  private static final byte[] NOTHING = {};

  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicReference<Exception> floodFailure = new AtomicReference<>();
  private SeraiProcess node;

  @BeforeEach
  void start() {
    node = SeraiProcess.start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aFloodingClientIsHeldBackAndTheOthersLoseNothing() throws Exception {
    try (MqttWire flooding = connected("flooding")) {
      Thread flood = flood(() -> flooding.publishMany("flood/of/many", 1_000));
      publishALittleUntilSomebodyIsThrottled();
      isOver.set(true);
      flood.join();
      flooding.subscribe("flooding/too", 0);
      flooding.next(SUBACK); // all that it sent is taken, and it was not closed for it
    }
    assertThat(floodFailure.get()).isNull();
  }

  @Test
  void aFloodOverAmqpIsHeldBackForMqttClientsToo() throws Exception {
    try (Connection flooding = JavaClient.connect(node)) {
      Channel channel = flooding.createChannel();
      byte[] body = new byte[16];
      Thread flood =
          flood(() -> {
            for (int i = 0; i < 1_000; i++) {
              channel.basicPublish("amq.topic", "flood.of.many", null, body);
            }
          });
      publishALittleUntilSomebodyIsThrottled();
      isOver.set(true);
      flood.join();
      assertThat(channel.queueDeclare().getQueue()).isNotEmpty();
    }
    assertThat(floodFailure.get()).isNull();
  }

  @Test
  void aFloodWithNobodyBesideItIsNotSlowed() throws Exception {
    try (MqttWire flooding = connected("flooding")) {
      for (int i = 0; i < 1_000; i++) {
        flooding.publishMany("flood/of/many", 1_000);
      }
      flooding.subscribe("flooding/too", 0);
      flooding.next(SUBACK);
    }
    assertThat(throttled()).isZero();
  }

  /** Every message of every light client comes, in order, and is confirmed. */
  private void publishALittleUntilSomebodyIsThrottled() throws Exception {
    List<MqttWire> clients = new ArrayList<>();
    try {
      for (int i = 0; i < LIGHT_CLIENTS; i++) {
        MqttWire client = connected("light-" + i);
        clients.add(client);
        client.subscribe("light/" + i, 1);
        client.next(SUBACK);
      }
      for (int round = 1; round <= FEWEST_ROUNDS || throttled() == 0; round++) {
        for (int i = 0; i < LIGHT_CLIENTS; i++) {
          int packetId = 1 + round % 60_000;
          clients.get(i).publish("light/" + i, 1, packetId);
          MqttWire.Packet one = clients.get(i).read();
          MqttWire.Packet other = clients.get(i).read();
          boolean isAckFirst = one.type() == PUBACK;
          MqttWire.Packet ack = isAckFirst ? one : other;
          MqttWire.Packet message = isAckFirst ? other : one;
          assertThat(ack.type()).isEqualTo(PUBACK);
          assertThat(ack.answeredId()).isEqualTo(packetId);
          assertThat(message.type()).isEqualTo(PUBLISH);
          assertThat(message.topic()).isEqualTo("light/" + i);
          clients.get(i).number(message.packetId(), 2).send(PUBACK);
        }
        TimeUnit.MILLISECONDS.sleep(100); // a light client publishes now and then
      }
    } finally {
      for (MqttWire client : clients) {
        client.close();
      }
    }
  }

  private MqttWire connected(String clientId) throws IOException {
    MqttWire wire = MqttWire.connect(node.port("mqtt"), clientId, 2, 0, "", NOTHING);
    assertThat(wire.next(CONNACK).content()[1]).isZero();
    return wire;
  }

  private interface Sending {
    void some() throws IOException;
  }

  /** Sends as fast as the node takes it. */
  private Thread flood(Sending sending) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (!isOver.get()) {
              sending.some();
            }
          } catch (IOException | RuntimeException e) {
            floodFailure.set(e);
          }
        });
  }

  private double throttled() throws Exception {
    return node.metric("serai_publishers_throttled_total");
  }
}
