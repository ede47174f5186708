package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.mqtt.MqttFrame.SubAck;
import io.serai.gateway.mqtt.MqttFrame.Subscribe;
import io.serai.gateway.mqtt.MqttFrame.UnsubAck;
import io.serai.gateway.mqtt.MqttFrame.Unsubscribe;
import io.serai.gateway.mqtt.MqttFrame.Wanted;
import io.serai.model.TopicFilter;
import java.util.ArrayList;
import java.util.List;

/** SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK (MQTT 5.0 §3.8 to §3.11). */
final class SubscribeCodec {
  /** Filters in one packet; more would cost many times the bytes they came in. */
  static final int MAX_FILTERS = 65_535;

  private SubscribeCodec() {}

  static Subscribe readSubscribe(PacketReader in, MqttVersion version) {
    int packetId = in.packetId(MqttReason.MALFORMED_PACKET);
    MqttProperties properties = properties(in, PacketType.SUBSCRIBE, version);
    if (properties.number(PropertyId.SUBSCRIPTION_IDENTIFIER, 1) == 0) {
      throw PacketReader.malformed("subscription identifier 0", "§3.8.2.1.2");
    }
    List<Wanted> wanted = new ArrayList<>();
    do {
      checkCount(wanted);
      String filter = filter(in);
      wanted.add(wanted(filter, in.u8(), version));
    } while (in.hasMore());
    return new Subscribe(packetId, wanted, properties);
  }

  private static Wanted wanted(String filter, int options, MqttVersion version) {
    int qos = options & 3;
    int retainHandling = options >>> 4 & 3;
    int reserved = version == MqttVersion.V5 ? 0xC0 : 0xFC;
    if (qos == 3 || retainHandling == 3 || (options & reserved) != 0) {
      throw PacketReader.malformed(
          "subscription options 0x" + Integer.toHexString(options), "§3.8.3.1");
    }
    boolean noLocal = (options & 4) != 0;
    if (version == MqttVersion.V5 && TopicRules.isShared(filter)) {
      if (!TopicRules.isValidShare(filter) || noLocal) {
        throw PacketReader.protocolError(
            noLocal ? "no-local with a shared subscription" : "shared subscription " + filter,
            "§4.8.2");
      }
    }
    return new Wanted(filter, qos, noLocal, (options & 8) != 0, retainHandling);
  }

  private static String filter(PacketReader in) {
    String filter = in.text(Utf8.Forbidden.CONTROLS, MqttReason.MALFORMED_PACKET, "topic filter");
    if (!TopicFilter.isMqtt(filter)) {
      throw PacketReader.malformed("topic filter '" + filter + "'", "§4.7");
    }
    return filter;
  }

  private static void checkCount(List<?> read) {
    if (read.size() == MAX_FILTERS) {
      throw new ProtocolException(
          MqttReason.QUOTA_EXCEEDED,
          "more than " + MAX_FILTERS + " topic filters in one packet",
          "MQTT 5.0 §4.13");
    }
  }

  static Unsubscribe readUnsubscribe(PacketReader in, MqttVersion version) {
    int packetId = in.packetId(MqttReason.MALFORMED_PACKET);
    MqttProperties properties = properties(in, PacketType.UNSUBSCRIBE, version);
    List<String> filters = new ArrayList<>();
    do {
      checkCount(filters);
      filters.add(filter(in));
    } while (in.hasMore());
    return new Unsubscribe(packetId, filters, properties);
  }

  static SubAck readSubAck(PacketReader in, MqttVersion version) {
    int packetId = in.packetId(MqttReason.PROTOCOL_ERROR);
    MqttProperties properties = properties(in, PacketType.SUBACK, version);
    return new SubAck(packetId, reasons(in), properties);
  }

  static UnsubAck readUnsubAck(PacketReader in, MqttVersion version) {
    int packetId = in.packetId(MqttReason.PROTOCOL_ERROR);
    MqttProperties properties = properties(in, PacketType.UNSUBACK, version);
    List<Integer> reasons = reasons(in);
    if (version != MqttVersion.V5 && !reasons.isEmpty()) {
      throw PacketReader.malformed("UNSUBACK with a payload before MQTT 5", "§3.11.3");
    }
    return new UnsubAck(packetId, reasons, properties);
  }

  private static List<Integer> reasons(PacketReader in) {
    List<Integer> reasons = new ArrayList<>();
    while (in.hasMore()) {
      reasons.add(in.u8());
    }
    return reasons;
  }

  private static MqttProperties properties(PacketReader in, PacketType type, MqttVersion version) {
    return version == MqttVersion.V5 ? PropertiesCodec.read(in, type) : MqttProperties.NONE;
  }

  static void writeSubscribe(Subscribe subscribe, MqttVersion version, ByteBuf out) {
    int length = 2 + propertiesSize(subscribe.properties(), version);
    for (Wanted wanted : subscribe.wanted()) {
      length += PacketWriter.textSize(wanted.filter()) + 1;
    }
    head(PacketType.SUBSCRIBE, length, subscribe.packetId(), subscribe.properties(), version, out);
    for (Wanted wanted : subscribe.wanted()) {
      PacketWriter.text(wanted.filter(), out);
      int options = wanted.qos();
      if (version == MqttVersion.V5) {
        options |=
            (wanted.noLocal() ? 4 : 0)
                | (wanted.retainAsPublished() ? 8 : 0)
                | wanted.retainHandling() << 4;
      }
      out.writeByte(options);
    }
  }

  static void writeUnsubscribe(Unsubscribe unsubscribe, MqttVersion version, ByteBuf out) {
    int length = 2 + propertiesSize(unsubscribe.properties(), version);
    for (String filter : unsubscribe.filters()) {
      length += PacketWriter.textSize(filter);
    }
    head(
        PacketType.UNSUBSCRIBE,
        length,
        unsubscribe.packetId(),
        unsubscribe.properties(),
        version,
        out);
    for (String filter : unsubscribe.filters()) {
      PacketWriter.text(filter, out);
    }
  }

  static void writeSubAck(SubAck ack, MqttVersion version, ByteBuf out) {
    int length = 2 + propertiesSize(ack.properties(), version) + ack.reasons().size();
    head(PacketType.SUBACK, length, ack.packetId(), ack.properties(), version, out);
    for (int reason : ack.reasons()) {
      boolean isPlainFailure = version != MqttVersion.V5 && MqttReason.isFailure(reason);
      out.writeByte(isPlainFailure ? MqttReason.FIRST_FAILURE : reason);
    }
  }

  static void writeUnsubAck(UnsubAck ack, MqttVersion version, ByteBuf out) {
    boolean hasReasons = version == MqttVersion.V5;
    int length =
        2 + propertiesSize(ack.properties(), version) + (hasReasons ? ack.reasons().size() : 0);
    head(PacketType.UNSUBACK, length, ack.packetId(), ack.properties(), version, out);
    if (hasReasons) {
      for (int reason : ack.reasons()) {
        out.writeByte(reason);
      }
    }
  }

  private static int propertiesSize(MqttProperties properties, MqttVersion version) {
    return version == MqttVersion.V5 ? PropertiesCodec.size(properties) : 0;
  }

  private static void head(
      PacketType type,
      int length,
      int packetId,
      MqttProperties properties,
      MqttVersion version,
      ByteBuf out) {
    out.writeByte(type.firstByte());
    PacketWriter.varint(length, out);
    out.writeShort(packetId);
    if (version == MqttVersion.V5) {
      PropertiesCodec.write(properties, out);
    }
  }
}
