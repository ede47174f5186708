package io.serai.model;

import io.netty.buffer.ByteBuf;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Typed values as they are stored: a byte for the type, then the value. */
public final class StoredValues {
  /** Deeper values cannot have come off a wire: gateways allow less. */
  private static final int MAX_DEPTH = 1_000;

  private StoredValues() {}

  /** Appends a value. */
  public static void write(Value value, ByteBuf out) {
    switch (value) {
      case Value.Null _ -> out.writeByte(0);
      case Value.Bool(boolean it) -> out.writeByte(1).writeBoolean(it);
      case Value.Byte(byte it) -> out.writeByte(2).writeByte(it);
      case Value.UByte(int it) -> out.writeByte(3).writeByte(it);
      case Value.Short(short it) -> out.writeByte(4).writeShort(it);
      case Value.UShort(int it) -> out.writeByte(5).writeShort(it);
      case Value.Int(int it) -> out.writeByte(6).writeInt(it);
      case Value.UInt(long it) -> out.writeByte(7).writeInt((int) it);
      case Value.Long(long it) -> out.writeByte(8).writeLong(it);
      case Value.ULong(long bits) -> out.writeByte(9).writeLong(bits);
      case Value.Float(float it) -> out.writeByte(10).writeFloat(it);
      case Value.Double(double it) -> out.writeByte(11).writeDouble(it);
      case Value.Decimal(BigDecimal it, int bits) -> {
        out.writeByte(12).writeByte(bits == 128 ? 0 : bits).writeInt(it.scale());
        StoredFields.writeBytes(it.unscaledValue().toByteArray(), out);
      }
      case Value.Char(int codePoint) -> out.writeByte(13).writeInt(codePoint);
      case Value.Timestamp(long millis) -> out.writeByte(14).writeLong(millis);
      case Value.Uuid(UUID it) ->
          out.writeByte(15)
              .writeLong(it.getMostSignificantBits())
              .writeLong(it.getLeastSignificantBits());
      case Value.Binary(byte[] bytes) -> StoredFields.writeBytes(bytes, out.writeByte(16));
      case Value.Str(String text) -> StoredFields.writeText(text, out.writeByte(17));
      case Value.Symbol(String text) -> StoredFields.writeText(text, out.writeByte(18));
      case Value.ListOf(List<Value> items) -> writeAll(items, out.writeByte(19));
      case Value.ArrayOf(List<Value> items) -> writeAll(items, out.writeByte(20));
      case Value.MapOf map -> writeMap(map, out.writeByte(21));
      case Value.Described(Value descriptor, Value it) -> {
        write(descriptor, out.writeByte(22));
        write(it, out);
      }
    }
  }

  private static void writeAll(List<Value> items, ByteBuf out) {
    StoredFields.writeCount(items.size(), out);
    for (Value item : items) {
      write(item, out);
    }
  }

  /** Appends a map without a byte for its type, where nothing else can stand. */
  public static void writeMap(Value.MapOf map, ByteBuf out) {
    StoredFields.writeCount(map.entries().size(), out);
    for (Value.Entry entry : map.entries()) {
      write(entry.key(), out);
      write(entry.value(), out);
    }
  }

  /** Appends a value that may be absent; that is told from {@link Value#NULL}. */
  public static void writeOptional(@Nullable Value value, ByteBuf out) {
    out.writeBoolean(value != null);
    if (value != null) {
      write(value, out);
    }
  }

  /** Reads what {@link #writeOptional} wrote. */
  public static @Nullable Value readOptional(ByteBuf in) {
    return in.readBoolean() ? read(in) : null;
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Value read(ByteBuf in) {
    return read(in, 0);
  }

  /** Reads what {@link #writeMap} wrote. */
  public static Value.MapOf readMap(ByteBuf in) {
    return map(in, 0);
  }

  private static Value read(ByteBuf in, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("values nested more than " + MAX_DEPTH + " deep");
    }
    int type = in.readUnsignedByte();
    return switch (type) {
      case 0 -> Value.NULL;
      case 1 -> new Value.Bool(in.readBoolean());
      case 2 -> new Value.Byte(in.readByte());
      case 3 -> new Value.UByte(in.readUnsignedByte());
      case 4 -> new Value.Short(in.readShort());
      case 5 -> new Value.UShort(in.readUnsignedShort());
      case 6 -> new Value.Int(in.readInt());
      case 7 -> new Value.UInt(in.readUnsignedInt());
      case 8 -> new Value.Long(in.readLong());
      case 9 -> new Value.ULong(in.readLong());
      case 10 -> new Value.Float(in.readFloat());
      case 11 -> new Value.Double(in.readDouble());
      case 12 -> decimal(in);
      case 13 -> new Value.Char(in.readInt());
      case 14 -> new Value.Timestamp(in.readLong());
      case 15 -> new Value.Uuid(new UUID(in.readLong(), in.readLong()));
      case 16 -> new Value.Binary(StoredFields.readBytes(in));
      case 17 -> new Value.Str(StoredFields.readText(in));
      case 18 -> new Value.Symbol(StoredFields.readText(in));
      case 19 -> new Value.ListOf(all(in, depth));
      case 20 -> new Value.ArrayOf(all(in, depth));
      case 21 -> map(in, depth);
      case 22 -> {
        Value descriptor = read(in, depth + 1);
        yield new Value.Described(descriptor, read(in, depth + 1));
      }
      default -> throw new IllegalArgumentException("no value is of type " + type);
    };
  }

  private static Value decimal(ByteBuf in) {
    int bits = in.readUnsignedByte();
    int scale = in.readInt();
    return new Value.Decimal(
        new BigDecimal(new BigInteger(StoredFields.readBytes(in)), scale), bits == 0 ? 128 : bits);
  }

  private static List<Value> all(ByteBuf in, int depth) {
    int count = StoredFields.readCount(in);
    List<Value> items = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      items.add(read(in, depth + 1));
    }
    return items;
  }

  private static Value.MapOf map(ByteBuf in, int depth) {
    int count = StoredFields.readCount(in);
    List<Value.Entry> entries = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      Value key = read(in, depth + 1);
      entries.add(new Value.Entry(key, read(in, depth + 1)));
    }
    return new Value.MapOf(entries);
  }
}
