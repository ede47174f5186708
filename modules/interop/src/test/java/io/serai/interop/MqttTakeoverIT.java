package io.serai.interop;

import static io.serai.interop.MqttWire.CONNACK;
import static io.serai.interop.MqttWire.DISCONNECT;
import static io.serai.interop.MqttWire.PUBACK;
import static io.serai.interop.MqttWire.PUBLISH;
import static io.serai.interop.MqttWire.SUBACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.interop.MqttWire.Packet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A second connection with a client id while the first has messages under way: with its CONNACK,
 * what the first leaves behind is in its place. Client ids and topics differ, so that connections,
 * sessions, queues and values are on different loops.
 */
class MqttTakeoverIT {
  private static final int CLEAN = 2;
  private static final int KEPT = 0;
  private static final int WILL_QOS_1_RETAINED = 0x20 | 0x08 | 0x04;
  private static final String EXPIRY_300 = "110000012c";
  private static final String RECEIVE_MAXIMUM_20 = "210014";
  private static final int TAKEN_OVER = 0x8E;
  private static final int WINDOW = 20;
  private static final int MESSAGES = 50;

  private final int port = SharedNode.get().port("mqtt");

  static List<String> clientIds() {
    List<String> ids = new ArrayList<>();
    for (int n = 0; n < 12; n++) {
      ids.add("takeover-" + n);
    }
    return ids;
  }

  private MqttWire connected(String id, int flags, String properties, boolean isPresent)
      throws IOException {
    MqttWire wire = MqttWire.connect(port, id, flags, 0, properties, new byte[0]);
    assertThat(wire.next(CONNACK).content()).startsWith(isPresent ? 1 : 0, 0);
    return wire;
  }

  private void publish(String topic) throws IOException {
    try (MqttWire sender = connected("", CLEAN, "", false)) {
      for (int id = 1; id <= MESSAGES; id++) {
        sender.text(topic).number(id, 2).number(0, 1).number(id, 1).send(PUBLISH | 2);
        sender.next(PUBACK);
      }
    }
  }

  private static void assertTold(MqttWire older) throws IOException {
    assertThat(older.next(DISCONNECT).content()[0] & 0xFF).isEqualTo(TAKEN_OVER);
    assertThat(older.read()).isNull();
  }

  @ParameterizedTest
  @MethodSource("clientIds")
  void everyMessageOfTheSessionComesInItsPlace(String id) throws IOException {
    String kept = EXPIRY_300 + RECEIVE_MAXIMUM_20;
    List<Integer> underWay = new ArrayList<>();
    try (MqttWire older = connected(id, CLEAN, kept, false)) {
      older.subscribe("t/" + id, 1);
      older.next(SUBACK);
      publish("t/" + id);
      for (int n = 0; n < WINDOW; n++) {
        underWay.add(older.next(PUBLISH).packetId());
      }
      try (MqttWire newer = connected(id, KEPT, kept, true)) {
        assertTold(older);
        for (int n = 0; n < MESSAGES; n++) {
          Packet packet = newer.next(PUBLISH);
          assertThat((int) packet.body()[0]).isEqualTo(n + 1);
          assertThat(packet.isDup()).isEqualTo(n < WINDOW);
          if (n < WINDOW) {
            assertThat(packet.packetId()).isEqualTo(underWay.get(n));
          }
          newer.number(packet.packetId(), 2).send(PUBACK);
        }
        assertThat(newer.isSilentFor(50)).isTrue();
      }
    }
    connected(id, CLEAN, "", false).close();
  }

  @ParameterizedTest
  @MethodSource("clientIds")
  void whatAMemberOfAGroupHeldIsThereForItAgain(String id) throws IOException {
    String filter = "$share/g/s/" + id;
    try (MqttWire older = connected(id, CLEAN, RECEIVE_MAXIMUM_20, false)) {
      older.subscribe(filter, 1);
      older.next(SUBACK);
      publish("s/" + id);
      for (int n = 0; n < WINDOW; n++) {
        older.next(PUBLISH);
      }
      try (MqttWire newer = connected(id, CLEAN, RECEIVE_MAXIMUM_20, false)) {
        assertTold(older);
        newer.subscribe(filter, 1);
        for (int n = 0; n < MESSAGES; n++) {
          Packet packet = newer.next(PUBLISH);
          assertThat((int) packet.body()[0]).isEqualTo(n + 1);
          newer.number(packet.packetId(), 2).send(PUBACK);
        }
        newer.number(1, 2).number(0, 1).text(filter).send(0xA2); // the group ends with its member
        newer.next(0xB0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("clientIds")
  void theWillIsPublished(String id) throws IOException {
    String topic = "w/" + id;
    try (MqttWire older =
        MqttWire.connect(port, id, CLEAN | WILL_QOS_1_RETAINED, 0, "", will(topic, "gone"))) {
      older.next(CONNACK);
      try (MqttWire newer = connected(id, CLEAN, "", false)) {
        newer.subscribe(topic, 1);
        Packet will = newer.next(PUBLISH);
        assertThat(will.topic()).isEqualTo(topic);
        assertThat(will.body()).asString(StandardCharsets.UTF_8).isEqualTo("gone");
        assertThat(will.first() & 1).as("retained").isEqualTo(1);
        newer.text(topic).number(0, 1).send(PUBLISH | 1); // forgotten again
      }
    }
  }

  /** What follows the client id in CONNECT. */
  private static byte[] will(String topic, String body) {
    var out = new ByteArrayOutputStream();
    out.write(0); // properties
    for (String text : List.of(topic, body)) {
      out.write(0);
      out.write(text.length());
      out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }
}
