package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.node.mapping.NativeProtocol;
import java.util.ArrayList;
import java.util.List;

/** MQTT 3.1.1 and 5 by property names. */
public final class MqttNative implements NativeProtocol {
  private static final String USER = "user.";
  private static final String EXPIRY = "message-expiry-interval";

  private final boolean hasProperties;

  public MqttNative(boolean hasProperties) {
    this.hasProperties = hasProperties;
  }

  @Override
  public String column() {
    return hasProperties ? "mqtt-5" : "mqtt-3.1.1";
  }

  @Override
  public Message publish(List<Field> fields) {
    MqttProperties.Builder properties = MqttProperties.builder();
    for (Field field : fields) {
      switch (field.name()) {
        case "content-type" -> properties.text(PropertyId.CONTENT_TYPE, field.value());
        case "response-topic" -> properties.text(PropertyId.RESPONSE_TOPIC, field.value());
        case "correlation-data" ->
            properties.binary(PropertyId.CORRELATION_DATA, NativeProtocol.bytes(field.value()));
        case "payload-format-indicator" ->
            properties.number(PropertyId.PAYLOAD_FORMAT_INDICATOR, Integer.parseInt(field.value()));
        case String name when name.startsWith(USER) ->
            properties.user(name.substring(USER.length()), field.value());
        default -> {} // read below
      }
    }
    ByteBuf bytes = Unpooled.buffer();
    PropertiesCodec.writeAll(properties.build(), bytes);
    byte[] written = new byte[bytes.readableBytes()];
    bytes.readBytes(written);
    MqttEncoding encoding =
        MqttEncoding.of(
            Integer.parseInt(NativeProtocol.first(fields, "qos", "0")),
            NativeProtocol.first(fields, "retain", "0").equals("1"),
            Long.parseLong(NativeProtocol.first(fields, EXPIRY, "-1")),
            written);
    Topic topic = Topic.of(NativeProtocol.first(fields, "topic", "t"), Spelling.SLASH);
    return new Message(
        Address.ofTopic(topic),
        encoding,
        NativeProtocol.body(fields, "body"),
        origin(),
        NOW_MILLIS);
  }

  @Override
  public List<Field> delivered(Message message) {
    MqttEncoding encoding = message.as(MqttMapping.TO_MQTT);
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("topic", message.topic().spelled(Spelling.SLASH)));
    fields.add(new Field("body", NativeProtocol.text(message.body().toByteArray())));
    fields.add(new Field("qos", Integer.toString(encoding.qos())));
    fields.add(new Field("retain", encoding.isRetain() ? "1" : "0"));
    if (!hasProperties) {
      return fields;
    }
    if (encoding.expirySeconds() >= 0) {
      fields.add(new Field(EXPIRY, Long.toString(encoding.expirySeconds())));
    }
    for (MqttProperties.Property property : encoding.mqttProperties().list()) {
      String name = property.id().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
      fields.add(
          switch (property) {
            case MqttProperties.Numeric(_, long value) -> new Field(name, Long.toString(value));
            case MqttProperties.Text(_, String value) -> new Field(name, value);
            case MqttProperties.Binary(_, byte[] value) ->
                new Field(name, NativeProtocol.text(value));
            case MqttProperties.Pair(String user, String value) -> new Field(USER + user, value);
          });
    }
    return fields;
  }

  @Override
  public byte[] wire(Message message) {
    MqttEncoding encoding = message.as(MqttMapping.TO_MQTT);
    ByteBuf out = Unpooled.buffer();
    out.writeByte(encoding.qos()).writeBoolean(encoding.isRetain());
    out.writeLong(encoding.expirySeconds()).writeBytes(encoding.propertyBytes());
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }
}
