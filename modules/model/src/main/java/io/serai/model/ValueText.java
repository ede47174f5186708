package io.serai.model;

import java.time.Instant;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Text form of a {@link Value} for protocols whose headers are strings. */
final class ValueText {
  private ValueText() {}

  static String of(Value value) {
    return switch (value) {
      case Value.Null _ -> "";
      case Value.Bool(boolean b) -> Boolean.toString(b);
      case Value.Byte(byte b) -> Byte.toString(b);
      case Value.UByte(int b) -> Integer.toString(b);
      case Value.Short(short s) -> Short.toString(s);
      case Value.UShort(int s) -> Integer.toString(s);
      case Value.Int(int i) -> Integer.toString(i);
      case Value.UInt(long i) -> Long.toString(i);
      case Value.Long(long l) -> Long.toString(l);
      case Value.ULong(long bits) -> Long.toUnsignedString(bits);
      case Value.Float(float f) -> Float.toString(f);
      case Value.Double(double d) -> Double.toString(d);
      case Value.Decimal(var decimal, _) -> decimal.toPlainString();
      case Value.Char(int codePoint) -> Character.toString(codePoint);
      case Value.Timestamp(long millis) -> Instant.ofEpochMilli(millis).toString();
      case Value.Uuid(var uuid) -> uuid.toString();
      case Value.Binary(byte[] bytes) -> HexFormat.of().formatHex(bytes);
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      case Value.ListOf(var items) ->
          items.stream().map(ValueText::quoted).collect(Collectors.joining(",", "[", "]"));
      case Value.ArrayOf(var items) ->
          items.stream().map(ValueText::quoted).collect(Collectors.joining(",", "[", "]"));
      case Value.MapOf(var entries) ->
          entries.stream()
              .map(e -> quoted(e.key()) + ":" + quoted(e.value()))
              .collect(Collectors.joining(",", "{", "}"));
      case Value.Described(_, var inner) -> of(inner);
    };
  }

  /** Text inside a collection: strings are quoted so that the result can be read back as JSON. */
  private static String quoted(Value value) {
    return switch (value) {
      case Value.Null _ -> "null";
      case Value.Bool _,
          Value.Byte _,
          Value.UByte _,
          Value.Short _,
          Value.UShort _,
          Value.Int _,
          Value.UInt _,
          Value.Long _,
          Value.ULong _,
          Value.Float _,
          Value.Double _,
          Value.Decimal _,
          Value.ListOf _,
          Value.ArrayOf _,
          Value.MapOf _ ->
          of(value);
      default -> '"' + of(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    };
  }
}
