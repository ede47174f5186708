package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.pubAck;
import static io.serai.gateway.mqtt.Client.pubComp;
import static io.serai.gateway.mqtt.Client.pubRec;
import static io.serai.gateway.mqtt.Client.pubRel;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.SessionRecord;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client's receive maximum (MQTT 5.0 §3.1.2.11.3, §4.9) and what waits for room in it. */
class WindowTest {
  private static Client client(int receiveMaximum) {
    Client client = Client.v5().keepingSession();
    client.property(PropertyId.RECEIVE_MAXIMUM, receiveMaximum).connected();
    client.subscribe("#", 2);
    return client;
  }

  private static int granted(Client client) {
    return client.harness.recorded(Recorded.Granted.class).stream()
        .mapToInt(Recorded.Granted::credit)
        .sum();
  }

  private static List<String> bodies(List<Publish> published) {
    return published.stream().map(p -> p.body().toUtf8()).toList();
  }

  @Test
  void noMoreIsSentThanTheReceiveMaximum() {
    Client client = client(2);
    client.deliver(2, message("t", 1, "a"), message("t", 2, "b"), message("t", 1, "c"));
    assertThat(bodies(client.published())).containsExactly("a", "b");
    client.harness.receives(pubRec(2, 0));
    assertThat(client.harness.sent()).containsExactly(pubRel(2)); // QoS 2 counts until PUBCOMP
    client.harness.receives(pubComp(2, 0));
    assertThat(bodies(client.published())).containsExactly("c");
    client.deliver(2, message("t", 2, "d"));
    assertThat(client.published()).isEmpty();
    client.harness.receives(pubAck(1, 0));
    assertThat(bodies(client.published())).containsExactly("d");
  }

  @Test
  void qos0GoesPastAClosedWindow() {
    Client client = client(1);
    List<Delivery> all =
        client.deliver(
            2,
            message("t", 1, "a"),
            message("t", 1, "b"),
            message("t", 0, "zero"),
            message("t", 2, "c"));
    assertThat(bodies(client.published())).containsExactly("a", "zero");
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(all.get(2), Outcome.ACCEPTED));
    client.harness.receives(pubAck(1, 0));
    assertThat(bodies(client.published())).containsExactly("b");
  }

  @Test
  void aLittleIsFetchedAheadOfTheWindowAndNoMore() {
    Client client = client(5);
    int fetched = granted(client);
    assertThat(fetched).isEqualTo(5 + CreditWindow.AHEAD);
    for (int n = 0; n < fetched; n++) {
      client.deliver(2, message("t", 1, "m" + n));
    }
    assertThat(client.published()).hasSize(5);
    assertThat(granted(client)).isZero();
  }

  /** Acknowledging by whole windows once stopped: half a window was never granted. */
  @Test
  void aClientThatAcknowledgesAWindowAtATimeAlwaysGetsTheNextOne() {
    for (int window : new int[] {1, 2, 3, 5, 20, 64, 65_535}) {
      Client client = client(window);
      int full = Math.min(window, 64); // the listener's max-inflight
      List<Integer> unacknowledged = new ArrayList<>(fetchAll(client));
      for (int windows = 0; windows < 10; windows++) {
        assertThat(unacknowledged).as("window of " + window).hasSize(full);
        List<Integer> acknowledged = List.copyOf(unacknowledged);
        unacknowledged.clear();
        for (int id : acknowledged) {
          client.harness.receives(pubAck(id, 0));
          unacknowledged.addAll(fetchAll(client));
        }
      }
    }
  }

  /** The queue has more than anybody can take; answers the packet ids of what was sent. */
  private static List<Integer> fetchAll(Client client) {
    for (int credit; (credit = granted(client)) > 0; ) {
      for (int n = 0; n < credit; n++) {
        client.deliver(2, message("t", 1, "x"));
      }
    }
    return client.published().stream().map(Publish::packetId).toList();
  }

  @Test
  void whatWaitsForRoomGoesBackToItsPlaceWhenTheConnectionEnds() {
    Client client = client(1);
    List<Delivery> all = client.deliver(2, message("t", 1, "a"), message("t", 1, "b"));
    client.harness.recorded();
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactlyInAnyOrder(
            new Recorded.Settled(all.get(0), Outcome.RETURNED),
            new Recorded.Settled(all.get(1), Outcome.RETURNED));
    SessionState state = (SessionState) client.released().keep().state();
    assertThat(state.outbound()).hasSize(1); // b was never sent: it has no packet id
  }

  @Test
  void whatExpiresWhileItWaitsForRoomIsNotSent() {
    Client client = client(1);
    Message brief = message("t", MqttEncoding.of(1, false, 10, new byte[0]), "brief");
    List<Delivery> all = client.deliver(2, message("t", 1, "a"), brief, message("t", 1, "b"));
    client.published();
    client.harness.recorded();
    client.harness.elapse(10_000);
    client.harness.receives(pubAck(1, 0));
    assertThat(bodies(client.published())).containsExactly("b");
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(
            new Recorded.Settled(all.get(0), Outcome.ACCEPTED),
            new Recorded.Settled(all.get(1), Outcome.ACCEPTED));
  }

  @Test
  void aResumedSessionsUnacknowledgedMessagesWaitForRoomToo() {
    Client first = client(3);
    Message[] messages = {message("t", 1, "a"), message("t", 2, "b"), message("t", 1, "c")};
    List<Delivery> sent = first.deliver(2, messages);
    first.harness.disconnect();
    SessionRecord kept = first.released().keep();

    Client again = Client.v5().keepingSession().resuming(kept);
    again.property(PropertyId.RECEIVE_MAXIMUM, 1).connected();
    SubscriptionMatch match = new SubscriptionMatch("sensor-7", 2, false, false, false, List.of());
    for (int n = 0; n < messages.length; n++) {
      again.harness.deliver(again.delivery(messages[n], match, sent.get(n).sequence(), 1));
    }
    assertThat(again.published().stream().map(p -> p.packetId() + " " + p.isDup()))
        .containsExactly("1 true");
    again.harness.receives(pubAck(1, 0));
    assertThat(again.published().stream().map(p -> p.packetId() + " " + p.isDup()))
        .containsExactly("2 true");
    again.harness.receives(pubRec(2, 0), pubComp(2, 0));
    assertThat(again.harness.sent().stream().filter(Publish.class::isInstance)).hasSize(1);
  }

  /** A client that never completes what it received could make the table of ids grow for good. */
  @Test
  void messagesThatLackOnlyPubcompTakeAPlaceOnLaterConnections() {
    Client first = client(2);
    first.deliver(2, message("t", 2, "a"), message("t", 2, "b"));
    first.harness.receives(pubRec(1, 0), pubRec(2, 0));
    first.harness.disconnect();

    Client again = Client.v5().keepingSession().resuming(first.released().keep());
    again.property(PropertyId.RECEIVE_MAXIMUM, 2).connected();
    assertThat(again.resumed).containsExactly(pubRel(1), pubRel(2));
    again.deliver(2, message("t", 2, "c"));
    assertThat(again.harness.sent()).isEmpty();
    again.harness.receives(pubComp(1, 0x92));
    assertThat(bodies(again.published())).containsExactly("c");
  }

  @Test
  void pubrelsAreSentAgainInTheOrderOfTheirPubrecs() {
    Client first = client(5);
    first.deliver(2, message("t", 2, "a"), message("t", 2, "b"), message("t", 2, "c"));
    first.harness.receives(pubRec(3, 0), pubRec(1, 0), pubRec(2, 0));
    first.harness.disconnect();
    Client again = Client.v5().keepingSession().resuming(first.released().keep());
    again.connected();
    assertThat(again.resumed).containsExactly(pubRel(3), pubRel(1), pubRel(2)); // §4.6
  }
}
