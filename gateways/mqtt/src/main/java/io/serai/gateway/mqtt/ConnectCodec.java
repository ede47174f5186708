package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.mqtt.MqttFrame.ConnAck;
import io.serai.gateway.mqtt.MqttFrame.Connect;
import io.serai.gateway.mqtt.MqttFrame.Will;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** CONNECT and CONNACK (MQTT 5.0 §3.1, §3.2). */
final class ConnectCodec {
  private static final byte[] MQTT = "MQTT".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MQISDP = "MQIsdp".getBytes(StandardCharsets.US_ASCII);

  private static final int CLEAN_START = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_QOS_AND_RETAIN = 0x38;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  private final int maxTopicLevels;

  ConnectCodec(int maxTopicLevels) {
    this.maxTopicLevels = maxTopicLevels;
  }

  /**
   * Reads CONNECT.
   *
   * @param versionKnown told the version as soon as it is read, so that later errors in the packet
   *     can be answered in it
   */
  Connect readConnect(PacketReader in, int firstByte, Consumer<MqttVersion> versionKnown) {
    MqttVersion version = readVersion(in);
    versionKnown.accept(version);
    if (version != MqttVersion.V3_1 && (firstByte & 0x0F) != 0) {
      throw PacketReader.malformed("flags in CONNECT's first byte", "§3.1.1");
    }
    int flags = in.u8();
    checkFlags(flags, version);
    int keepAliveSeconds = in.u16();
    MqttProperties properties =
        version == MqttVersion.V5
            ? PropertiesCodec.read(in, PacketType.CONNECT)
            : MqttProperties.NONE;
    Connect connect = readPayload(in, version, flags, keepAliveSeconds, properties);
    if (properties.has(PropertyId.AUTHENTICATION_DATA)
        && !properties.has(PropertyId.AUTHENTICATION_METHOD)) {
      throw PacketReader.protocolError("authentication data without a method", "§3.1.2.11.10");
    }
    return connect;
  }

  /** Who the client says it is. Nobody who cannot say that is answered. */
  private Connect readPayload(
      PacketReader in,
      MqttVersion version,
      int flags,
      int keepAliveSeconds,
      MqttProperties properties) {
    try {
      return readFields(in, version, flags, keepAliveSeconds, properties);
    } catch (ProtocolException error) {
      throw error.code() == MqttReason.MALFORMED_PACKET
          ? new ProtocolException(
              MqttReason.UNANSWERED, String.valueOf(error.getMessage()), error.section())
          : error;
    }
  }

  private Connect readFields(
      PacketReader in,
      MqttVersion version,
      int flags,
      int keepAliveSeconds,
      MqttProperties properties) {
    String clientId =
        in.text(Utf8.Forbidden.CONTROLS, MqttReason.MALFORMED_PACKET, "client identifier");
    Will will = (flags & WILL) == 0 ? null : readWill(in, flags, version);
    String userName =
        (flags & USER_NAME) == 0
            ? null
            : in.text(Utf8.Forbidden.CONTROLS, MqttReason.MALFORMED_PACKET, "user name");
    byte[] password = (flags & PASSWORD) == 0 ? null : in.binary();
    in.expectEnd("CONNECT");
    boolean cleanStart = (flags & CLEAN_START) != 0;
    return new Connect(
        version, clientId, cleanStart, keepAliveSeconds, will, userName, password, properties);
  }

  private static MqttVersion readVersion(PacketReader in) {
    byte[] name = in.binary();
    boolean isMqtt = Arrays.equals(name, MQTT);
    if (!isMqtt && !Arrays.equals(name, MQISDP)) {
      throw PacketReader.protocolError("a protocol name that is not MQTT", "§3.1.2.1");
    }
    int level = in.u8();
    for (MqttVersion version : MqttVersion.values()) {
      if (version.level() == level && isMqtt == (version != MqttVersion.V3_1)) {
        return version;
      }
    }
    throw new ProtocolException(
        MqttReason.UNSUPPORTED_PROTOCOL_VERSION,
        "protocol level " + level + ", spoken here are 3.1, 3.1.1 and 5.0",
        "MQTT 5.0 §3.1.2.2");
  }

  private static void checkFlags(int flags, MqttVersion version) {
    boolean hasReserved = (flags & 1) != 0 && version != MqttVersion.V3_1;
    boolean hasWillQos3 = (flags & 0x18) == 0x18;
    boolean hasWillFlagsAlone = (flags & WILL) == 0 && (flags & WILL_QOS_AND_RETAIN) != 0;
    boolean hasPasswordAlone =
        version == MqttVersion.V3_1_1 && (flags & PASSWORD) != 0 && (flags & USER_NAME) == 0;
    if (hasReserved || hasWillQos3 || hasWillFlagsAlone || hasPasswordAlone) {
      throw PacketReader.malformed("connect flags 0x" + Integer.toHexString(flags), "§3.1.2.3");
    }
  }

  private Will readWill(PacketReader in, int flags, MqttVersion version) {
    int qos = flags >>> 3 & 3;
    boolean isRetain = (flags & WILL_RETAIN) != 0;
    MqttEncoding encoding = MqttEncoding.plain(qos, isRetain);
    long delaySeconds = 0;
    if (version == MqttVersion.V5) {
      PublishProperties properties = new PublishProperties(true);
      encoding = properties.read(in, in.varint(), qos, isRetain, PacketType.WILL);
      delaySeconds = properties.willDelaySeconds();
    }
    String topic = in.text(Utf8.Forbidden.CONTROLS, MqttReason.MALFORMED_PACKET, "will topic");
    TopicCache.requireValid(topic, maxTopicLevels);
    Body body = Body.of(in.binary());
    return new Will(Address.ofTopic(Topic.of(topic, Spelling.SLASH)), encoding, body, delaySeconds);
  }

  ConnAck readConnAck(PacketReader in, MqttVersion version) {
    int flags = in.u8();
    int code = in.u8();
    if ((flags & 0xFE) != 0) {
      throw PacketReader.malformed("flags " + flags + " in CONNACK", "§3.2.2.1");
    }
    MqttProperties properties = MqttProperties.NONE;
    if (version == MqttVersion.V5) {
      properties = PropertiesCodec.read(in, PacketType.CONNACK);
    } else {
      code = MqttReason.ofConnectReturnCode(code);
    }
    in.expectEnd("CONNACK");
    return new ConnAck(flags == 1, code, properties);
  }

  void writeConnAck(ConnAck ack, MqttVersion version, ByteBuf out) {
    out.writeByte(PacketType.CONNACK.firstByte());
    int flags = ack.sessionPresent() && version != MqttVersion.V3_1 ? 1 : 0;
    if (version == MqttVersion.V5) {
      PacketWriter.varint(2 + PropertiesCodec.size(ack.properties()), out);
      out.writeByte(flags);
      out.writeByte(ack.reason());
      PropertiesCodec.write(ack.properties(), out);
    } else {
      out.writeByte(2);
      out.writeByte(flags);
      out.writeByte(MqttReason.connectReturnCode(ack.reason()));
    }
  }

  void writeConnect(Connect connect, ByteBuf out) {
    MqttVersion version = connect.version();
    Will will = connect.will();
    String userName = connect.userName();
    byte[] password = connect.password();
    byte[] name = version == MqttVersion.V3_1 ? MQISDP : MQTT;
    ByteBuf rest = out.alloc().buffer();
    try {
      PacketWriter.binary(name, rest);
      rest.writeByte(version.level());
      rest.writeByte(flags(connect, will));
      rest.writeShort(connect.keepAliveSeconds());
      if (version == MqttVersion.V5) {
        PropertiesCodec.write(connect.properties(), rest);
      }
      PacketWriter.text(connect.clientId(), rest);
      if (will != null) {
        writeWill(will, version, rest);
      }
      if (userName != null) {
        PacketWriter.text(userName, rest);
      }
      if (password != null) {
        PacketWriter.binary(password, rest);
      }
      out.writeByte(PacketType.CONNECT.firstByte());
      PacketWriter.varint(rest.readableBytes(), out);
      out.writeBytes(rest);
    } finally {
      rest.release();
    }
  }

  private static int flags(Connect connect, @Nullable Will will) {
    int flags = connect.cleanStart() ? CLEAN_START : 0;
    if (will != null) {
      flags |= WILL | will.encoding().qos() << 3 | (will.encoding().isRetain() ? WILL_RETAIN : 0);
    }
    return flags
        | (connect.userName() == null ? 0 : USER_NAME)
        | (connect.password() == null ? 0 : PASSWORD);
  }

  private static void writeWill(Will will, MqttVersion version, ByteBuf out) {
    if (version == MqttVersion.V5) {
      byte[] properties = will.encoding().propertyBytes();
      boolean hasDelay = will.delaySeconds() > 0;
      boolean hasExpiry = will.encoding().expirySeconds() >= 0;
      PacketWriter.varint(properties.length + (hasDelay ? 5 : 0) + (hasExpiry ? 5 : 0), out);
      if (hasDelay) {
        out.writeByte(PropertyId.WILL_DELAY_INTERVAL.code());
        out.writeInt((int) will.delaySeconds());
      }
      if (hasExpiry) {
        out.writeByte(PropertyId.MESSAGE_EXPIRY_INTERVAL.code());
        out.writeInt((int) will.encoding().expirySeconds());
      }
      out.writeBytes(properties);
    }
    PacketWriter.binary(will.address().topic().utf8(Spelling.SLASH), out);
    byte[] body = will.body().toByteArray();
    PacketWriter.binary(body, out);
  }
}
