package io.serai.gateway.amqp.v10;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes values of every AMQP 1.0 type, each in its shortest encoding (part 1 §1.6). */
final class TypeWriter {
  private TypeWriter() {}

  static void write(Value value, ByteBuf out) {
    switch (value) {
      case Value.Null _ -> out.writeByte(0x40);
      case Value.Bool(boolean b) -> out.writeByte(b ? 0x41 : 0x42);
      case Value.UInt(long i) when i == 0 -> out.writeByte(0x43);
      case Value.UInt(long i) when i < 0x100 -> out.writeByte(0x52).writeByte((int) i);
      case Value.ULong(long bits) when bits == 0 -> out.writeByte(0x44);
      case Value.ULong(long bits) when bits > 0 && bits < 0x100 ->
          out.writeByte(0x53).writeByte((int) bits);
      case Value.Int(int i) when i == (byte) i -> out.writeByte(0x54).writeByte(i);
      case Value.Long(long l) when l == (byte) l -> out.writeByte(0x55).writeByte((int) l);
      case Value.Binary(byte[] bytes) -> variable(0xa0, bytes, out);
      case Value.Str(String text) -> variable(0xa1, text.getBytes(StandardCharsets.UTF_8), out);
      case Value.Symbol(String name) ->
          variable(0xa3, name.getBytes(StandardCharsets.US_ASCII), out);
      case Value.ListOf(var items) when items.isEmpty() -> out.writeByte(0x45);
      case Value.ListOf(var items) -> compound(0xc0, items.size(), content(items), out);
      case Value.MapOf(var entries) ->
          compound(0xc1, 2 * entries.size(), content(flat(entries)), out);
      case Value.ArrayOf(var items) -> array(items, out);
      case Value.Described(var descriptor, var inner) -> {
        out.writeByte(0);
        write(descriptor, out);
        write(inner, out);
      }
      default -> {
        out.writeByte(code(value));
        fixed(value, out);
      }
    }
  }

  /** {@code code} with a one-byte length, {@code code + 0x10} with a four-byte one. */
  private static void variable(int code, byte[] bytes, ByteBuf out) {
    if (bytes.length < 0x100) {
      out.writeByte(code).writeByte(bytes.length);
    } else {
      out.writeByte(code + 0x10).writeInt(bytes.length);
    }
    out.writeBytes(bytes);
  }

  private static void compound(int code, int count, ByteBuf content, ByteBuf out) {
    int bytes = content.readableBytes();
    if (count < 0x100 && bytes + 1 < 0x100) {
      out.writeByte(code).writeByte(bytes + 1).writeByte(count);
    } else {
      out.writeByte(code + 0x10).writeInt(bytes + 4).writeInt(count);
    }
    out.writeBytes(content);
  }

  private static ByteBuf content(List<Value> items) {
    ByteBuf content = Unpooled.buffer(64);
    for (Value item : items) {
      write(item, content);
    }
    return content;
  }

  private static List<Value> flat(List<Value.Entry> entries) {
    List<Value> items = new ArrayList<>(entries.size() * 2);
    for (Value.Entry entry : entries) {
      items.add(entry.key());
      items.add(entry.value());
    }
    return items;
  }

  // ---- arrays: one constructor for all items, so every item in the widest encoding of its type

  private static void array(List<Value> items, ByteBuf out) {
    if (items.isEmpty()) {
      compound(0xe0, 0, Unpooled.buffer(1).writeByte(0x40), out);
      return;
    }
    if (!isArray(items)) {
      write(new Value.ListOf(items), out);
      return;
    }
    Value first = items.getFirst();
    Value descriptor = descriptor(first);
    ByteBuf content = Unpooled.buffer(64);
    if (descriptor != null) {
      content.writeByte(0);
      write(descriptor, content);
    }
    content.writeByte(code(undescribed(first)));
    for (Value item : items) {
      fixed(undescribed(item), content);
    }
    compound(0xe0, items.size(), content, out);
  }

  /** Whether one constructor serves all items, as AMQP 1.0 wants it. */
  private static boolean isArray(List<Value> items) {
    for (Value item : items) {
      Value inner = undescribed(item);
      if (code(inner) != code(undescribed(items.getFirst()))
          || !Objects.equals(descriptor(item), descriptor(items.getFirst()))
          || inner instanceof Value.Described
          || inner instanceof Value.ArrayOf(var inside) && !isArray(inside)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Value descriptor(Value value) {
    return value instanceof Value.Described(var descriptor, _) ? descriptor : null;
  }

  private static Value undescribed(Value value) {
    return value instanceof Value.Described(_, var inner) ? inner : value;
  }

  /** The code of the widest encoding of this value's type. */
  private static int code(Value value) {
    return switch (value) {
      case Value.Null _ -> 0x40;
      case Value.Bool _ -> 0x56;
      case Value.UByte _ -> 0x50;
      case Value.Byte _ -> 0x51;
      case Value.UShort _ -> 0x60;
      case Value.Short _ -> 0x61;
      case Value.UInt _ -> 0x70;
      case Value.Int _ -> 0x71;
      case Value.Float _ -> 0x72;
      case Value.Char _ -> 0x73;
      case Value.ULong _ -> 0x80;
      case Value.Long _ -> 0x81;
      case Value.Double _ -> 0x82;
      case Value.Timestamp _ -> 0x83;
      case Value.Uuid _ -> 0x98;
      case Value.Decimal(_, int bits) -> bits == 32 ? 0x74 : bits == 64 ? 0x84 : 0x94;
      case Value.Binary _ -> 0xb0;
      case Value.Str _ -> 0xb1;
      case Value.Symbol _ -> 0xb3;
      case Value.ListOf _ -> 0xd0;
      case Value.MapOf _ -> 0xd1;
      case Value.ArrayOf _ -> 0xf0;
      case Value.Described _ -> 0;
    };
  }

  /** What follows {@link #code}. */
  private static void fixed(Value value, ByteBuf out) {
    switch (value) {
      case Value.Null _ -> {}
      case Value.Bool(boolean b) -> out.writeByte(b ? 1 : 0);
      case Value.UByte(int b) -> out.writeByte(b);
      case Value.Byte(byte b) -> out.writeByte(b);
      case Value.UShort(int s) -> out.writeShort(s);
      case Value.Short(short s) -> out.writeShort(s);
      case Value.UInt(long i) -> out.writeInt((int) i);
      case Value.Int(int i) -> out.writeInt(i);
      case Value.Float(float f) -> out.writeFloat(f);
      case Value.Char(int codePoint) -> out.writeInt(codePoint);
      case Value.ULong(long bits) -> out.writeLong(bits);
      case Value.Long(long l) -> out.writeLong(l);
      case Value.Double(double d) -> out.writeDouble(d);
      case Value.Timestamp(long millis) -> out.writeLong(millis);
      case Value.Uuid(var uuid) ->
          out.writeLong(uuid.getMostSignificantBits()).writeLong(uuid.getLeastSignificantBits());
      case Value.Decimal(var decimal, int bits) -> out.writeBytes(Decimals.written(decimal, bits));
      case Value.Binary(byte[] bytes) -> out.writeInt(bytes.length).writeBytes(bytes);
      case Value.Str(String text) -> sized(text.getBytes(StandardCharsets.UTF_8), out);
      case Value.Symbol(String name) -> sized(name.getBytes(StandardCharsets.US_ASCII), out);
      case Value.ListOf(var items) -> wide(items.size(), content(items), out);
      case Value.MapOf(var entries) -> wide(2 * entries.size(), content(flat(entries)), out);
      case Value.ArrayOf(var items) -> {
        ByteBuf whole = Unpooled.buffer(64);
        array(items, whole);
        int code = whole.readUnsignedByte();
        int size = code == 0xe0 ? whole.readUnsignedByte() : whole.readInt();
        int count = code == 0xe0 ? whole.readUnsignedByte() : whole.readInt();
        wide(count, whole.slice(whole.readerIndex(), size - (code == 0xe0 ? 1 : 4)), out);
      }
      case Value.Described(_, var inner) -> fixed(inner, out);
    }
  }

  private static void sized(byte[] bytes, ByteBuf out) {
    out.writeInt(bytes.length).writeBytes(bytes);
  }

  private static void wide(int count, ByteBuf content, ByteBuf out) {
    out.writeInt(content.readableBytes() + 4).writeInt(count).writeBytes(content);
  }
}
