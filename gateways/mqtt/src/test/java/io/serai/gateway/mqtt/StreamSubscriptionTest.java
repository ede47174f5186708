package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.message;
import static io.serai.gateway.mqtt.Client.pubAck;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code $stream/} filters. */
class StreamSubscriptionTest {
  private static <T extends Request<?>> List<T> asked(Client client, Class<T> type) {
    return client.asked.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static SubAck subscribe(Client client, String filter, MqttProperties properties) {
    client.harness.receives(
        new Subscribe(9, List.of(new Wanted(filter, 1, false, false, 0)), properties));
    return client.harness.sentOne(SubAck.class);
  }

  private static StreamRead readBy(Client client) {
    return asked(client, Request.Consume.class).getLast().options().stream();
  }

  @Test
  void aStreamIsReadByItsNameAndNothingIsBound() {
    Client client = Client.v5().connected();
    assertThat(client.subscribe("$stream/events", 1).reasons()).containsExactly(1);
    assertThat(asked(client, Request.Consume.class).getFirst().queue()).isEqualTo("events");
    assertThat(readBy(client)).isEqualTo(StreamRead.NEXT);
    assertThat(asked(client, Request.DeclareQueue.class)).isEmpty();
    assertThat(asked(client, Request.Bind.class)).isEmpty();
  }

  @Test
  void theFilterMaySayWhereToBeginInEveryVersion() {
    Client client = Client.v311().connected();
    client.subscribe("$stream/events/first", 1);
    assertThat(readBy(client)).isEqualTo(StreamRead.from(StreamOffset.FIRST));
    client.subscribe("$stream/a%2Fb/42", 1);
    assertThat(asked(client, Request.Consume.class).getLast().queue()).isEqualTo("a/b");
    assertThat(readBy(client)).isEqualTo(StreamRead.from(new StreamOffset.At(42)));
    client.subscribe("$stream/events/1h", 1);
    assertThat(readBy(client)).isEqualTo(StreamRead.from(new StreamOffset.Ago(3_600_000)));
  }

  @Test
  void theListenerSaysWhereToBeginWhenTheClientDoesNot() {
    Client client = Client.v5().setting("stream-offset", "first").connected();
    client.subscribe("$stream/others", 1);
    assertThat(readBy(client)).isEqualTo(StreamRead.from(StreamOffset.FIRST));
    client.subscribe("$stream/events/next", 1);
    assertThat(readBy(client)).isEqualTo(StreamRead.NEXT);
    subscribe(
        client, "$stream/events", MqttProperties.builder().user("x-stream-offset", "7").build());
    assertThat(readBy(client)).isEqualTo(StreamRead.from(new StreamOffset.At(7)));
  }

  @Test
  void userPropertiesSayTheRest() {
    Client client = Client.v5().connected();
    subscribe(
        client,
        "$stream/events",
        MqttProperties.builder()
            .user("x-stream-offset", "timestamp=1700000000")
            .user("x-stream-filter", "a")
            .user("x-stream-filter", "b")
            .user("x-stream-match-unfiltered", "true")
            .user("x-stream-consumer-name", "billing")
            .user("x-single-active-consumer", "true")
            .build());
    assertThat(readBy(client))
        .isEqualTo(
            new StreamRead(
                new StreamOffset.Since(1_700_000_000_000L),
                Set.of("a", "b"),
                true,
                StreamRead.BOUNDED,
                "billing",
                true));
  }

  @Test
  void aSessionThatOutlivesItsConnectionKeepsItsPlace() {
    Client client = Client.v5().keepingSession().connected();
    client.subscribe("$stream/events/first", 1);
    assertThat(readBy(client).name()).isEqualTo("mqtt-session-sensor-7");
    assertThat(readBy(client).takesTurns()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"$stream/", "$stream/events/soon", "$stream/a/b/c", "$stream/#", "$stream/a/+"})
  void aFilterThatNamesNoStreamIsInvalid(String filter) {
    Client client = Client.v5().connected();
    assertThat(client.subscribe(filter, 1).reasons())
        .containsExactly(MqttReason.TOPIC_FILTER_INVALID);
    assertThat(asked(client, Request.Consume.class)).isEmpty();
  }

  @Test
  void aStreamThatDoesNotExistIsAFailure() {
    Client client =
        Client.v5()
            .answering(request ->
                request instanceof Request.Consume
                    ? Result.refused(Refusal.NOT_FOUND, "no queue 'none' in vhost '/'")
                    : null)
            .connected();
    assertThat(client.subscribe("$stream/none", 1).reasons())
        .containsExactly(MqttReason.UNSPECIFIED_ERROR);
  }

  @Test
  void whatTheClientAcknowledgesIsSettled() {
    Client client = Client.v5().connected();
    client.subscribe("$stream/events/first", 1);
    Delivery delivery = new Delivery(client.consumer(), 5, 0, message("plant/1", 1, "m"), 0, null);
    client.harness.deliver(delivery);
    Publish publish = client.harness.sentOne(Publish.class);
    assertThat(client.harness.recorded(Recorded.Settled.class)).isEmpty();
    client.harness.receives(pubAck(publish.packetId(), 0));
    assertThat(client.harness.recorded(Recorded.Settled.class))
        .containsExactly(new Recorded.Settled(delivery, Outcome.ACCEPTED));
  }

  @Test
  void unsubscribingEndsTheReader() {
    Client client = Client.v5().connected();
    client.subscribe("$stream/events", 1);
    client.harness.receives(new Unsubscribe(3, List.of("$stream/events"), MqttProperties.NONE));
    assertThat(client.harness.sentOne(UnsubAck.class).reasons()).containsExactly(0);
    assertThat(asked(client, Request.CancelConsumer.class)).hasSize(1);
    assertThat(asked(client, Request.DeleteQueue.class)).isEmpty();
  }
}
