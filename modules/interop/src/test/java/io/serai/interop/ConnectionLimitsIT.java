package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients learn when a listener takes no more connections. */
@Timeout(600)
class ConnectionLimitsIT {
  @Test
  @Uses(ThirdParty.HIVEMQ_JAVA)
  void anMqttClientTooManyIsToldThatTheQuotaIsExceeded() {
    try (SeraiProcess node = SeraiProcess.start("--set", "listeners.mqtt.max-connections=1")) {
      Mqtt5BlockingClient first = client(node, "first");
      first.connect();
      assertThatThrownBy(() -> client(node, "second").connect())
          .isInstanceOfSatisfying(
              Mqtt5ConnAckException.class,
              refused ->
                  assertThat(refused.getMqttMessage().getReasonCode())
                      .isEqualTo(Mqtt5ConnAckReasonCode.QUOTA_EXCEEDED));
      first.disconnect();
    }
  }

  @Test
  @Uses(ThirdParty.RABBITMQ_JAVA)
  void anAmqpClientTooManyIsToldThatTheLimitIsReached() throws Exception {
    try (SeraiProcess node = SeraiProcess.start("--set", "limits.max-connections-per-user=1")) {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setHost("127.0.0.1");
      factory.setPort(node.port("amqp"));
      try (Connection first = factory.newConnection("first")) {
        assertThatThrownBy(() -> factory.newConnection("second"))
            .rootCause()
            .hasMessageContaining("connection limit is reached");
        assertThat(first.isOpen()).isTrue();
      }
    }
  }

  private static Mqtt5BlockingClient client(SeraiProcess node, String id) {
    return Mqtt5Client.builder()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(node.port("mqtt"))
        .buildBlocking();
  }
}
