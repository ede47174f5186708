package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.mqtt.MqttFrame.Publish;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Spelling;
import java.util.List;

/**
 * PUBLISH to bytes and back (MQTT 5.0 §3.3): the packet everything else exists for. Topic names and
 * property sets that come again are recognized by their bytes.
 */
final class PublishCodec {
  private static final byte[] NO_NAME = {};

  private final boolean isBroker;
  private final TopicCache topics;
  private final PublishProperties properties;

  PublishCodec(boolean isBroker, int maxTopicLevels) {
    this.isBroker = isBroker;
    this.topics = new TopicCache(maxTopicLevels);
    this.properties = new PublishProperties(isBroker);
  }

  Publish read(PacketReader in, int firstByte, MqttVersion version) {
    int qos = firstByte >>> 1 & 3;
    boolean isDup = (firstByte & 0x08) != 0;
    boolean isRetain = (firstByte & 0x01) != 0;
    if (qos == 3 || qos == 0 && isDup) {
      throw PacketReader.malformed(qos == 3 ? "QoS 3" : "DUP with QoS 0", "§3.3.1");
    }
    int nameLength = in.u16();
    int nameAt = in.position();
    in.skip(nameLength);
    ByteBuf buffer = in.buffer();
    Address address = nameLength == 0 ? null : topics.find(buffer, nameAt, nameLength);
    int packetId = qos == 0 ? 0 : in.packetId(MqttReason.PROTOCOL_ERROR);
    MqttEncoding encoding = MqttEncoding.plain(qos, isRetain);
    int alias = 0;
    List<Integer> subscriptionIds = List.of();
    if (version == MqttVersion.V5) {
      int length = in.varint();
      if (length > 0) {
        encoding = properties.read(in, length, qos, isRetain);
        alias = properties.topicAlias();
        subscriptionIds = properties.subscriptionIds();
      }
    }
    if (address == null && alias == 0) {
      throw PacketReader.malformed("an empty topic name without a topic alias", "§3.3.2.1");
    }
    Body body = Body.copyOf(buffer, in.position(), in.remaining());
    return new Publish(
        address,
        encoding,
        body,
        qos,
        isDup,
        isRetain,
        packetId,
        alias,
        subscriptionIds,
        encoding.expirySeconds());
  }

  static int size(Publish publish, MqttVersion version) {
    int remaining = remainingLength(publish, version);
    return 1 + PacketWriter.varintSize(remaining) + remaining;
  }

  private static int remainingLength(Publish publish, MqttVersion version) {
    int length = 2 + name(publish).length + publish.body().length();
    if (publish.qos() > 0) {
      length += 2;
    }
    if (version == MqttVersion.V5) {
      int properties = propertyLength(publish);
      length += PacketWriter.varintSize(properties) + properties;
    }
    return length;
  }

  private static byte[] name(Publish publish) {
    Address address = publish.address();
    return address == null ? NO_NAME : address.topic().utf8(Spelling.SLASH);
  }

  private static int propertyLength(Publish publish) {
    int length = publish.encoding().propertyBytes().length;
    if (publish.expirySeconds() >= 0) {
      length += 5;
    }
    if (publish.topicAlias() > 0) {
      length += 3;
    }
    List<Integer> ids = publish.subscriptionIds();
    for (int i = 0; i < ids.size(); i++) {
      length += 1 + PacketWriter.varintSize(ids.get(i));
    }
    return length;
  }

  static void write(Publish publish, MqttVersion version, ByteBuf out) {
    out.ensureWritable(5 + remainingLength(publish, version));
    writeUpToBody(publish, version, out);
    publish.body().writeTo(out);
  }

  /** Appends all but the body; answers how far in the packet identifier stands, 0 for nowhere. */
  static int writeUpToBody(Publish publish, MqttVersion version, ByteBuf out) {
    byte[] name = name(publish);
    int remaining = remainingLength(publish, version);
    int start = out.writerIndex();
    int packetIdAt = 0;
    out.writeByte(
        PacketType.PUBLISH.firstByte()
            | (publish.isDup() ? 8 : 0)
            | publish.qos() << 1
            | (publish.isRetain() ? 1 : 0));
    PacketWriter.varint(remaining, out);
    out.writeShort(name.length);
    out.writeBytes(name);
    if (publish.qos() > 0) {
      packetIdAt = out.writerIndex() - start;
      out.writeShort(publish.packetId());
    }
    if (version == MqttVersion.V5) {
      writeProperties(publish, out);
    }
    return packetIdAt;
  }

  private static void writeProperties(Publish publish, ByteBuf out) {
    PacketWriter.varint(propertyLength(publish), out);
    if (publish.expirySeconds() >= 0) {
      out.writeByte(PropertyId.MESSAGE_EXPIRY_INTERVAL.code());
      out.writeInt((int) publish.expirySeconds());
    }
    if (publish.topicAlias() > 0) {
      out.writeByte(PropertyId.TOPIC_ALIAS.code());
      out.writeShort(publish.topicAlias());
    }
    List<Integer> ids = publish.subscriptionIds();
    for (int i = 0; i < ids.size(); i++) {
      out.writeByte(PropertyId.SUBSCRIPTION_IDENTIFIER.code());
      PacketWriter.varint(ids.get(i), out);
    }
    out.writeBytes(publish.encoding().propertyBytes());
  }
}
