package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Publisher;
import io.serai.bus.SessionRecord;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wills (MQTT 5.0 §3.1.2.5, §3.1.3.2). */
class WillTest {
  private static final long NOW = 1_700_000_000_000L;

  private static Will will(long delaySeconds) {
    return new Will(
        topic("status/7"), MqttEncoding.plain(1, true), Body.ofUtf8("gone"), delaySeconds);
  }

  private static List<Recorded.Published> published(Client client) {
    return client.harness.recorded(Recorded.Published.class);
  }

  @Test
  void theWillIsPublishedWhenTheConnectionBreaks() {
    Client client = Client.v311().will(will(0)).connected();
    client.harness.elapse(5_000);
    client.harness.disconnect();
    Recorded.Published published = published(client).getFirst();
    assertThat(published.message().address()).isEqualTo(topic("status/7"));
    assertThat(published.message().body().toUtf8()).isEqualTo("gone");
    assertThat(published.message().receivedMillis()).isEqualTo(NOW + 5_000);
    assertThat(published.message().origin().clientId()).isEqualTo("sensor-7");
    assertThat(published.flags()).isEqualTo(Publisher.RETAIN);
    client.harness.disconnect();
    assertThat(published(client)).isEmpty();
  }

  @Test
  void theWillDoesNotWaitUntilASilentPeerIsFoundToBeGone() {
    Client client = Client.v5().keepAlive(10).will(will(0)).connected();
    client.readTimeout();
    assertThat(published(client)).hasSize(1);
    client.harness.disconnect();
    assertThat(published(client)).isEmpty();
  }

  @Test
  void theWillOfWhoBreaksTheRulesIsPublishedAtOnceToo() {
    Client client = Client.v5().will(will(0)).connected();
    client.harness.event(out ->
        client.session().onProtocolError(PacketReader.protocolError("a rule", "§4.13"), out));
    assertThat(published(client)).hasSize(1);
    client.harness.disconnect();
    assertThat(published(client)).isEmpty();
  }

  @Test
  void aNormalDisconnectDropsTheWill() {
    Client client = Client.v311().will(will(0)).connected();
    client.harness.receives(new Disconnect(0, MqttProperties.NONE));
    client.harness.disconnect();
    assertThat(published(client)).isEmpty();
  }

  @Test
  void disconnectWithWillPublishesIt() {
    Client client = Client.v5().will(will(0)).connected();
    client.harness.receives(
        new Disconnect(MqttReason.DISCONNECT_WITH_WILL, MqttProperties.NONE)); // 0x04
    client.harness.disconnect();
    assertThat(published(client)).hasSize(1);
  }

  @Test
  void silenceAndProtocolErrorsPublishTheWill() {
    Client silent = Client.v5().will(will(0)).connected();
    silent.readTimeout();
    silent.harness.disconnect();
    assertThat(published(silent)).hasSize(1);
    Client wrong = Client.v5().will(will(0)).connected();
    wrong.harness.receivesGarbage(PacketReader.malformed("QoS 3", "§3.3.1"));
    wrong.harness.disconnect();
    assertThat(published(wrong)).hasSize(1);
  }

  @Test
  void aDelayedWillStaysWithTheSession() {
    Client client = Client.v5().keepingSession().will(will(30)).connected();
    client.harness.disconnect();
    assertThat(published(client)).isEmpty();
    SessionRecord kept = client.released().keep();
    Message will = kept.will();
    assertThat(will.body().toUtf8()).isEqualTo("gone");
    assertThat(kept.willAtMillis()).isEqualTo(NOW + 30_000);
    assertThat(kept.willFlags()).isEqualTo(Publisher.RETAIN);
    assertThat(kept.owner().clientId()).isEqualTo("sensor-7");
  }

  @Test
  void theEndOfTheSessionCutsTheDelay() {
    Client client = Client.v5().keepingSession().will(will(7200)).connected(); // expiry 3600 s
    client.harness.disconnect();
    assertThat(client.released().keep().willAtMillis()).isEqualTo(NOW + 3_600_000);
    Client ending = Client.v5().will(will(30)).connected(); // expiry 0: at once
    ending.harness.disconnect();
    assertThat(published(ending)).hasSize(1);
  }

  @Test
  void aWillWithoutDelayIsPublishedAtATakeover() {
    Client client = Client.v5().keepingSession().will(will(0)).connected();
    client.takenOver();
    assertThat(published(client)).hasSize(1);
    Client delayed = Client.v5().keepingSession().will(will(30)).connected();
    delayed.takenOver();
    assertThat(published(delayed)).isEmpty();
    assertThat(delayed.released().keep().will()).isNotNull();
  }

  private static Will willTo(String topicName) {
    return new Will(topic(topicName), MqttEncoding.plain(1, true), Body.ofUtf8("gone"), 0);
  }

  @Test
  void aWillForTheBrokersOwnTopicsIsRefused() {
    for (String reserved : List.of("$SYS/broker/uptime", "$share/g/t")) {
      Client client = Client.v5().will(willTo(reserved)).start();
      client.harness.receives(client.connect());
      assertThat(client.harness.sentOne(ConnAck.class).reason())
          .isEqualTo(MqttReason.TOPIC_NAME_INVALID);
      Client old = Client.v311().will(willTo(reserved)).start();
      old.harness.receives(old.connect());
      assertThat(old.harness.sentOne(ConnAck.class).reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
    }
  }

  @Test
  void aWillMayGoToAQueue() {
    Client client = Client.v311().will(willTo("$queue/obituaries")).connected();
    client.harness.disconnect();
    Recorded.Published will = published(client).getFirst();
    assertThat(will.message().address()).isEqualTo(Address.ofQueue("obituaries"));
    assertThat(will.flags()).isZero(); // a queue has no retained value
  }
}
