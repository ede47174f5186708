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
              .map(e -> string(e.key().asText()) + ":" + quoted(e.value()))
              .collect(Collectors.joining(",", "{", "}"));
      case Value.Described(_, var inner) -> of(inner);
    };
  }

  /** Text inside a collection, which can be read back as JSON. */
  private static String quoted(Value value) {
    return switch (value) {
      case Value.Null _ -> "null";
      case Value.Float(float f) when !Float.isFinite(f) -> string(of(value));
      case Value.Double(double d) when !Double.isFinite(d) -> string(of(value));
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
      case Value.Described(_, var inner) -> quoted(inner);
      case Value.Char _,
          Value.Timestamp _,
          Value.Uuid _,
          Value.Binary _,
          Value.Str _,
          Value.Symbol _ ->
          string(of(value));
    };
  }

  /** A JSON string (RFC 8259 §7). */
  private static String string(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
