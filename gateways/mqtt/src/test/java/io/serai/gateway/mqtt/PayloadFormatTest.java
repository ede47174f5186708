package io.serai.gateway.mqtt;

import static io.serai.gateway.mqtt.Client.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.harness.Recorded;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Disconnect;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Body;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Payloads that are said to be UTF-8 (MQTT 5.0 §3.3.2.3.2). */
class PayloadFormatTest {
  private static final byte[] SAID_TO_BE_UTF8 = {1, 1}; // the property as bytes
  private static final byte[] SAID_TO_BE_BYTES = {1, 0};
  private static final Body LATIN_1 = Body.of(HexFormat.of().parseHex("66fc72"));

  private static MqttEncoding encoding(int qos, byte[] properties) {
    return MqttEncoding.of(qos, false, -1, properties);
  }

  private static boolean isUtf8(byte[] bytes) {
    return PayloadFormat.isAsSaid(encoding(0, SAID_TO_BE_UTF8), Body.of(bytes));
  }

  private static boolean isUtf8(String hex) {
    return isUtf8(HexFormat.of().parseHex(hex));
  }

  private static Publish publish(int qos, byte[] properties) {
    return new Publish(
        topic("t"), encoding(qos, properties), LATIN_1, qos, false, false, qos, 0, List.of(), -1);
  }

  private static Client validating() {
    return Client.v5().setting("payload-format-validation", true);
  }

  @Test
  void wellFormedIsWhatUnicodeSays() {
    assertThat(isUtf8("")).isTrue();
    assertThat(isUtf8("00")).as("U+0000 is data like any other").isTrue();
    assertThat(isUtf8("efbbbf66c3bc72f09f9880")).isTrue();
    for (String bad : List.of("80", "c3", "c0af", "eda080", "f4908080", "66fc72", "e282")) {
      assertThat(isUtf8(bad)).as(bad).isFalse();
    }
  }

  @Test
  void charactersMaySpanTheChunksOfALargeBody() {
    byte[] text = ("a" + "ü".repeat(400_000)).getBytes(StandardCharsets.UTF_8);
    assertThat(isUtf8(text)).isTrue();
    text[text.length - 1] = 'a';
    assertThat(isUtf8(text)).isFalse();
  }

  @Test
  void whatIsSaidToBeBytesMayBeAnything() {
    assertThat(PayloadFormat.isAsSaid(encoding(0, SAID_TO_BE_BYTES), LATIN_1)).isTrue();
    assertThat(PayloadFormat.isAsSaid(encoding(0, new byte[0]), LATIN_1)).isTrue();
  }

  @Test
  void aPublishThatIsNotWhatItSaysIsRefusedWhereTheListenerLooks() {
    Client client = validating().connected();
    client.harness.receives(publish(1, SAID_TO_BE_UTF8), publish(2, SAID_TO_BE_UTF8));
    assertThat(client.harness.sent())
        .containsExactly(
            Client.pubAck(1, MqttReason.PAYLOAD_FORMAT_INVALID),
            Client.pubRec(2, MqttReason.PAYLOAD_FORMAT_INVALID));
    assertThat(client.harness.recorded(Recorded.Published.class)).isEmpty();
    client.harness.receives(publish(2, SAID_TO_BE_BYTES));
    assertThat(client.harness.recorded(Recorded.Published.class)).as("its id is free").hasSize(1);
  }

  @Test
  void whoCannotBeToldOtherwiseIsDisconnected() {
    Client client = validating().connected();
    client.harness.receives(publish(0, SAID_TO_BE_UTF8));
    assertThat(client.harness.sentOne(Disconnect.class).reason())
        .isEqualTo(MqttReason.PAYLOAD_FORMAT_INVALID);
  }

  @Test
  void aWillIsHeldToTheSame() {
    Client client =
        validating().will(new Will(topic("t"), encoding(0, SAID_TO_BE_UTF8), LATIN_1, 0)).start();
    client.harness.receives(client.connect());
    assertThat(client.harness.sentOne(ConnAck.class).reason())
        .isEqualTo(MqttReason.PAYLOAD_FORMAT_INVALID);
  }

  @Test
  void elsewhereNobodyLooks() {
    Client client = Client.v5().connected();
    client.harness.receives(publish(0, SAID_TO_BE_UTF8), publish(1, SAID_TO_BE_UTF8));
    assertThat(client.harness.recorded(Recorded.Published.class)).hasSize(2);
  }
}
