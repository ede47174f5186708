package io.serai.gateway.mqtt;

import org.jspecify.annotations.Nullable;

/** The properties of MQTT 5.0 (§2.2.2.2): code, type and the packets that may hold them. */
public enum PropertyId {
  PAYLOAD_FORMAT_INDICATOR(0x01, Type.BYTE, PacketType.PUBLISH, PacketType.WILL),
  MESSAGE_EXPIRY_INTERVAL(0x02, Type.U32, PacketType.PUBLISH, PacketType.WILL),
  CONTENT_TYPE(0x03, Type.TEXT, PacketType.PUBLISH, PacketType.WILL),
  RESPONSE_TOPIC(0x08, Type.TEXT, PacketType.PUBLISH, PacketType.WILL),
  CORRELATION_DATA(0x09, Type.BINARY, PacketType.PUBLISH, PacketType.WILL),
  SUBSCRIPTION_IDENTIFIER(0x0B, Type.VARINT, PacketType.PUBLISH, PacketType.SUBSCRIBE),
  SESSION_EXPIRY_INTERVAL(
      0x11, Type.U32, PacketType.CONNECT, PacketType.CONNACK, PacketType.DISCONNECT),
  ASSIGNED_CLIENT_IDENTIFIER(0x12, Type.TEXT, PacketType.CONNACK),
  SERVER_KEEP_ALIVE(0x13, Type.U16, PacketType.CONNACK),
  AUTHENTICATION_METHOD(0x15, Type.TEXT, PacketType.CONNECT, PacketType.CONNACK, PacketType.AUTH),
  AUTHENTICATION_DATA(0x16, Type.BINARY, PacketType.CONNECT, PacketType.CONNACK, PacketType.AUTH),
  REQUEST_PROBLEM_INFORMATION(0x17, Type.BYTE, PacketType.CONNECT),
  WILL_DELAY_INTERVAL(0x18, Type.U32, PacketType.WILL),
  REQUEST_RESPONSE_INFORMATION(0x19, Type.BYTE, PacketType.CONNECT),
  RESPONSE_INFORMATION(0x1A, Type.TEXT, PacketType.CONNACK),
  SERVER_REFERENCE(0x1C, Type.TEXT, PacketType.CONNACK, PacketType.DISCONNECT),
  REASON_STRING(
      0x1F,
      Type.TEXT,
      PacketType.CONNACK,
      PacketType.PUBACK,
      PacketType.PUBREC,
      PacketType.PUBREL,
      PacketType.PUBCOMP,
      PacketType.SUBACK,
      PacketType.UNSUBACK,
      PacketType.DISCONNECT,
      PacketType.AUTH),
  RECEIVE_MAXIMUM(0x21, Type.U16, PacketType.CONNECT, PacketType.CONNACK),
  TOPIC_ALIAS_MAXIMUM(0x22, Type.U16, PacketType.CONNECT, PacketType.CONNACK),
  TOPIC_ALIAS(0x23, Type.U16, PacketType.PUBLISH),
  MAXIMUM_QOS(0x24, Type.BYTE, PacketType.CONNACK),
  RETAIN_AVAILABLE(0x25, Type.BYTE, PacketType.CONNACK),
  USER_PROPERTY(0x26, Type.PAIR, PacketType.values()),
  MAXIMUM_PACKET_SIZE(0x27, Type.U32, PacketType.CONNECT, PacketType.CONNACK),
  WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, Type.BYTE, PacketType.CONNACK),
  SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, Type.BYTE, PacketType.CONNACK),
  SHARED_SUBSCRIPTION_AVAILABLE(0x2A, Type.BYTE, PacketType.CONNACK);

  /** How a value is written (MQTT 5.0 §2.2.2.2). */
  enum Type {
    BYTE,
    U16,
    U32,
    VARINT,
    TEXT,
    BINARY,
    PAIR
  }

  private static final @Nullable PropertyId[] BY_CODE = new PropertyId[0x2B];

  static {
    for (PropertyId id : values()) {
      BY_CODE[id.code] = id;
    }
  }

  private final int code;
  private final Type type;
  private final int packets;

  PropertyId(int code, Type type, PacketType... packets) {
    this.code = code;
    this.type = type;
    int mask = 0;
    for (PacketType packet : packets) {
      mask |= 1 << packet.ordinal();
    }
    this.packets = mask;
  }

  /** The property of this code, or null when there is none. */
  static @Nullable PropertyId of(int code) {
    return code < BY_CODE.length ? BY_CODE[code] : null;
  }

  int code() {
    return code;
  }

  Type type() {
    return type;
  }

  boolean isAllowedIn(PacketType packet) {
    return (packets & 1 << packet.ordinal()) != 0;
  }

  /** Whether it may be set more than once in {@code packet}. */
  boolean mayRepeatIn(PacketType packet) {
    return this == USER_PROPERTY || this == SUBSCRIPTION_IDENTIFIER && packet == PacketType.PUBLISH;
  }
}
