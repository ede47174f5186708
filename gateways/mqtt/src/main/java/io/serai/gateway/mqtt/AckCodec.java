package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;

/** The packets that are a reason and properties: acknowledgements, DISCONNECT, AUTH. */
final class AckCodec {
  private AckCodec() {}

  static MqttFrame readAck(PacketReader in, PacketType type, MqttVersion version) {
    int packetId = in.packetId(MqttReason.PROTOCOL_ERROR);
    int reason = MqttReason.SUCCESS;
    MqttProperties properties = MqttProperties.NONE;
    if (version == MqttVersion.V5 && in.hasMore()) {
      reason = in.u8();
      if (in.hasMore()) {
        properties = PropertiesCodec.read(in, type);
      }
    }
    in.expectEnd(type.name());
    checkReason(type, reason);
    return switch (type) {
      case PUBACK -> new MqttFrame.PubAck(packetId, reason, properties);
      case PUBREC -> new MqttFrame.PubRec(packetId, reason, properties);
      case PUBREL -> new MqttFrame.PubRel(packetId, reason, properties);
      default -> new MqttFrame.PubComp(packetId, reason, properties);
    };
  }

  private static void checkReason(PacketType type, int reason) {
    boolean isKnown =
        switch (type) {
          case PUBACK, PUBREC ->
              switch (reason) {
                case 0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99 -> true;
                default -> false;
              };
          default ->
              reason == MqttReason.SUCCESS || reason == MqttReason.PACKET_IDENTIFIER_NOT_FOUND;
        };
    if (!isKnown) {
      throw PacketReader.protocolError(
          "reason 0x" + Integer.toHexString(reason) + " in " + type, "§2.4");
    }
  }

  static MqttFrame readDisconnect(PacketReader in, MqttVersion version) {
    int reason = MqttReason.SUCCESS;
    MqttProperties properties = MqttProperties.NONE;
    if (version == MqttVersion.V5 && in.hasMore()) {
      reason = in.u8();
      if (in.hasMore()) {
        properties = PropertiesCodec.read(in, PacketType.DISCONNECT);
      }
    }
    in.expectEnd("DISCONNECT");
    return new MqttFrame.Disconnect(reason, properties);
  }

  static MqttFrame readAuth(PacketReader in) {
    int reason = MqttReason.SUCCESS;
    MqttProperties properties = MqttProperties.NONE;
    if (in.hasMore()) {
      reason = in.u8();
      if (in.hasMore()) {
        properties = PropertiesCodec.read(in, PacketType.AUTH);
      }
    }
    in.expectEnd("AUTH");
    if (reason != MqttReason.SUCCESS
        && reason != MqttReason.CONTINUE_AUTHENTICATION
        && reason != MqttReason.REAUTHENTICATE) {
      throw PacketReader.protocolError(
          "reason 0x" + Integer.toHexString(reason) + " in AUTH", "§3.15.2.1");
    }
    return new MqttFrame.Auth(reason, properties);
  }

  static void writeAck(
      PacketType type,
      int packetId,
      int reason,
      MqttProperties properties,
      MqttVersion version,
      ByteBuf out) {
    boolean hasProperties = version == MqttVersion.V5 && !properties.isEmpty();
    boolean hasReason = version == MqttVersion.V5 && reason != MqttReason.SUCCESS;
    if (!hasProperties) {
      out.writeByte(type.firstByte());
      out.writeByte(hasReason ? 3 : 2);
      out.writeShort(packetId);
      if (hasReason) {
        out.writeByte(reason);
      }
      return;
    }
    out.writeByte(type.firstByte());
    PacketWriter.varint(3 + PropertiesCodec.size(properties), out);
    out.writeShort(packetId);
    out.writeByte(reason);
    PropertiesCodec.write(properties, out);
  }

  static void writeReason(
      PacketType type, int reason, MqttProperties properties, MqttVersion version, ByteBuf out) {
    out.writeByte(type.firstByte());
    if (version != MqttVersion.V5 || reason == MqttReason.SUCCESS && properties.isEmpty()) {
      out.writeByte(0);
    } else if (properties.isEmpty()) {
      out.writeByte(1);
      out.writeByte(reason);
    } else {
      PacketWriter.varint(1 + PropertiesCodec.size(properties), out);
      out.writeByte(reason);
      PropertiesCodec.write(properties, out);
    }
  }
}
