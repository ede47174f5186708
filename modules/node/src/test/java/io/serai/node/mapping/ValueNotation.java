package io.serai.node.mapping;

import io.serai.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Typed values as the mapping page writes them: the type's name, a space and the value. */
public enum ValueNotation {
  /** Type letters of 0-9-1's field tables. */
  AMQP_0_9_1(
      "V", "t", "b", "B", "s", "u", "I", "i", "l", "?", "f", "d", "D", "?", "T", "?", "x", "S", "?",
      "A", "?", "F", 1000),
  /** Type names of AMQP 1.0. */
  AMQP_1_0(
      "null",
      "boolean",
      "byte",
      "ubyte",
      "short",
      "ushort",
      "int",
      "uint",
      "long",
      "ulong",
      "float",
      "double",
      "decimal32",
      "char",
      "timestamp",
      "uuid",
      "binary",
      "string",
      "symbol",
      "list",
      "array",
      "map",
      1);

  private static final List<Class<? extends Value>> TYPES =
      List.of(
          Value.Null.class,
          Value.Bool.class,
          Value.Byte.class,
          Value.UByte.class,
          Value.Short.class,
          Value.UShort.class,
          Value.Int.class,
          Value.UInt.class,
          Value.Long.class,
          Value.ULong.class,
          Value.Float.class,
          Value.Double.class,
          Value.Decimal.class,
          Value.Char.class,
          Value.Timestamp.class,
          Value.Uuid.class,
          Value.Binary.class,
          Value.Str.class,
          Value.Symbol.class,
          Value.ListOf.class,
          Value.ArrayOf.class,
          Value.MapOf.class);

  private final List<String> names;
  private final int timestampUnitMillis;

  ValueNotation(Object... namesAndUnit) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < namesAndUnit.length - 1; i++) {
      all.add((String) namesAndUnit[i]);
    }
    this.names = List.copyOf(all);
    this.timestampUnitMillis = (int) namesAndUnit[namesAndUnit.length - 1];
  }

  public Value read(String written) {
    int space = written.indexOf(' ');
    String name = space < 0 ? written : written.substring(0, space);
    String text = space < 0 ? "" : written.substring(space + 1);
    int type = names.indexOf(name);
    if (type < 0) {
      throw new IllegalArgumentException("no type " + name + " in " + this);
    }
    return switch (TYPES.get(type).getSimpleName()) {
      case "Null" -> Value.NULL;
      case "Bool" -> new Value.Bool(Boolean.parseBoolean(text));
      case "Byte" -> new Value.Byte(Byte.parseByte(text));
      case "UByte" -> new Value.UByte(Integer.parseInt(text));
      case "Short" -> new Value.Short(Short.parseShort(text));
      case "UShort" -> new Value.UShort(Integer.parseInt(text));
      case "Int" -> new Value.Int(Integer.parseInt(text));
      case "UInt" -> new Value.UInt(Long.parseLong(text));
      case "Long" -> new Value.Long(Long.parseLong(text));
      case "ULong" -> new Value.ULong(Long.parseUnsignedLong(text));
      case "Float" -> new Value.Float(Float.parseFloat(text));
      case "Double" -> new Value.Double(Double.parseDouble(text));
      case "Decimal" -> new Value.Decimal(new BigDecimal(text), 32);
      case "Char" -> new Value.Char(text.codePointAt(0));
      case "Timestamp" -> new Value.Timestamp(Long.parseLong(text) * timestampUnitMillis);
      case "Uuid" -> new Value.Uuid(UUID.fromString(text));
      case "Binary" -> new Value.Binary(NativeProtocol.bytes(text));
      case "Str" -> Value.of(text);
      case "Symbol" -> new Value.Symbol(text);
      case "ListOf" -> new Value.ListOf(items(text));
      case "ArrayOf" -> new Value.ArrayOf(items(text));
      case "MapOf" -> new Value.MapOf(entries(text));
      default -> throw new AssertionError(name);
    };
  }

  private List<Value> items(String text) {
    return parts(text).stream().map(this::read).toList();
  }

  private List<Value.Entry> entries(String text) {
    return parts(text).stream()
        .map(part -> part.split("=", 2))
        .map(pair -> new Value.Entry(key(pair[0]), read(pair[1])))
        .toList();
  }

  /** 0-9-1's keys have no type. */
  private Value key(String written) {
    return this == AMQP_1_0 ? read(written) : Value.of(written);
  }

  private static List<String> parts(String text) {
    String inner = text.substring(1, text.length() - 1);
    return inner.isEmpty() ? List.of() : List.of(inner.split(", "));
  }

  public String write(Value value) {
    String name = names.get(TYPES.indexOf(value.getClass()));
    return switch (value) {
      case Value.Null _ -> name;
      case Value.Timestamp(long millis) -> name + " " + millis / timestampUnitMillis;
      case Value.Binary(byte[] bytes) -> name + " " + NativeProtocol.text(bytes);
      case Value.ListOf(var items) -> name + " " + items.stream().map(this::write).toList();
      case Value.ArrayOf(var items) -> name + " " + items.stream().map(this::write).toList();
      case Value.MapOf(var entries) ->
          name
              + " {"
              + String.join(
                  ", ",
                  entries.stream()
                      .map(e ->
                          (this == AMQP_1_0 ? write(e.key()) : e.key().asText())
                              + "="
                              + write(e.value()))
                      .toList())
              + "}";
      default -> name + " " + value.asText();
    };
  }
}
