package io.serai.interop;

import static io.serai.interop.CoapWire.ACK;
import static io.serai.interop.CoapWire.CON;
import static io.serai.interop.CoapWire.GET;
import static io.serai.interop.CoapWire.NON;
import static io.serai.interop.CoapWire.POST;
import static io.serai.interop.CoapWire.PUT;
import static io.serai.interop.CoapWire.RST;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.serai.interop.CoapWire.Message;
import io.serai.interop.CoapWire.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CoAP by raw datagrams: loss, repetition, disorder and nonsense. */
class CoapWireIT {
  private final int port = SharedNode.get().port("coap");
  private CoapWire wire;

  @BeforeEach
  void open() throws IOException {
    wire = new CoapWire(port);
  }

  @AfterEach
  void close() {
    wire.close();
  }

  private static byte[] put(int id, String path, String payload) {
    return new Request(CON, PUT, id, "01").path(path).bytes(payload);
  }

  private static byte[] get(int id, String path) {
    return new Request(CON, GET, id, "02").path(path).bytes();
  }

  private static byte[] observe(int id, String token, String path) {
    return new Request(CON, GET, id, token).option(CoapWire.OBSERVE, 0).path(path).bytes();
  }

  // ---- repetition and loss

  @Test
  void aRepeatedRequestIsDoneOnceAndAnsweredTheSame() throws Exception {
    byte[] request = new Request(CON, POST, 1, "0a").path("q/coap-wire-once").bytes("job");
    try (Connection connection = JavaClient.connect(SharedNode.get());
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("coap-wire-once", false, false, true, null);
      for (int i = 0; i < 5; i++) {
        Message answer = wire.ask(request);
        assertThat(answer.type()).isEqualTo(ACK);
        assertThat(answer.id()).isEqualTo(1);
        assertThat(answer.status()).isEqualTo("2.04");
      }
      assertThat(channel.messageCount("coap-wire-once")).isEqualTo(1);
    }
  }

  @Test
  void aRepeatedNonIsDoneOnceToo() throws Exception {
    byte[] request = new Request(NON, POST, 1, "0a").path("q/coap-wire-non").bytes("job");
    try (Connection connection = JavaClient.connect(SharedNode.get());
        Channel channel = connection.createChannel()) {
      channel.queueDeclare("coap-wire-non", false, false, true, null);
      wire.send(request);
      wire.send(request);
      assertThat(wire.receive().type()).isEqualTo(NON);
      assertThat(wire.isSilent(300)).isTrue();
      assertThat(channel.messageCount("coap-wire-non")).isEqualTo(1);
    }
  }

  @Test
  void aNotificationIsRepeatedUntilItIsAcknowledgedAndTellsTheNewestState() throws Exception {
    wire.ask(put(1, "ps/coap-wire/state", "0"));
    Message registered = wire.ask(observe(2, "0b", "ps/coap-wire/state"));
    assertThat(registered.number(CoapWire.OBSERVE)).isNotNegative();
    try (CoapWire publisher = new CoapWire(port)) {
      int state = 0;
      boolean isInTime;
      do {
        long began = System.nanoTime();
        publisher.ask(put(++state, "ps/coap-wire/state", "" + state));
        Message first = wire.receive();
        assertThat(first.payload()).isEqualTo("" + state);
        assertThat(first.type()).isEqualTo(CON);
        assertThat(first.token()).isEqualTo("0b");
        publisher.ask(put(++state, "ps/coap-wire/state", "" + state));
        publisher.ask(put(++state, "ps/coap-wire/state", "" + state));
        // It is repeated after two to three seconds; a machine that took longer tries again.
        isInTime = System.nanoTime() - began < 1_900_000_000L;
        Message again = wire.receive();
        while (!isInTime && !again.payload().equals("" + state)) {
          again = wire.receive();
        }
        assertThat(again.payload()).isEqualTo("" + state);
        assertThat(again.number(CoapWire.OBSERVE)).isGreaterThan(first.number(CoapWire.OBSERVE));
        wire.send(CoapWire.empty(ACK, again.id()));
        awaitAnswerBehind(wire, 3 + state);
      } while (!isInTime);
      assertThat(wire.isSilent(500)).isTrue();
      publisher.ask(put(++state, "ps/coap-wire/state", "" + state));
      Message next = wire.receive();
      assertThat(next.payload()).isEqualTo("" + state);
      wire.send(CoapWire.empty(RST, next.id()));
      awaitAnswerBehind(wire, 3 + state);
      publisher.ask(put(++state, "ps/coap-wire/state", "" + state));
      assertThat(wire.isSilent(500)).as("whoever resets observes no more").isTrue();
    }
  }

  /** A ping is answered behind whatever was repeated before the node had heard of it. */
  private static void awaitAnswerBehind(CoapWire wire, int id) throws IOException {
    Message behind = wire.ask(CoapWire.empty(CON, id));
    while (behind.type() == CON) {
      behind = wire.receive();
    }
    assertThat(behind.type()).as("the answer to a ping").isEqualTo(RST);
  }

  // ---- disorder

  @Test
  void datagramsOfManyRequestsInAnyOrderAreAllAnswered() throws Exception {
    List<byte[]> datagrams = new ArrayList<>();
    for (int id = 1; id <= 100; id++) {
      datagrams.add(put(id, "ps/coap-wire/order/" + id, "v" + id));
      datagrams.add(put(id, "ps/coap-wire/order/" + id, "v" + id));
    }
    Collections.shuffle(datagrams, new Random(11));
    for (byte[] datagram : datagrams) {
      assertThat(wire.ask(datagram).status()).isEqualTo("2.01");
    }
    for (int id = 1; id <= 100; id++) {
      assertThat(wire.ask(get(1_000 + id, "ps/coap-wire/order/" + id)).payload())
          .isEqualTo("v" + id);
    }
  }

  @Test
  void blocksOutOfOrderAreToldAndTheBodyCanBeGoneOnWith() throws Exception {
    String part = "0123456789abcdef".repeat(4);
    assertThat(wire.ask(block(1, 0, true, part)).status()).isEqualTo("2.31");
    assertThat(wire.ask(block(2, 2, false, "end")).status()).isEqualTo("4.08");
    assertThat(wire.ask(block(3, 1, true, part)).status()).isEqualTo("2.31");
    assertThat(wire.ask(block(3, 1, true, part)).status()).isEqualTo("2.31");
    assertThat(wire.ask(block(4, 2, false, "end")).status()).isEqualTo("2.01");
    assertThat(wire.ask(get(5, "ps/coap-wire/blocks")).payload()).isEqualTo(part + part + "end");
  }

  private static byte[] block(int id, int number, boolean isMore, String payload) {
    return new Request(CON, PUT, id, "0c")
        .path("ps/coap-wire/blocks")
        .block(CoapWire.BLOCK1, number, isMore, 2)
        .bytes(payload);
  }

  @Test
  void peersAreKeptApartByTheirAddress() throws Exception {
    for (int i = 0; i < 50; i++) {
      try (CoapWire other = new CoapWire(port)) {
        // the same message id and token from everybody
        assertThat(other.ask(put(1, "ps/coap-wire/peer" + i, "v" + i)).status()).isEqualTo("2.01");
        assertThat(other.ask(get(2, "ps/coap-wire/peer" + i)).payload()).isEqualTo("v" + i);
      }
    }
  }

  // ---- nonsense

  @Test
  void aPingAndWhatMakesNoSenseAreReset() throws Exception {
    for (String hex : List.of("40001234", "49011234", "4001123419", "40e11234", "40451234")) {
      Message reset = wire.ask(HexFormat.of().parseHex(hex));
      assertThat(reset).as(hex).isEqualTo(new Message(RST, 0, 0x1234, "", java.util.Map.of(), ""));
    }
  }

  @Test
  void anotherVersionAndNonsenseWithoutConfirmationArePassedOver() throws Exception {
    for (String hex : List.of("00011234", "80011234", "c0011234", "41", "59011234", "50001234")) {
      wire.send(HexFormat.of().parseHex(hex));
    }
    assertThat(wire.isSilent(300)).isTrue();
    assertThat(wire.ask(get(9, ".well-known/core")).status()).isEqualTo("2.05");
  }

  @Test
  void anUnknownCriticalOptionIsABadOption() throws Exception {
    byte[] request = new Request(CON, GET, 1, "0d").option(9, "x").path("ps").bytes();
    assertThat(wire.ask(request).status()).isEqualTo("4.02");
    wire.send(new Request(NON, GET, 2, "0d").option(9, "x").path("ps").bytes());
    assertThat(wire.isSilent(300)).isTrue();
  }

  @Test
  void randomDatagramsDisturbNobody() throws Exception {
    Random random = new Random(3);
    try (CoapWire noise = new CoapWire(port)) {
      for (int i = 0; i < 5_000; i++) {
        byte[] bytes = new byte[1 + random.nextInt(80)];
        random.nextBytes(bytes);
        bytes[0] = (byte) (0x40 | bytes[0] & 0x3f);
        noise.send(bytes);
        if (i % 50 == 0) { // more at once would fill the socket, and the system would drop the rest
          assertThat(wire.ask(CoapWire.empty(CON, i)).type()).isEqualTo(RST);
        }
      }
    }
    assertThat(wire.ask(get(9, ".well-known/core")).status()).isEqualTo("2.05");
  }
}
