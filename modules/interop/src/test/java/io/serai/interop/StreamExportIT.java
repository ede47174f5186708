package io.serai.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream and its reader, moved to another data folder by an export and an import. */
class StreamExportIT {
  private static final int PINGREQ = 0xC0;
  private static final int PINGRESP = 0xD0;
  private static final int KEPT = 0;
  private static final String EXPIRY_300 = "110000012c";
  private static final int MESSAGES = 10;
  private static final int READ_BEFORE = 4;

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("serai-stream-export");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(folder);
  }

  private static SeraiProcess start(Path data) throws IOException {
    return SeraiProcess.start(data, "--set", "listeners.mqtt.stream-offset=first");
  }

  private static void publish(SeraiProcess node, int from, int to) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setPort(node.port("amqp"));
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("log", true, false, false, Map.of("x-queue-type", "stream"));
      channel.confirmSelect();
      for (int i = from; i < to; i++) {
        channel.basicPublish(
            "", "log", MessageProperties.PERSISTENT_BASIC, ("s" + i).getBytes(UTF_8));
      }
      channel.waitForConfirmsOrDie(60_000);
    }
  }

  private static MqttWire reader(SeraiProcess node) throws IOException {
    MqttWire wire = MqttWire.connect(node.port("mqtt"), "reader", KEPT, 0, EXPIRY_300, new byte[0]);
    wire.next(MqttWire.CONNACK);
    return wire;
  }

  /** Takes and acknowledges the messages of some offsets, in their order. */
  private static void read(MqttWire wire, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      MqttWire.Packet packet = wire.next(MqttWire.PUBLISH);
      String text = new String(packet.content(), UTF_8);
      String offset = String.valueOf(i);
      assertThat(text)
          .endsWith("s" + i)
          .contains("x-stream-offset\0" + (char) offset.length() + offset);
      wire.number(packet.packetId(), 2).send(MqttWire.PUBACK);
    }
  }

  @Test
  void aStreamAndThePlaceOfItsReaderMoveToAnotherFolder() throws Exception {
    Path data = folder.resolve("data");
    Path file = folder.resolve("export.json");
    Path copy = folder.resolve("copy");
    try (SeraiProcess node = start(data)) {
      publish(node, 0, MESSAGES);
      try (MqttWire wire = reader(node)) {
        wire.subscribe("$stream/log", 1);
        wire.next(MqttWire.SUBACK);
        read(wire, 0, READ_BEFORE);
        wire.send(PINGREQ);
        wire.next(PINGRESP); // the node has seen what was acknowledged
        assertThat(node.terminate()).isZero();
      }
    }
    Finished exported = SeraiProcess.run("store", "export", data.toString(), file.toString());
    assertThat(exported.output()).contains(MESSAGES + " messages in 1 streams");
    Finished imported = SeraiProcess.run("store", "import", copy.toString(), file.toString());
    assertThat(imported.exitCode()).as(imported.output()).isZero();
    try (SeraiProcess node = start(copy)) {
      publish(node, MESSAGES, MESSAGES + 5);
      try (MqttWire wire = reader(node)) {
        read(wire, READ_BEFORE, MESSAGES + 5);
      }
    }
  }
}
