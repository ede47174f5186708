package io.serai.gateway.mqtt;

import io.netty.buffer.ByteBuf;
import io.serai.gateway.ProtocolException;
import io.serai.gateway.mqtt.MqttProperties.Binary;
import io.serai.gateway.mqtt.MqttProperties.Numeric;
import io.serai.gateway.mqtt.MqttProperties.Pair;
import io.serai.gateway.mqtt.MqttProperties.Property;
import io.serai.gateway.mqtt.MqttProperties.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Properties to bytes and back (MQTT 5.0 §2.2.2). */
final class PropertiesCodec {
  private PropertiesCodec() {}

  /** Reads the property length and the properties of {@code packet}. */
  static MqttProperties read(PacketReader in, PacketType packet) {
    int length = in.varint();
    if (length == 0) {
      return MqttProperties.NONE;
    }
    if (length > in.remaining()) {
      throw PacketReader.malformed(
          "property length " + length + " with " + in.remaining() + " bytes left", "§2.2.2.1");
    }
    int end = in.position() + length;
    List<Property> properties = new ArrayList<>();
    // Fields are read against the end of the properties, not of the packet.
    PacketReader fields = new PacketReader();
    fields.over(in.buffer(), in.position(), end);
    while (fields.hasMore()) {
      properties.add(readOne(fields));
    }
    in.skip(length);
    // What cannot be read is malformed, whatever else is wrong with the packet.
    long seen = 0;
    for (Property property : properties) {
      seen = admit(property.id(), packet, seen);
      checkValue(property);
    }
    return MqttProperties.of(properties);
  }

  /** Reads one property of any kind, for {@link MqttEncoding}'s bytes too. */
  static Property readOne(PacketReader in) {
    PropertyId id = readId(in);
    return switch (id.type()) {
      case BYTE -> new Numeric(id, in.u8());
      case U16 -> new Numeric(id, in.u16());
      case U32 -> new Numeric(id, in.u32());
      case VARINT -> new Numeric(id, in.varint());
      case TEXT -> new Text(id, in.text(id.name()));
      case BINARY -> new Binary(id, in.binary());
      case PAIR -> new Pair(in.text("user property name"), in.text("user property value"));
    };
  }

  static PropertyId readId(PacketReader in) {
    int code = in.varint();
    PropertyId id = PropertyId.of(code);
    if (id == null) {
      throw PacketReader.malformed("unknown property 0x" + Integer.toHexString(code), "§2.2.2.2");
    }
    return id;
  }

  /** Checks that {@code id} may occur (again) and answers the set of those seen. */
  static long admit(PropertyId id, PacketType packet, long seen) {
    if (!id.isAllowedIn(packet)) {
      throw new ProtocolException(
          reasonForForeign(packet), "property " + id + " in " + packet, "MQTT 5.0 §2.2.2.2");
    }
    long bit = 1L << id.ordinal();
    if ((seen & bit) != 0 && !id.mayRepeatIn(packet)) {
      throw PacketReader.protocolError("property " + id + " twice", "§2.2.2.2");
    }
    return seen | bit;
  }

  /**
   * The specification calls a property in the wrong packet malformed in one place (§2.2.2.2) and a
   * protocol error in others (§3.1.2.11 and the like); this is what other brokers answer, and what
   * test suites compare.
   */
  private static int reasonForForeign(PacketType packet) {
    return packet == PacketType.SUBSCRIBE || packet == PacketType.UNSUBSCRIBE
        ? MqttReason.MALFORMED_PACKET
        : MqttReason.PROTOCOL_ERROR;
  }

  private static void checkValue(Property property) {
    if (!(property instanceof Numeric(PropertyId id, long value))) {
      return;
    }
    boolean valid =
        switch (id) {
          case PAYLOAD_FORMAT_INDICATOR,
              REQUEST_PROBLEM_INFORMATION,
              REQUEST_RESPONSE_INFORMATION,
              MAXIMUM_QOS,
              RETAIN_AVAILABLE,
              WILDCARD_SUBSCRIPTION_AVAILABLE,
              SUBSCRIPTION_IDENTIFIER_AVAILABLE,
              SHARED_SUBSCRIPTION_AVAILABLE ->
              value <= 1;
          case RECEIVE_MAXIMUM, MAXIMUM_PACKET_SIZE -> value > 0;
          default -> true;
        };
    if (!valid) {
      throw PacketReader.protocolError("property " + id + " is " + value, "§2.2.2.2");
    }
  }

  /** Bytes of the properties with their length field. */
  static int size(MqttProperties properties) {
    int length = length(properties);
    return PacketWriter.varintSize(length) + length;
  }

  /** Bytes of the properties alone. */
  static int length(MqttProperties properties) {
    int length = 0;
    for (Property property : properties.list()) {
      length += 1 + valueSize(property);
    }
    return length;
  }

  private static int valueSize(Property property) {
    return switch (property) {
      case Numeric(PropertyId id, long value) ->
          switch (id.type()) {
            case BYTE -> 1;
            case U16 -> 2;
            case VARINT -> PacketWriter.varintSize((int) value);
            default -> 4;
          };
      case Text(_, String value) -> PacketWriter.textSize(value);
      case Binary(_, byte[] value) -> 2 + value.length;
      case Pair(String name, String value) ->
          PacketWriter.textSize(name) + PacketWriter.textSize(value);
    };
  }

  /** Writes the length field and the properties. */
  static void write(MqttProperties properties, ByteBuf out) {
    PacketWriter.varint(length(properties), out);
    writeAll(properties, out);
  }

  /** Writes the properties without a length field. */
  static void writeAll(MqttProperties properties, ByteBuf out) {
    for (Property property : properties.list()) {
      out.writeByte(property.id().code());
      switch (property) {
        case Numeric(PropertyId id, long value) -> writeNumber(id, value, out);
        case Text(_, String value) -> PacketWriter.text(value, out);
        case Binary(_, byte[] value) -> PacketWriter.binary(value, out);
        case Pair(String name, String value) -> {
          PacketWriter.text(name, out);
          PacketWriter.text(value, out);
        }
      }
    }
  }

  private static void writeNumber(PropertyId id, long value, ByteBuf out) {
    switch (id.type()) {
      case BYTE -> out.writeByte((int) value);
      case U16 -> out.writeShort((int) value);
      case VARINT -> PacketWriter.varint((int) value, out);
      default -> out.writeInt((int) value);
    }
  }

  /** The properties in {@code bytes}, which hold no length field and were checked before. */
  static MqttProperties parse(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return MqttProperties.NONE;
    }
    PacketReader in = new PacketReader();
    in.over(io.netty.buffer.Unpooled.wrappedBuffer(bytes), 0, bytes.length);
    List<Property> properties = new ArrayList<>();
    while (in.hasMore()) {
      properties.add(readOne(in));
    }
    return MqttProperties.of(properties);
  }
}
