package io.serai.interop;

import static io.serai.interop.MqttWire.CONNACK;
import static io.serai.interop.MqttWire.DISCONNECT;
import static io.serai.interop.MqttWire.PUBACK;
import static io.serai.interop.MqttWire.PUBCOMP;
import static io.serai.interop.MqttWire.PUBLISH;
import static io.serai.interop.MqttWire.PUBREC;
import static io.serai.interop.MqttWire.PUBREL;
import static io.serai.interop.MqttWire.SUBACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.interop.MqttWire.Packet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MQTT 5.0 with the assembled node, where no client library goes. */
class MqttWireIT {
  private static final int CLEAN = 2;
  private static final int KEPT = 0;
  private static final String EXPIRY_300 = "110000012c";
  private static final byte[] NOTHING = {};

  private final int port = SharedNode.get().port("mqtt");

  private MqttWire connected(String clientId, int flags, String properties) throws IOException {
    MqttWire wire = MqttWire.connect(port, clientId, flags, 0, properties, NOTHING);
    assertThat(wire.next(CONNACK).content()[1]).isZero();
    return wire;
  }

  @Test
  void unfinishedMessagesComeAgainWithTheirPacketIdsWhenTheClientIsBack() throws IOException {
    Packet one;
    Packet two;
    try (MqttWire wire = connected("wire-again", CLEAN, EXPIRY_300)) {
      wire.subscribe("wire/again/#", 2);
      wire.next(SUBACK);
      wire.publish("wire/again/1", 1, 11);
      wire.publish("wire/again/2", 2, 12);
      one = wire.next(PUBLISH);
      two = wire.next(PUBLISH);
      assertThat(one.isDup() || two.isDup()).isFalse();
    }
    try (MqttWire wire = connected("wire-again", KEPT, EXPIRY_300)) {
      Packet first = wire.next(PUBLISH);
      Packet second = wire.next(PUBLISH);
      assertThat(first.isDup() && second.isDup()).isTrue();
      assertThat(first.packetId()).isEqualTo(one.packetId());
      assertThat(second.packetId()).isEqualTo(two.packetId());
      assertThat(second.qos()).isEqualTo(2);
    }
    connected("wire-again", CLEAN, "").close();
  }

  @Test
  void theClientsReceiveMaximumHoldsBackTheThirdUntilOneIsAcknowledged() throws IOException {
    try (MqttWire sender = connected("wire-sender", CLEAN, "");
        MqttWire wire = connected("wire-two", CLEAN, "210002")) {
      wire.subscribe("wire/two", 1);
      wire.next(SUBACK);
      for (int id = 1; id <= 3; id++) {
        sender.publish("wire/two", 1, id);
        sender.next(PUBACK);
      }
      Packet first = wire.next(PUBLISH);
      wire.next(PUBLISH);
      assertThat(wire.isSilentFor(300)).isTrue();
      wire.number(first.packetId(), 2).send(PUBACK);
      assertThat(wire.next(PUBLISH).qos()).isEqualTo(1);
    }
  }

  @Test
  void morePublishesThanTheBrokersReceiveMaximumEndTheConnection() throws IOException {
    try (MqttWire wire = MqttWire.connect(port, "wire-flood", CLEAN, 0, "", NOTHING)) {
      int most = wire.next(CONNACK).shortProperty(0x21);
      assertThat(most).isPositive();
      for (int id = 1; id <= most + 1; id++) {
        wire.publish("wire/flood", 2, id);
      }
      assertThat(wire.next(DISCONNECT).content()[0] & 0xFF).isEqualTo(0x93);
      assertThat(wire.read()).isNull();
    }
  }

  @Test
  void silenceEndsTheConnectionAndPublishesItsWill() throws IOException {
    byte[] topic = "wire/will".getBytes(StandardCharsets.UTF_8);
    byte[] will = new byte[1 + 2 + topic.length + 2 + 1]; // no properties, topic, one byte
    will[2] = (byte) topic.length;
    System.arraycopy(topic, 0, will, 3, topic.length);
    will[will.length - 2] = 1;
    will[will.length - 1] = 'w';
    try (MqttWire watcher = connected("wire-watcher", CLEAN, "")) {
      watcher.subscribe("wire/will", 0);
      watcher.next(SUBACK);
      List<Long> waitsMillis = new ArrayList<>();
      do { // a busy machine may hold one up, not every time
        waitsMillis.add(willAfterSilence(watcher, will));
        assertThat(waitsMillis).as("though the silent client does not close").hasSizeLessThan(5);
      } while (waitsMillis.getLast() >= 900);
    }
  }

  /** How long after the DISCONNECT for its silence a client's will comes, in ms. */
  private long willAfterSilence(MqttWire watcher, byte[] will) throws IOException {
    long began = System.nanoTime();
    try (MqttWire silent = MqttWire.connect(port, "wire-silent", CLEAN | 4, 1, "", will)) {
      silent.next(CONNACK);
      assertThat(silent.next(DISCONNECT).content()[0] & 0xFF).isEqualTo(0x8D);
      long said = System.nanoTime();
      assertThat((said - began) / 1_000_000).isGreaterThanOrEqualTo(1_400);
      assertThat(watcher.next(PUBLISH).topic()).isEqualTo("wire/will");
      return (System.nanoTime() - said) / 1_000_000;
    }
  }

  @Test
  void aGroupsLargeMessagesGoToTheMemberThatTakesThem() throws IOException {
    String filter = "$share/sizes/wire/sizes";
    try (MqttWire small = connected("wire-small", CLEAN, "2700000040"); // 64 bytes a packet
        MqttWire large = connected("wire-large", CLEAN, "");
        MqttWire sender = connected("wire-sizes", CLEAN, "")) {
      small.subscribe(filter, 1);
      small.next(SUBACK);
      large.subscribe(filter, 1);
      large.next(SUBACK);
      for (int i = 1; i <= 6; i++) {
        sender.text("wire/sizes").number(i, 2).number(0, 1).bytes(new byte[200]);
        sender.send(PUBLISH | 2);
        sender.next(PUBACK);
      }
      for (int i = 1; i <= 6; i++) {
        MqttWire.Packet packet = large.next(PUBLISH);
        assertThat(packet.body()).hasSize(200);
        large.number(packet.packetId(), 2).send(PUBACK);
      }
      assertThat(small.isSilentFor(200)).isTrue();
    }
  }

  @Test
  void aMessageForManyReachesEachWholeAtItsQosWhateverItsSize() throws IOException {
    List<MqttWire> wires = new ArrayList<>();
    try (MqttWire sender = connected("wire-to-many", CLEAN, "")) {
      for (int i = 0; i < 12; i++) {
        MqttWire wire = connected("wire-of-many-" + i, CLEAN, "");
        wires.add(wire);
        wire.subscribe("wire/many", i % 3);
        wire.next(SUBACK);
      }
      for (int size : new int[] {0, 10, 5_000, 20_000, 300_000}) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) size);
        sender.text("wire/many").number(1, 2).number(0, 1).bytes(body).send(PUBLISH | 4);
        sender.next(PUBREC);
        sender.number(1, 2).send(PUBREL | 2);
        sender.next(PUBCOMP);
        for (int i = 0; i < wires.size(); i++) {
          Packet got = wires.get(i).next(PUBLISH);
          assertThat(got.topic()).isEqualTo("wire/many");
          assertThat(got.qos()).isEqualTo(i % 3);
          int headBytes = 2 + "wire/many".length() + (i % 3 == 0 ? 0 : 2) + 1;
          assertThat(Arrays.copyOfRange(got.content(), headBytes, got.content().length))
              .isEqualTo(body);
        }
      }
    } finally {
      for (MqttWire wire : wires) {
        wire.close();
      }
    }
  }

  @Test
  void dollarTopicsAreForWhoNamesThem() throws IOException {
    try (MqttWire wire = connected("wire-dollar", CLEAN, "")) {
      wire.subscribe("+/dollar", 0);
      wire.next(SUBACK);
      wire.publish("$wire/dollar", 0, 0);
      wire.publish("wire/dollar", 0, 0);
      assertThat(wire.next(PUBLISH).topic()).isEqualTo("wire/dollar");
      wire.subscribe("$wire/#", 0);
      wire.next(SUBACK);
      wire.publish("$wire/dollar", 0, 0);
      assertThat(wire.next(PUBLISH).topic()).isEqualTo("$wire/dollar");
    }
  }
}
