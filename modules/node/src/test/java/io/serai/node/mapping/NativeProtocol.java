package io.serai.node.mapping;

import io.serai.model.Body;
import io.serai.model.Message;
import io.serai.model.Origin;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * One column of docs/protocols/mapping.md: makes messages of what a publisher says in the
 * protocol's own fields, and tells what a consumer is told in them.
 */
public interface NativeProtocol {
  long NOW_MILLIS = 1_700_000_000_000L;

  /** A field of the protocol; names may repeat. */
  record Field(String name, String value) {
    @Override
    public String toString() {
      return value.isEmpty() ? name + ":" : name + ": " + value;
    }
  }

  /** The column's head. */
  String column();

  /** A message as its gateway takes it from the wire. Fields not given have their defaults. */
  Message publish(List<Field> fields);

  /** Every field that a consumer sees. */
  List<Field> delivered(Message message);

  /** The bytes of everything but address and body, as a consumer of this protocol gets them. */
  byte[] wire(Message message);

  default Origin origin() {
    return new Origin(column(), "/", "joe", "client-1");
  }

  static String first(List<Field> fields, String name, String otherwise) {
    return fields.stream()
        .filter(f -> f.name().equals(name))
        .map(Field::value)
        .findFirst()
        .orElse(otherwise);
  }

  static Body body(List<Field> fields, String name) {
    return Body.of(bytes(first(fields, name, "hello")));
  }

  /** UTF-8, or hex after {@code 0x}. */
  static byte[] bytes(String text) {
    return text.startsWith("0x")
        ? HexFormat.of().parseHex(text.substring(2))
        : text.getBytes(StandardCharsets.UTF_8);
  }

  /** What {@link #bytes} reads. */
  static String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.chars().noneMatch(Character::isISOControl)) {
        return text;
      }
    } catch (CharacterCodingException _) {
      // no text
    }
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
