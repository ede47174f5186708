package io.serai.gateway.mqtt;

/**
 * Names under which properties that have no place of their own travel: user properties for what
 * MQTT lacks, headers for what only MQTT has (docs/protocols/mapping.md).
 */
final class NeutralNames {
  static final String PREFIX = "serai-";
  static final String CONTENT_ENCODING = "serai-content-encoding";
  static final String MESSAGE_ID = "serai-message-id";
  static final String TIMESTAMP = "serai-timestamp";
  static final String TYPE = "serai-type";
  static final String USER_ID = "serai-user-id";
  static final String APP_ID = "serai-app-id";
  static final String PRIORITY = "serai-priority";

  static final String PUBLISH_QOS = "x-mqtt-publish-qos";
  static final String RETAIN = "x-mqtt-retain";
  static final String PAYLOAD_FORMAT = "x-mqtt-payload-format";

  private NeutralNames() {}
}
