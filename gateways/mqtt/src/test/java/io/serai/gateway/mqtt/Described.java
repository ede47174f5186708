package io.serai.gateway.mqtt;

import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Address;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Frames as text with everything in them, which their own toString keeps back from logs. */
final class Described {
  private Described() {}

  static String of(@Nullable MqttFrame frame) {
    return switch (frame) {
      case null -> "nothing";
      case Connect c -> connect(c);
      case Publish p ->
          "Publish[topic="
              + topic(p.address())
              + ", qos="
              + p.qos()
              + (p.isDup() ? ", dup" : "")
              + (p.isRetain() ? ", retain" : "")
              + ", id="
              + p.packetId()
              + ", alias="
              + p.topicAlias()
              + ", subscriptions="
              + p.subscriptionIds()
              + ", expiry="
              + p.expirySeconds()
              + ", "
              + properties(p.encoding())
              + ", body="
              + p.body().toUtf8()
              + "]";
      default -> frame.toString();
    };
  }

  private static String connect(Connect c) {
    byte[] password = c.password();
    return "Connect["
        + c.version()
        + ", id="
        + c.clientId()
        + (c.cleanStart() ? ", clean" : "")
        + ", keepalive="
        + c.keepAliveSeconds()
        + ", user="
        + c.userName()
        + ", password="
        + (password == null ? null : new String(password, StandardCharsets.UTF_8))
        + ", "
        + c.properties()
        + ", will="
        + will(c.will())
        + "]";
  }

  private static @Nullable String will(@Nullable Will w) {
    return w == null
        ? null
        : "[topic="
            + topic(w.address())
            + ", qos="
            + w.encoding().qos()
            + (w.encoding().isRetain() ? ", retain" : "")
            + ", delay="
            + w.delaySeconds()
            + ", expiry="
            + w.encoding().expirySeconds()
            + ", "
            + properties(w.encoding())
            + ", body="
            + w.body().toUtf8()
            + "]";
  }

  private static String properties(MqttEncoding encoding) {
    byte[] correlation = encoding.mqttProperties().binary(PropertyId.CORRELATION_DATA);
    return encoding.mqttProperties()
        + (correlation == null ? "" : " " + HexFormat.of().formatHex(correlation));
  }

  private static @Nullable String topic(@Nullable Address address) {
    return address == null ? null : address.topic().toString();
  }
}
