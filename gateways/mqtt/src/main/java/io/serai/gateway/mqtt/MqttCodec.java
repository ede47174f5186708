package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.Codec;
import io.serai.gateway.ProtocolException;
import io.serai.model.Body;
import org.jspecify.annotations.Nullable;

/**
 * MQTT packets to bytes and back. The version is that of the CONNECT that went through; before it
 * nothing else is accepted.
 */
public final class MqttCodec implements Codec<MqttFrame> {
  /** Whole bytes of the largest packet the protocol knows. */
  static final int MAX_PACKET_BYTES = 5 + PacketWriter.MAX_VARINT;

  /**
   * Whole bytes of the largest CONNECT: every field at its longest, and some properties. Nobody who
   * is not known yet makes us hold more.
   */
  static final int MAX_CONNECT_BYTES = 1024 * 1024;

  /** Bodies from here on are not copied for each connection they are sent to. */
  static final int SHARED_BODY_BYTES = 16 * 1024;

  /** Answer of {@link #remainingLength} when the field is cut short. */
  private static final int NEED_MORE = -1;

  private final boolean isBroker;
  private final int maxPacketBytes;
  private final PacketReader reader = new PacketReader();
  private final PublishCodec publishes;
  private final ConnectCodec connects;
  private @Nullable MqttVersion version;

  private MqttCodec(boolean isBroker, int maxPacketBytes, int maxTopicLevels) {
    this.isBroker = isBroker;
    this.maxPacketBytes = maxPacketBytes;
    this.publishes = new PublishCodec(isBroker, maxTopicLevels);
    this.connects = new ConnectCodec(maxTopicLevels);
  }

  /**
   * A broker's codec: decodes what clients send.
   *
   * @param maxPacketBytes largest packet accepted, header included
   * @param maxTopicLevels most levels in a topic name
   */
  static MqttCodec forBroker(int maxPacketBytes, int maxTopicLevels) {
    return new MqttCodec(true, maxPacketBytes, maxTopicLevels);
  }

  /** A client's codec: decodes what brokers send. */
  static MqttCodec forClient(MqttVersion version) {
    MqttCodec codec = new MqttCodec(false, MAX_PACKET_BYTES, Integer.MAX_VALUE);
    codec.version = version;
    return codec;
  }

  /** The version CONNECT asked for; null before it. */
  @Nullable MqttVersion version() {
    return version;
  }

  private MqttVersion writtenVersion() {
    MqttVersion known = version;
    return known == null ? MqttVersion.V3_1_1 : known;
  }

  @Override
  public @Nullable MqttFrame decode(ByteBuf in) {
    int readable = in.readableBytes();
    if (readable == 0) {
      return null;
    }
    int start = in.readerIndex();
    int firstByte = in.getUnsignedByte(start);
    PacketType type = PacketType.ofFirstByte(firstByte);
    MqttVersion known = version;
    checkType(type, firstByte, known);
    int remaining = remainingLength(in, start + 1, readable - 1);
    if (remaining == NEED_MORE) {
      return null;
    }
    checkLength(type, remaining);
    int headerBytes = 1 + PacketWriter.varintSize(remaining);
    int most = known == null ? Math.min(maxPacketBytes, MAX_CONNECT_BYTES) : maxPacketBytes;
    if (headerBytes + remaining > most) {
      throw new ProtocolException(
          MqttReason.PACKET_TOO_LARGE,
          "packet of " + (headerBytes + remaining) + " bytes, at most " + most + " are accepted",
          "MQTT 5.0 §3.2.2.3.6");
    }
    if (readable < headerBytes + remaining) {
      return null;
    }
    int from = start + headerBytes;
    reader.over(in, from, from + remaining);
    MqttFrame frame =
        type == PacketType.PUBLISH && known != null
            ? publishes.read(reader, firstByte, known)
            : read(type, firstByte, known);
    in.readerIndex(from + remaining);
    return frame;
  }

  private void checkType(PacketType type, int firstByte, @Nullable MqttVersion known) {
    if (known == null) {
      if (type != PacketType.CONNECT) {
        throw PacketReader.protocolError("the first packet is not CONNECT but " + type, "§3.1");
      }
      return;
    }
    int flags = firstByte & 0x0F;
    switch (type) {
      case WILL -> throw PacketReader.protocolError("packet type 0", "§2.1.2");
      case PUBLISH, CONNECT -> {} // flags with a meaning, or that depend on the version
      case AUTH -> {
        if (known != MqttVersion.V5 || flags != 0) {
          throw PacketReader.protocolError("AUTH with flags or before MQTT 5", "§3.15");
        }
      }
      default -> {
        if (isBroker && isFromBrokersOnly(type)) {
          return; // refused as soon as its length is known, whatever its flags
        }
        // MQTT 3.1 lets a client mark another attempt of any packet that is acknowledged.
        int checked = known == MqttVersion.V3_1 ? flags & ~0x08 : flags;
        if (checked != (type.firstByte() & 0x0F)) {
          throw PacketReader.malformed("flags " + flags + " in " + type, "§2.1.3");
        }
      }
    }
  }

  /** Whether a client that sends it is told so first, whatever flags it has. */
  private static boolean isFromBrokersOnly(PacketType type) {
    return type == PacketType.CONNACK || type == PacketType.PINGRESP;
  }

  private static ProtocolException fromClient(PacketType type) {
    return PacketReader.protocolError(type + " from a client", "§2.1.2");
  }

  private void checkLength(PacketType type, int remaining) {
    if (remaining > 0 && (type == PacketType.PINGREQ || type == PacketType.PINGRESP)) {
      throw new ProtocolException(
          MqttReason.UNANSWERED, type + " of " + remaining + " bytes", "MQTT 5.0 §3.12");
    }
    if (isBroker && isFromBrokersOnly(type)) {
      throw fromClient(type);
    }
  }

  /** Reads a Remaining Length field (MQTT 5.0 §2.1.4), or answers {@link #NEED_MORE}. */
  private int remainingLength(ByteBuf in, int from, int available) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      if (i >= available) {
        return NEED_MORE;
      }
      int b = in.getByte(from + i);
      value |= (b & 0x7F) << 7 * i;
      if (b >= 0) {
        if (b == 0 && i > 0) {
          throw PacketReader.malformed("a remaining length in more bytes than needed", "§1.5.5");
        }
        return value;
      }
    }
    throw PacketReader.malformed("a remaining length of more than 4 bytes", "§2.1.4");
  }

  private MqttFrame read(PacketType type, int firstByte, @Nullable MqttVersion known) {
    if (type == PacketType.CONNECT) {
      return connects.readConnect(reader, firstByte, isBroker ? this::use : _ -> {});
    }
    if (known == null) {
      throw new IllegalStateException("checkType lets nothing but CONNECT come first");
    }
    return switch (type) {
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> AckCodec.readAck(reader, type, known);
      case SUBSCRIBE -> SubscribeCodec.readSubscribe(reader, known);
      case UNSUBSCRIBE -> SubscribeCodec.readUnsubscribe(reader, known);
      case PINGREQ -> MqttFrame.PingReq.PING_REQ;
      case DISCONNECT -> AckCodec.readDisconnect(reader, known);
      case AUTH -> AckCodec.readAuth(reader);
      default -> readFromBroker(type, known);
    };
  }

  private MqttFrame readFromBroker(PacketType type, MqttVersion known) {
    if (isBroker) {
      throw fromClient(type);
    }
    return switch (type) {
      case CONNACK -> connects.readConnAck(reader, known);
      case SUBACK -> SubscribeCodec.readSubAck(reader, known);
      case UNSUBACK -> SubscribeCodec.readUnsubAck(reader, known);
      case PINGRESP -> MqttFrame.PingResp.PING_RESP;
      default -> throw PacketReader.protocolError("packet type " + type, "§2.1.2");
    };
  }

  private void use(MqttVersion chosen) {
    if (version != null) {
      throw PacketReader.protocolError("a second CONNECT", "§3.1");
    }
    version = chosen;
  }

  @Override
  public void encode(MqttFrame frame, ByteBuf out) {
    MqttVersion as = writtenVersion();
    switch (frame) {
      case MqttFrame.Publish publish -> PublishCodec.write(publish, as, out);
      case MqttFrame.PublishToMany(EncodedPublish packet, int id) -> {
        Body rest = packet.write(id, out);
        if (rest != null) {
          rest.writeTo(out);
        }
      }
      case MqttFrame.PubAck(int id, int reason, var properties) ->
          AckCodec.writeAck(PacketType.PUBACK, id, reason, properties, as, out);
      case MqttFrame.PubRec(int id, int reason, var properties) ->
          AckCodec.writeAck(PacketType.PUBREC, id, reason, properties, as, out);
      case MqttFrame.PubRel(int id, int reason, var properties) ->
          AckCodec.writeAck(PacketType.PUBREL, id, reason, properties, as, out);
      case MqttFrame.PubComp(int id, int reason, var properties) ->
          AckCodec.writeAck(PacketType.PUBCOMP, id, reason, properties, as, out);
      case MqttFrame.SubAck ack -> SubscribeCodec.writeSubAck(ack, as, out);
      case MqttFrame.UnsubAck ack -> SubscribeCodec.writeUnsubAck(ack, as, out);
      case MqttFrame.PingResp _ -> out.writeShort(PacketType.PINGRESP.firstByte() << 8);
      case MqttFrame.PingReq _ -> out.writeShort(PacketType.PINGREQ.firstByte() << 8);
      case MqttFrame.ConnAck ack -> connects.writeConnAck(ack, as, out);
      case MqttFrame.Disconnect(int reason, var properties) ->
          AckCodec.writeReason(PacketType.DISCONNECT, reason, properties, as, out);
      case MqttFrame.Auth(int reason, var properties) ->
          AckCodec.writeReason(PacketType.AUTH, reason, properties, as, out);
      case MqttFrame.Subscribe subscribe -> SubscribeCodec.writeSubscribe(subscribe, as, out);
      case MqttFrame.Unsubscribe unsubscribe ->
          SubscribeCodec.writeUnsubscribe(unsubscribe, as, out);
      case MqttFrame.Connect connect -> connects.writeConnect(connect, out);
    }
  }

  @Override
  public @Nullable Body encodeUpToBody(MqttFrame frame, ByteBuf out) {
    if (frame instanceof MqttFrame.PublishToMany(EncodedPublish packet, int id)) {
      Body rest = packet.write(id, out);
      if (rest == null || rest.length() >= SHARED_BODY_BYTES) {
        return rest;
      }
      rest.writeTo(out);
    } else if (frame instanceof MqttFrame.Publish publish
        && publish.body().length() >= SHARED_BODY_BYTES) {
      PublishCodec.writeUpToBody(publish, writtenVersion(), out);
      return publish.body();
    } else {
      encode(frame, out);
    }
    return null;
  }

  /** Bytes {@code frame} takes on the wire, for a peer's maximum packet size. */
  int sizeOf(MqttFrame frame) {
    if (frame instanceof MqttFrame.Publish publish) {
      return PublishCodec.size(publish, writtenVersion());
    }
    if (frame instanceof MqttFrame.PublishToMany many) {
      return many.packet().size();
    }
    ByteBuf out = io.netty.buffer.Unpooled.buffer(64);
    encode(frame, out);
    return out.readableBytes();
  }
}
