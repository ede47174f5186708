package io.serai.gateway.mqtt;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** MQTT 3.1, 3.1.1 and 5.0. */
public final class MqttGateway implements Gateway {
  @Override
  public String name() {
    return "mqtt";
  }

  @Override
  public String title() {
    return "MQTT 3.1, 3.1.1 and 5";
  }

  @Override
  public List<String> commandLines(int port) {
    String where = port == 1883 ? "" : " -p " + port;
    return List.of(
        "mosquitto_sub" + where + " -t 'plant/#' -v",
        "mosquitto_pub" + where + " -t plant/1/temp -m 21.5");
  }

  @Override
  public List<String> webSocketProtocols() {
    return List.of("mqtt", "mqttv3.1");
  }

  @Override
  public Conversation<MqttFrame> open(ConnectionInfo info, Settings settings) {
    MqttOptions options = MqttOptions.of(settings);
    MqttCodec codec = MqttCodec.forBroker(options.maxPacketBytes(), options.maxTopicLevels());
    return new Conversation<>(
        codec, new MqttSession(info, options, codec, MqttGateway::unusedClientId));
  }

  private static String unusedClientId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "auto-" + new UUID(random.nextLong(), random.nextLong());
  }
}
