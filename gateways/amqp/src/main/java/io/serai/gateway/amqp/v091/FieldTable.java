package io.serai.gateway.amqp.v091;

import io.netty.buffer.ByteBuf;
import io.serai.bus.RouteQuestion;
import io.serai.gateway.ProtocolException;
import io.serai.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Field tables: names and typed values (AMQP 0-9-1 §4.2.5.5). The type letters are those of
 * RabbitMQ and its clients, which differ from the specification's for {@code s} (16 bit signed) and
 * add {@code x} (bytes); {@code l} and {@code L} both read as 64 bit signed, as every client writes
 * them.
 */
final class FieldTable {
  private static final byte[] ROUTE_QUESTION =
      RouteQuestion.HEADER.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RETURN_OF_REPEATS =
      Repeats.RETURN_HEADER.getBytes(StandardCharsets.US_ASCII);

  /** Deeper nesting is refused, so that a peer cannot exhaust the stack. */
  static final int MAX_DEPTH = 64;

  private static final BigInteger MAX_UNSCALED = BigInteger.valueOf(Integer.MAX_VALUE);
  private static final BigInteger MIN_UNSCALED = BigInteger.valueOf(Integer.MIN_VALUE);

  private FieldTable() {}

  // ---- reading

  /** Reads a table, its length first. */
  static Value.MapOf read(FieldReader in) {
    return table(in, 0);
  }

  private static Value.MapOf table(FieldReader in, int depth) {
    int end = enter(in, depth);
    List<Value.Entry> entries = new ArrayList<>();
    while (in.position() < end) {
      Value name = new Value.Str(in.shortString());
      entries.add(new Value.Entry(name, value(in, depth)));
    }
    leave(in, end);
    return new Value.MapOf(entries);
  }

  private static Value value(FieldReader in, int depth) {
    int type = in.octet();
    return switch (type) {
      case 't' -> new Value.Bool(in.octet() != 0);
      case 'b' -> new Value.Byte(in.signedOctet());
      case 'B' -> new Value.UByte(in.octet());
      case 's', 'U' -> new Value.Short(in.shortInt());
      case 'u' -> new Value.UShort(in.shortUint());
      case 'I' -> new Value.Int(in.longInt());
      case 'i' -> new Value.UInt(in.longUint());
      case 'l', 'L' -> new Value.Long(in.longLong());
      case 'f' -> new Value.Float(Float.intBitsToFloat(in.longInt()));
      case 'd' -> new Value.Double(Double.longBitsToDouble(in.longLong()));
      case 'D' -> {
        int scale = in.octet();
        yield new Value.Decimal(BigDecimal.valueOf(in.longInt(), scale), 32);
      }
      case 'S' -> new Value.Str(new String(in.longString(), StandardCharsets.UTF_8));
      case 'x' -> new Value.Binary(in.longString());
      case 'T' -> new Value.Timestamp(millis(in.longLong()));
      case 'A' -> {
        int end = enter(in, depth + 1);
        List<Value> items = new ArrayList<>();
        while (in.position() < end) {
          items.add(value(in, depth + 1));
        }
        leave(in, end);
        yield new Value.ListOf(items);
      }
      case 'F' -> table(in, depth + 1);
      case 'V' -> Value.NULL;
      default -> throw unknownType(type);
    };
  }

  /** Milliseconds of a wire timestamp in seconds; one too far away is the farthest there is. */
  static long millis(long seconds) {
    return seconds > Long.MAX_VALUE / 1000
        ? Long.MAX_VALUE
        : seconds < Long.MIN_VALUE / 1000 ? Long.MIN_VALUE : seconds * 1000;
  }

  /**
   * Passes over a table without building it.
   *
   * @return whether it has an entry that asks something of the broker: {@code CC}, {@code BCC},
   *     {@code x-route-explain} or {@code x-deduplication-return}
   * @throws ProtocolException SYNTAX_ERROR when {@link #read} would find it malformed
   */
  static boolean check(FieldReader in) {
    return checkTable(in, 0);
  }

  /** Passes over a value, its type letter first. */
  static void skipValue(FieldReader in) {
    checkValue(in, 0);
  }

  private static boolean checkTable(FieldReader in, int depth) {
    boolean asks = false;
    int end = enter(in, depth);
    while (in.position() < end) {
      int length = in.octet();
      checkName(in, length);
      asks |= isRequest(in.buffer(), in.position() - length, length);
      checkValue(in, depth);
    }
    leave(in, end);
    return asks;
  }

  /** Whether a header of that name asks something of the broker. */
  private static boolean isRequest(ByteBuf buffer, int at, int length) {
    return switch (length) {
      case 2 -> buffer.getShort(at) == ('C' << 8 | 'C');
      case 3 -> buffer.getMedium(at) == ('B' << 16 | 'C' << 8 | 'C');
      case 15 -> Wire.matches(buffer, at, ROUTE_QUESTION);
      case 22 -> Wire.matches(buffer, at, RETURN_OF_REPEATS);
      default -> false;
    };
  }

  private static void checkName(FieldReader in, int length) {
    ByteBuf buffer = in.buffer();
    int from = in.position();
    in.skip(length);
    for (int i = from; i < from + length; i++) {
      if (buffer.getByte(i) < 0) { // not ASCII: let the slow way judge it
        byte[] name = new byte[length];
        buffer.getBytes(from, name);
        Wire.text(name, 0, length);
        return;
      }
    }
  }

  private static void checkValue(FieldReader in, int depth) {
    int type = in.octet();
    switch (type) {
      case 't', 'b', 'B' -> in.skip(1);
      case 's', 'U', 'u' -> in.skip(2);
      case 'I', 'i', 'f' -> in.skip(4);
      case 'D' -> in.skip(5);
      case 'l', 'L', 'd', 'T' -> in.skip(8);
      case 'S', 'x' -> in.skip(in.length());
      case 'A' -> {
        int end = enter(in, depth + 1);
        while (in.position() < end) {
          checkValue(in, depth + 1);
        }
        leave(in, end);
      }
      case 'F' -> checkTable(in, depth + 1);
      case 'V' -> {}
      default -> throw unknownType(type);
    }
  }

  /** Reads the length of a table or array and answers where it ends. */
  private static int enter(FieldReader in, int depth) {
    if (depth > MAX_DEPTH) {
      throw ReplyCode.SYNTAX_ERROR.because(
          "field table nested deeper than " + MAX_DEPTH, "AMQP 0-9-1 §4.2.5.5");
    }
    return in.length() + in.position();
  }

  private static void leave(FieldReader in, int end) {
    if (in.position() != end) {
      throw ReplyCode.SYNTAX_ERROR.because(
          "field table entry reaches " + (in.position() - end) + " bytes past its table",
          "AMQP 0-9-1 §4.2.5.5");
    }
  }

  private static ProtocolException unknownType(int type) {
    return ReplyCode.SYNTAX_ERROR.because(
        String.format("unknown field type 0x%02x", type), "AMQP 0-9-1 §4.2.5.5");
  }

  // ---- writing

  /** Writes a table, its length first. Keys are text; one that is too long is cut off. */
  static void write(Value.MapOf table, FieldWriter out) {
    int start = begin(out.out());
    for (Value.Entry entry : table.entries()) {
      out.shortString(entry.key().asText());
      writeValue(entry.value(), out);
    }
    end(out.out(), start);
  }

  /**
   * Writes a value with its type letter. Types that 0-9-1 lacks become the nearest one that loses
   * nothing, else text.
   */
  static void writeValue(Value value, FieldWriter out) {
    switch (value) {
      case Value.Null _ -> out.octet('V');
      case Value.Bool(boolean b) -> out.octet('t').octet(b ? 1 : 0);
      case Value.Byte(byte b) -> out.octet('b').octet(b);
      case Value.UByte(int b) -> out.octet('B').octet(b);
      case Value.Short(short s) -> out.octet('s').shortUint(s);
      case Value.UShort(int s) -> out.octet('u').shortUint(s);
      case Value.Int(int i) -> out.octet('I').longUint(i);
      case Value.UInt(long i) -> out.octet('i').longUint(i);
      case Value.Long(long l) -> out.octet('l').longLong(l);
      case Value.ULong(long bits) when bits >= 0 -> out.octet('l').longLong(bits);
      case Value.ULong _ -> text(value, out);
      case Value.Float(float f) -> out.octet('f').longUint(Float.floatToRawIntBits(f));
      case Value.Double(double d) -> out.octet('d').longLong(Double.doubleToRawLongBits(d));
      case Value.Decimal(BigDecimal decimal, _) -> decimal(decimal, out);
      case Value.Timestamp(long millis) -> out.octet('T').longLong(Math.floorDiv(millis, 1000L));
      case Value.Binary(byte[] bytes) -> out.octet('x').longString(bytes);
      case Value.Str(String text) -> out.octet('S').longString(text);
      case Value.Char _, Value.Uuid _, Value.Symbol _ -> text(value, out);
      case Value.ListOf(List<Value> items) -> array(items, out);
      case Value.ArrayOf(List<Value> items) -> array(items, out);
      case Value.MapOf table -> {
        out.octet('F');
        write(table, out);
      }
      case Value.Described(_, Value inner) -> writeValue(inner, out);
    }
  }

  private static void text(Value value, FieldWriter out) {
    out.octet('S').longString(value.asText());
  }

  private static void decimal(BigDecimal decimal, FieldWriter out) {
    BigInteger unscaled = decimal.unscaledValue();
    if (decimal.scale() < 0
        || decimal.scale() > 255
        || unscaled.compareTo(MAX_UNSCALED) > 0
        || unscaled.compareTo(MIN_UNSCALED) < 0) {
      out.octet('S').longString(decimal.toPlainString());
    } else {
      out.octet('D').octet(decimal.scale()).longUint(unscaled.intValue());
    }
  }

  private static void array(List<Value> items, FieldWriter out) {
    out.octet('A');
    int start = begin(out.out());
    for (Value item : items) {
      writeValue(item, out);
    }
    end(out.out(), start);
  }

  private static int begin(ByteBuf out) {
    out.writeInt(0);
    return out.writerIndex();
  }

  private static void end(ByteBuf out, int start) {
    out.setInt(start - 4, out.writerIndex() - start);
  }
}
