package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.mqtt.MqttProperties.Binary;
import io.serai.gateway.mqtt.MqttProperties.Numeric;
import io.serai.gateway.mqtt.MqttProperties.Pair;
import io.serai.gateway.mqtt.MqttProperties.Property;
import io.serai.gateway.mqtt.MqttProperties.Text;
import io.serai.model.Conversion;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Rewrite;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MQTT's properties to the neutral form and back (docs/protocols/mapping.md). What MQTT has no
 * place for becomes a user property with the prefix {@code serai-} and is folded back on the way
 * in.
 */
public final class MqttMapping {
  /** A message as MQTT says it: the publisher's own encoding if it spoke MQTT. */
  public static final Conversion<MqttEncoding> TO_MQTT = MqttMapping::convert;

  /** Longest string MQTT can carry, in bytes; a header beyond it is left out. */
  private static final int MAX_TEXT_BYTES = 65_535;

  private MqttMapping() {}

  // ---- MQTT to neutral

  static Properties neutralProperties(MqttEncoding encoding) {
    Properties.Builder out = Properties.builder();
    out.durable(encoding.isDurable());
    out.expiryMillis(encoding.expiryMillis());
    Set<String> seen = new HashSet<>();
    for (Property property : encoding.mqttProperties().list()) {
      switch (property) {
        case Text(PropertyId id, String value) when id == PropertyId.CONTENT_TYPE ->
            out.contentType(value);
        case Text(PropertyId id, String value) when id == PropertyId.RESPONSE_TOPIC ->
            out.replyTo(QueueTopics.replyTo(value));
        case Binary(PropertyId id, byte[] value) when id == PropertyId.CORRELATION_DATA ->
            out.correlationId(new Value.Binary(value));
        case Pair(String name, String value) -> fold(name, value, seen, out);
        default -> {} // the payload format is a header
      }
    }
    return out.build();
  }

  /** Folds a {@code serai-} user property back; answers whether it was one. */
  private static boolean fold(
      String name, String value, Set<String> seen, Properties.@Nullable Builder into) {
    if (!name.startsWith(NeutralNames.PREFIX) || seen.contains(name)) {
      return false;
    }
    Properties.Builder out = into == null ? Properties.builder() : into;
    switch (name) {
      case NeutralNames.CONTENT_ENCODING -> out.contentEncoding(value);
      case NeutralNames.MESSAGE_ID -> out.messageId(Value.of(value));
      case NeutralNames.TYPE -> out.type(value);
      case NeutralNames.USER_ID -> out.userId(value);
      case NeutralNames.APP_ID -> out.appId(value);
      case NeutralNames.TIMESTAMP -> {
        long millis = decimal(value, Long.MAX_VALUE);
        if (millis < 0) {
          return false;
        }
        out.timestampMillis(millis);
      }
      case NeutralNames.PRIORITY -> {
        long priority = decimal(value, 255);
        if (priority < 0) {
          return false;
        }
        out.priority((int) priority);
      }
      default -> {
        return false;
      }
    }
    seen.add(name);
    return true;
  }

  /** The number {@code text} spells, or -1 when it is none or more than {@code most}. */
  private static long decimal(String text, long most) {
    if (text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value > most ? -1 : value;
  }

  static Headers neutralHeaders(MqttEncoding encoding) {
    List<Header> headers = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    long payloadFormat = 0;
    for (Property property : encoding.mqttProperties().list()) {
      if (property instanceof Pair(String name, String value)) {
        if (!fold(name, value, seen, null)) {
          headers.add(Header.of(name, value));
        }
      } else if (property instanceof Numeric(PropertyId id, long value)
          && id == PropertyId.PAYLOAD_FORMAT_INDICATOR) {
        payloadFormat = value;
      }
    }
    headers.add(new Header(NeutralNames.PUBLISH_QOS, new Value.Byte((byte) encoding.qos())));
    if (encoding.isRetain()) {
      headers.add(new Header(NeutralNames.RETAIN, new Value.Bool(true)));
    }
    if (payloadFormat == 1) {
      headers.add(new Header(NeutralNames.PAYLOAD_FORMAT, new Value.Byte((byte) 1)));
    }
    return Headers.of(headers);
  }

  // ---- neutral to MQTT

  private static MqttEncoding convert(Message message) {
    if (message.encoding() instanceof MqttEncoding own) {
      return own;
    }
    Properties properties = message.properties();
    MqttProperties.Builder out = MqttProperties.builder();
    if (message.headers().first(NeutralNames.PAYLOAD_FORMAT) instanceof Value format
        && format.asText().equals("1")) {
      out.number(PropertyId.PAYLOAD_FORMAT_INDICATOR, 1);
    }
    text(PropertyId.CONTENT_TYPE, properties.contentType(), out);
    if (properties.replyTo() != null) {
      text(PropertyId.RESPONSE_TOPIC, QueueTopics.responseTopic(properties.replyTo()), out);
    }
    byte[] correlation = correlationData(properties.correlationId());
    if (correlation != null) {
      out.binary(PropertyId.CORRELATION_DATA, correlation);
    }
    for (Header header : message.headers()) {
      userProperties(header, out);
    }
    user(NeutralNames.CONTENT_ENCODING, properties.contentEncoding(), out);
    Value messageId = properties.messageId();
    user(NeutralNames.MESSAGE_ID, messageId == null ? null : messageId.asText(), out);
    long timestamp = properties.timestampMillis();
    user(NeutralNames.TIMESTAMP, timestamp < 0 ? null : Long.toString(timestamp), out);
    user(NeutralNames.TYPE, properties.type(), out);
    user(NeutralNames.USER_ID, properties.userId(), out);
    user(NeutralNames.APP_ID, properties.appId(), out);
    int priority = properties.priority();
    user(NeutralNames.PRIORITY, priority < 0 ? null : Integer.toString(priority), out);
    long expiryMillis = properties.expiryMillis();
    return MqttEncoding.of(
        properties.durable() ? 1 : 0,
        false,
        expiryMillis < 0 ? -1 : (expiryMillis + 999) / 1000,
        bytes(out.build()));
  }

  /**
   * The properties of a copy that the broker makes: the publisher's in their order, then its own.
   */
  static byte[] rewritten(MqttEncoding own, Rewrite rewrite) {
    MqttProperties.Builder out = MqttProperties.builder();
    for (Property property : own.mqttProperties().list()) {
      switch (property) {
        case Pair(String name, String value) -> {
          if (!rewrite.replaces(name)) {
            out.user(name, value);
          }
        }
        case MqttProperties.Numeric(PropertyId id, long value) -> out.number(id, value);
        case MqttProperties.Text(PropertyId id, String value) -> out.text(id, value);
        case MqttProperties.Binary(PropertyId id, byte[] value) -> out.binary(id, value);
      }
    }
    for (Header header : rewrite.headers()) {
      userProperties(header, out);
    }
    return bytes(out.build());
  }

  private static byte[] bytes(MqttProperties properties) {
    byte[] bytes = new byte[PropertiesCodec.length(properties)];
    ByteBuf out = Unpooled.wrappedBuffer(bytes).clear();
    PropertiesCodec.writeAll(properties, out);
    return bytes;
  }

  private static byte @Nullable [] correlationData(@Nullable Value correlationId) {
    byte[] bytes =
        switch (correlationId) {
          case null -> null;
          case Value.Binary(byte[] own) -> own;
          case Value other -> other.asText().getBytes(StandardCharsets.UTF_8);
        };
    return bytes == null || bytes.length > MAX_TEXT_BYTES ? null : bytes;
  }

  /** A header as user properties: an array of strings is one property for each of them. */
  private static void userProperties(Header header, MqttProperties.Builder out) {
    switch (header.name()) {
      case NeutralNames.PUBLISH_QOS, NeutralNames.RETAIN, NeutralNames.PAYLOAD_FORMAT -> {}
      default -> {
        List<Value> items =
            switch (header.value()) {
              case Value.ListOf(List<Value> list) -> list;
              case Value.ArrayOf(List<Value> list) -> list;
              default -> List.of();
            };
        if (!items.isEmpty() && items.stream().allMatch(Value.Str.class::isInstance)) {
          for (Value item : items) {
            user(header.name(), item.asText(), out);
          }
        } else {
          user(header.name(), header.value().asText(), out);
        }
      }
    }
  }

  private static void text(PropertyId id, @Nullable String value, MqttProperties.Builder out) {
    if (value != null && fits(value)) {
      out.text(id, value);
    }
  }

  private static void user(String name, @Nullable String value, MqttProperties.Builder out) {
    if (value != null && fits(value) && fits(name)) {
      out.user(name, value);
    }
  }

  /** Whether MQTT can carry {@code text}: at most 65 535 bytes and no U+0000. */
  private static boolean fits(String text) {
    return text.indexOf('\0') < 0
        && (text.length() <= MAX_TEXT_BYTES / 3
            || text.getBytes(StandardCharsets.UTF_8).length <= MAX_TEXT_BYTES);
  }
}
