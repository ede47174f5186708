package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What HiveMQ's client learns of a payload that is not the UTF-8 it is said to be. */
@Uses(ThirdParty.HIVEMQ_JAVA)
@Timeout(600)
class HiveMqPayloadFormatIT {
  @Test
  void aPayloadThatIsNotWhatItSaysIsRefused() {
    try (SeraiProcess node =
        SeraiProcess.start("--set", "listeners.mqtt.payload-format-validation=true")) {
      Mqtt5BlockingClient client =
          Mqtt5Client.builder()
              .serverHost("127.0.0.1")
              .serverPort(node.port("mqtt"))
              .buildBlocking();
      client.connect();
      client.subscribeWith().topicFilter("format").send();
      assertThat(client.publish(text("für".getBytes(StandardCharsets.UTF_8)))).isNotNull();
      assertThatThrownBy(() -> client.publish(text("für".getBytes(StandardCharsets.ISO_8859_1))))
          .isInstanceOfSatisfying(
              Mqtt5PubAckException.class,
              refused ->
                  assertThat(refused.getMqttMessage().getReasonCode())
                      .isEqualTo(Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID));
      client.disconnect();
    }
  }

  private static Mqtt5Publish text(byte[] payload) {
    return Mqtt5Publish.builder()
        .topic("format")
        .qos(MqttQos.AT_LEAST_ONCE)
        .payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8)
        .payload(payload)
        .build();
  }
}
