package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRecord;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Body;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions that change hands or end at awkward moments. */
class TakeoverTest {
  private static final String QUEUE = "mqtt-session-sensor-7";

  private static Client persistent() {
    return Client.v5().keepingSession();
  }

  /** What a client with one subscription left behind. */
  private static SessionRecord kept() {
    Client client = persistent().connected();
    client.subscribe("#", 2);
    client.harness.disconnect();
    return client.released().keep();
  }

  private static void subscribing(Client client) {
    client.harness.receives(
        new Subscribe(1, List.of(new Wanted("a", 1, false, false, 0)), MqttProperties.NONE));
  }

  private static List<String> filters(SessionRecord record) {
    return ((SessionState) record.state())
        .subscriptions().stream().map(Subscription::filter).toList();
  }

  @Test
  void aTakeoverDuringResumptionLosesNothing() {
    Client client = persistent().resuming(kept()).holding(Request.Consume.class);
    client.arrive("guest");
    client.takenOver();
    assertThat(client.harness.closeReason()).isEqualTo("taken_over");
    assertThat(client.harness.recorded(Recorded.Told.class)).isEmpty(); // it waits for the consumer
    client.letGo();
    SessionRecord kept = client.released().keep();
    assertThat(kept.queue()).isEqualTo(QUEUE);
    assertThat(filters(kept)).containsExactly("#");
    assertThat(client.asked).anyMatch(Request.CancelConsumer.class::isInstance);
  }

  @Test
  void nothingIsSaidBeforeConnack() {
    Client client = persistent().resuming(kept()).holding(Request.Consume.class);
    client.arrive("guest");
    client.shutdown(); // MQTT-3.14.0-1: no DISCONNECT before CONNACK
    client.letGo();
    assertThat(client.harness.sent()).isEmpty();
    assertThat(client.harness.closeReason()).isEqualTo("shutdown");
    client.harness.disconnect();
    assertThat(client.released().keep().queue()).isEqualTo(QUEUE);
  }

  @Test
  void aTakeoverDuringSubscribeWaitsForItsEnd() {
    for (Class<?> step :
        List.of(Request.DeclareQueue.class, Request.Consume.class, Request.Subscribe.class)) {
      Client client = persistent().holding(step).connected();
      subscribing(client);
      client.takenOver();
      assertThat(client.harness.recorded(Recorded.Told.class)).as(step.getSimpleName()).isEmpty();
      client.letGo();
      SessionRecord kept = client.released().keep();
      assertThat(kept.queue()).isEqualTo(QUEUE);
      assertThat(filters(kept)).containsExactly("a");
      assertThat(client.harness.sent())
          .containsExactly(new Disconnect(MqttReason.SESSION_TAKEN_OVER, MqttProperties.NONE));
    }
  }

  @Test
  void aCleanSessionTakenOverDuringSubscribeLeavesNoQueue() {
    Client client = Client.v5().holding(Request.OpenSubscription.class).connected();
    subscribing(client);
    client.takenOver();
    client.letGo();
    Request.ReleaseSession released = client.released();
    assertThat(released.keep()).isNull();
    assertThat(released.queue()).isEqualTo(QUEUE);
  }

  /**
   * With a clean start the claim waits for a queue to go: the next claim may overtake its answer.
   */
  @Test
  void aClaimLostBeforeItsAnswerIsGivenBack() {
    Client client = Client.v5().holding(Request.ClaimSession.class);
    client.arrive("guest");
    client.takenOver();
    client.letGo();
    assertThat(client.released().epoch()).isEqualTo(7);
    assertThat(client.harness.closeReason()).isEqualTo("taken_over");
    assertThat(client.harness.sent()).isEmpty();
    client.harness.disconnect();
    assertThat(client.harness.recorded(Recorded.Told.class)).isEmpty();
  }

  @Test
  void aTakeoverOfAnEarlierClaimChangesNothing() {
    Client client = Client.v5().connected();
    client.takenOver(6);
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void anotherUsersSessionEndsAndIsNotResumed() {
    SessionRecord kept = kept();
    Client client = persistent().resuming(kept);
    client.answering(r -> {
      if (r instanceof Request.ClaimSession claim && claim.clean()) {
        return Result.ok(new Request.SessionClaim(8, null));
      }
      return null;
    });
    client.arrive("mallory");
    assertThat(client.harness.sentOne(ConnAck.class).sessionPresent()).isFalse();
    Request.ReleaseSession ended = client.released();
    assertThat(ended.keep()).isNull();
    assertThat(ended.queue()).isEqualTo(QUEUE);
    assertThat(client.asked).noneMatch(Request.Consume.class::isInstance);
    client.takenOver(7); // of the claim that was given back
    assertThat(client.harness.closeReason()).isNull();
  }

  @Test
  void aSessionThatMayNotBeReadIsRefusedAndKept() {
    Will will =
        new Will(Client.topic("gone"), MqttEncoding.plain(0, false), Body.ofUtf8("gone"), 0);
    Client client =
        persistent()
            .will(will)
            .resuming(kept())
            .answering(r ->
                r instanceof Request.Consume
                    ? Result.refused(Refusal.ACCESS_REFUSED, "no read access")
                    : null);
    client.arrive("guest");
    assertThat(client.harness.sentOne(ConnAck.class).reason()).isEqualTo(MqttReason.NOT_AUTHORIZED);
    client.harness.disconnect();
    SessionRecord kept = client.released().keep();
    assertThat(kept.queue()).isEqualTo(QUEUE);
    assertThat(filters(kept)).containsExactly("#");
    assertThat(client.harness.recorded(Recorded.Published.class)).isEmpty();
  }

  @Test
  void whatArrivesAfterDisconnectGoesBackToItsPlace() {
    Client client = persistent().holding(Request.CancelConsumer.class).connected();
    client.subscribe("#", 1);
    client.harness.receives(new Disconnect(0, MqttProperties.NONE));
    client.harness.recorded();
    List<Delivery> late = client.deliver(1, message("t", 1, "late"), message("t", 0, "later"));
    assertThat(client.harness.sent()).isEmpty();
    client.letGo();
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(
            new Recorded.Settled(late.get(0), Outcome.RETURNED),
            new Recorded.Settled(late.get(1), Outcome.RETURNED));
    assertThat(((SessionState) client.released().keep().state()).outbound()).isEmpty();
  }

  @Test
  void aFrameBehindDisconnectIsNotRead() {
    Client client = persistent().connected();
    client.harness.receives(new Disconnect(0, MqttProperties.NONE), publish("t", 0, 0));
    assertThat(client.harness.recorded(Recorded.Published.class)).isEmpty();
  }
}
