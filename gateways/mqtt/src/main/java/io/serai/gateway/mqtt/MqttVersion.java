package io.serai.gateway.mqtt;

/** The protocol versions spoken here, as CONNECT names them. */
public enum MqttVersion {
  /** MQTT 3.1, protocol name {@code MQIsdp}. */
  V3_1("mqtt-3.1", 3),
  /** MQTT 3.1.1. */
  V3_1_1("mqtt-3.1.1", 4),
  /** MQTT 5.0. */
  V5("mqtt-5.0", 5);

  private final String protocol;
  private final int level;

  MqttVersion(String protocol, int level) {
    this.protocol = protocol;
    this.level = level;
  }

  /** The name messages of this version carry in their origin. */
  public String protocol() {
    return protocol;
  }

  /** The protocol level byte of CONNECT. */
  int level() {
    return level;
  }
}
