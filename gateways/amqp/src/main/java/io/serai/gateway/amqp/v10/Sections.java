package io.serai.gateway.amqp.v10;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sections of a message (part 3 §3.2): their descriptors, reading and writing. */
final class Sections {
  static final int HEADER = 0x70;
  static final int DELIVERY_ANNOTATIONS = 0x71;
  static final int MESSAGE_ANNOTATIONS = 0x72;
  static final int PROPERTIES = 0x73;
  static final int APPLICATION_PROPERTIES = 0x74;
  static final int DATA = 0x75;
  static final int SEQUENCE = 0x76;
  static final int VALUE = 0x77;
  static final int FOOTER = 0x78;

  /** A descriptor may also be written as a symbol. */
  private static final Map<String, Integer> BY_NAME =
      Map.of(
          "amqp:header:list", HEADER,
          "amqp:delivery-annotations:map", DELIVERY_ANNOTATIONS,
          "amqp:message-annotations:map", MESSAGE_ANNOTATIONS,
          "amqp:properties:list", PROPERTIES,
          "amqp:application-properties:map", APPLICATION_PROPERTIES,
          "amqp:data:binary", DATA,
          "amqp:amqp-sequence:list", SEQUENCE,
          "amqp:amqp-value:*", VALUE,
          "amqp:footer:map", FOOTER);

  private Sections() {}

  /** Reads a section's descriptor and moves the reader index to its value. */
  static int descriptor(ByteBuf in) {
    if (!in.isReadable() || in.readByte() != 0) {
      throw DecodeError.because("a message section does not start with a descriptor", "§3.2");
    }
    Value descriptor = TypeReader.read(in);
    int code =
        switch (descriptor) {
          case Value.ULong(long bits) when bits >= HEADER && bits <= FOOTER -> (int) bits;
          case Value.Symbol(String name) -> BY_NAME.getOrDefault(name, -1);
          default -> -1;
        };
    if (code < 0) {
      throw DecodeError.because("no message section has the descriptor " + descriptor, "§3.2");
    }
    return code;
  }

  /** The whole section of a value, descriptor first. */
  static byte[] written(int descriptor, Value value) {
    ByteBuf out = Unpooled.buffer(64);
    TypeWriter.write(new Value.Described(new Value.ULong(descriptor), value), out);
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  /** The fields of a section that is a list; empty when it is absent. */
  static List<Value> fields(byte[] section) {
    return value(section) instanceof Value.ListOf(var fields) ? fields : List.of();
  }

  /** The entries of a section that is a map; empty when it is absent. */
  static List<Value.Entry> entries(byte[] section) {
    return value(section) instanceof Value.MapOf(var entries) ? entries : List.of();
  }

  private static Value value(byte[] section) {
    if (section.length == 0) {
      return Value.NULL;
    }
    ByteBuf in = Unpooled.wrappedBuffer(section);
    descriptor(in);
    return TypeReader.read(in);
  }

  /** The field at {@code index}, null when it is left out or AMQP's null. */
  static @Nullable Value field(List<Value> fields, int index) {
    Value field = index < fields.size() ? fields.get(index) : Value.NULL;
    return field instanceof Value.Null ? null : field;
  }
}
