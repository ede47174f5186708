package io.serai.gateway.amqp.v10;

import io.netty.buffer.ByteBuf;
import io.serai.model.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads values of every AMQP 1.0 type (part 1 §1.2 and §1.6). */
final class TypeReader {
  /** Deeper nesting is refused, so that a peer cannot exhaust the stack. */
  static final int MAX_DEPTH = 64;

  private static final String SECTION = "part 1 §1.2";

  private TypeReader() {}

  /**
   * Reads the value at the reader index and moves it behind.
   *
   * @throws io.serai.gateway.ProtocolException when it is malformed or cut short
   */
  static Value read(ByteBuf in) {
    return read(in, 0);
  }

  private static Value read(ByteBuf in, int depth) {
    if (depth > MAX_DEPTH) {
      throw DecodeError.because("values nested deeper than " + MAX_DEPTH, SECTION);
    }
    int code = octet(in);
    if (code == 0) {
      Value descriptor = read(in, depth + 1);
      return new Value.Described(descriptor, read(in, depth + 1));
    }
    return read(code, in, depth);
  }

  private static int octet(ByteBuf in) {
    return need(in, 1).readUnsignedByte();
  }

  private static ByteBuf need(ByteBuf in, long bytes) {
    if (bytes < 0 || bytes > in.readableBytes()) {
      throw DecodeError.because(
          "a value needs " + bytes + " bytes and only " + in.readableBytes() + " are left",
          SECTION);
    }
    return in;
  }

  private static Value read(int code, ByteBuf in, int depth) {
    return switch (code) {
      case 0x40 -> Value.NULL;
      case 0x41 -> new Value.Bool(true);
      case 0x42 -> new Value.Bool(false);
      case 0x43 -> new Value.UInt(0);
      case 0x44 -> new Value.ULong(0);
      case 0x45 -> new Value.ListOf(List.of());
      case 0x50 -> new Value.UByte(octet(in));
      case 0x51 -> new Value.Byte((byte) octet(in));
      case 0x52 -> new Value.UInt(octet(in));
      case 0x53 -> new Value.ULong(octet(in));
      case 0x54 -> new Value.Int((byte) octet(in));
      case 0x55 -> new Value.Long((byte) octet(in));
      case 0x56 -> new Value.Bool(octet(in) != 0);
      case 0x60 -> new Value.UShort(need(in, 2).readUnsignedShort());
      case 0x61 -> new Value.Short(need(in, 2).readShort());
      case 0x70 -> new Value.UInt(need(in, 4).readUnsignedInt());
      case 0x71 -> new Value.Int(need(in, 4).readInt());
      case 0x72 -> new Value.Float(need(in, 4).readFloat());
      case 0x73 -> new Value.Char(need(in, 4).readInt());
      case 0x74 -> Decimals.read32(need(in, 4).readInt());
      case 0x80 -> new Value.ULong(need(in, 8).readLong());
      case 0x81 -> new Value.Long(need(in, 8).readLong());
      case 0x82 -> new Value.Double(need(in, 8).readDouble());
      case 0x83 -> new Value.Timestamp(need(in, 8).readLong());
      case 0x84 -> Decimals.read64(need(in, 8).readLong());
      case 0x94 -> Decimals.read128(need(in, 16).readLong(), in.readLong());
      case 0x98 -> new Value.Uuid(new UUID(need(in, 16).readLong(), in.readLong()));
      case 0xa0 -> new Value.Binary(bytes(in, octet(in)));
      case 0xb0 -> new Value.Binary(bytes(in, need(in, 4).readUnsignedInt()));
      case 0xa1 -> new Value.Str(text(in, octet(in)));
      case 0xb1 -> new Value.Str(text(in, need(in, 4).readUnsignedInt()));
      case 0xa3 -> new Value.Symbol(text(in, octet(in)));
      case 0xb3 -> new Value.Symbol(text(in, need(in, 4).readUnsignedInt()));
      case 0xc0, 0xd0, 0xc1, 0xd1, 0xe0, 0xf0 -> compound(code, in, depth);
      default ->
          throw DecodeError.because(String.format("no type has the code 0x%02x", code), SECTION);
    };
  }

  private static byte[] bytes(ByteBuf in, long length) {
    need(in, length);
    byte[] bytes = new byte[(int) length];
    in.readBytes(bytes);
    return bytes;
  }

  private static String text(ByteBuf in, long length) {
    return need(in, length).readCharSequence((int) length, StandardCharsets.UTF_8).toString();
  }

  /** Lists, maps and arrays: size and count in one byte each or in four (part 1 §1.2.3, §1.2.4). */
  private static Value compound(int code, ByteBuf in, int depth) {
    boolean isWide = (code & 0x10) != 0;
    long size = isWide ? need(in, 4).readUnsignedInt() : octet(in);
    ByteBuf content = need(in, size).readSlice((int) size);
    long count = isWide ? need(content, 4).readUnsignedInt() : octet(content);
    Value value =
        switch (code) {
          case 0xc0, 0xd0 -> new Value.ListOf(items(content, count, depth));
          case 0xc1, 0xd1 -> new Value.MapOf(entries(content, count, depth));
          default -> new Value.ArrayOf(array(content, count, depth));
        };
    if (content.isReadable()) {
      throw DecodeError.because(
          content.readableBytes() + " bytes are left over in a list, map or array", SECTION);
    }
    return value;
  }

  private static List<Value> items(ByteBuf in, long count, int depth) {
    List<Value> items = new ArrayList<>((int) Math.min(count, in.readableBytes()));
    for (long i = 0; i < count; i++) {
      items.add(read(in, depth + 1)); // fails at the end of the bytes, whatever the count says
    }
    return items;
  }

  private static List<Value.Entry> entries(ByteBuf in, long count, int depth) {
    if (count % 2 != 0) {
      throw DecodeError.because("a map with an odd number of items", "part 1 §1.6.23");
    }
    List<Value.Entry> entries = new ArrayList<>((int) Math.min(count / 2, in.readableBytes()));
    for (long i = 0; i < count; i += 2) {
      entries.add(new Value.Entry(read(in, depth + 1), read(in, depth + 1)));
    }
    return entries;
  }

  private static List<Value> array(ByteBuf in, long count, int depth) {
    if (depth >= MAX_DEPTH) {
      throw DecodeError.because("values nested deeper than " + MAX_DEPTH, SECTION);
    }
    int code = octet(in);
    Value descriptor = null;
    if (code == 0) {
      descriptor = read(in, depth + 1);
      code = octet(in);
    }
    // Items without bytes (null, true, list0) would let a few bytes ask for billions of them.
    if (count > Math.max(in.readableBytes(), 256)) {
      throw DecodeError.because("an array of " + count + " items in fewer bytes", SECTION);
    }
    List<Value> items = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      Value item = read(code, in, depth + 1);
      items.add(descriptor == null ? item : new Value.Described(descriptor, item));
    }
    return items;
  }
}
