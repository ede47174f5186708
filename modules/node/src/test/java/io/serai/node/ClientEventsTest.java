package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.ClientEvent;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class ClientEventsTest {
  private final ClientEvents events = new ClientEvents("node-1");

  private static ClientEvent.Connected connected(String clientId) {
    return new ClientEvent.Connected(
        new Origin("mqtt-5", "/", "plant", clientId), "10.0.0.7:40123", 1_000, 60, true, 3_600);
  }

  @Test
  void aClientThatComesIsToldOfAsEmqxDoes() {
    Message message = events.message(connected("sensor-7"));
    assertThat(message.address().exchange()).isEqualTo(Address.SYSTEM_EXCHANGE);
    assertThat(message.topic().spelled(Spelling.SLASH))
        .isEqualTo("$SYS/brokers/node-1/clients/sensor-7/connected");
    assertThat(new JsonObject(message.body().toUtf8()))
        .isEqualTo(
            new JsonObject()
                .put("clientid", "sensor-7")
                .put("username", "plant")
                .put("ipaddress", "10.0.0.7")
                .put("proto_name", "mqtt-5")
                .put("connected_at", 1_000)
                .put("keepalive", 60)
                .put("clean_start", true)
                .put("expiry_interval", 3_600)
                .put("ts", 1_000));
  }

  @Test
  void aClientThatGoesIsToldOfWithItsReason() {
    Message message = events.message(connected("sensor-7").gone("peer_closed", 5_000));
    assertThat(message.topic().spelled(Spelling.SLASH)).endsWith("/sensor-7/disconnected");
    JsonObject body = new JsonObject(message.body().toUtf8());
    assertThat(body.getString("reason")).isEqualTo("peer_closed");
    assertThat(body.getLong("connected_at")).isEqualTo(1_000);
    assertThat(body.getLong("disconnected_at")).isEqualTo(5_000);
  }

  @Test
  void aClientIdIsOneLevelWhateverIsInIt() {
    Message message = events.message(connected("a/b+#"));
    assertThat(message.topic().levelCount()).isEqualTo(6);
    assertThat(message.topic().level(4)).isEqualTo("a/b+#");
    assertThat(message.topic().spelled(Spelling.SLASH)).doesNotContain("+", "#", "a/b");
  }
}
