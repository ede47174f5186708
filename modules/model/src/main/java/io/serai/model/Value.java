package io.serai.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A typed header or property value. The set is the AMQP 1.0 primitive types (AMQP 1.0 part 1 §1.6),
 * the widest among the protocols, so every protocol's values have a place here without loss.
 */
public sealed interface Value {
  /** The absent value (AMQP null, 0-9-1 {@code V}). */
  Null NULL = new Null();

  record Null() implements Value {}

  record Bool(boolean value) implements Value {}

  /** 8 bit signed. */
  record Byte(byte value) implements Value {}

  /** 8 bit unsigned, held in 0 to 255. */
  record UByte(int value) implements Value {}

  /** 16 bit signed. */
  record Short(short value) implements Value {}

  /** 16 bit unsigned, held in 0 to 65_535. */
  record UShort(int value) implements Value {}

  /** 32 bit signed. */
  record Int(int value) implements Value {}

  /** 32 bit unsigned, held in 0 to 4_294_967_295. */
  record UInt(long value) implements Value {}

  /** 64 bit signed. */
  record Long(long value) implements Value {}

  /** 64 bit unsigned; read it with {@code Long.toUnsignedString}. */
  record ULong(long bits) implements Value {}

  record Float(float value) implements Value {}

  record Double(double value) implements Value {}

  /**
   * A decimal.
   *
   * @param bits 32, 64 or 128: the width of the AMQP 1.0 type; 0-9-1's {@code D} is read as 32
   */
  record Decimal(BigDecimal value, int bits) implements Value {}

  /** A Unicode code point. */
  record Char(int codePoint) implements Value {}

  /** Milliseconds since 1970-01-01T00:00Z. 0-9-1 and its {@code T} count whole seconds. */
  record Timestamp(long epochMillis) implements Value {}

  record Uuid(UUID value) implements Value {}

  /** Bytes; the array is never written to after construction. */
  record Binary(byte[] bytes) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Binary that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Binary[" + bytes.length + " bytes]";
    }
  }

  /** UTF-8 text. */
  record Str(String value) implements Value {}

  /** An ASCII name from a bounded set (AMQP 1.0 symbol). */
  record Symbol(String value) implements Value {}

  /** A list of values of any types. */
  record ListOf(List<Value> items) implements Value {
    public ListOf {
      items = List.copyOf(items);
    }
  }

  /** An AMQP 1.0 array: all items of one type. */
  record ArrayOf(List<Value> items) implements Value {
    public ArrayOf {
      items = List.copyOf(items);
    }
  }

  /** An ordered map; AMQP 1.0 keys may be any value, other protocols use {@link Str}. */
  record MapOf(List<Entry> entries) implements Value {
    public MapOf {
      entries = List.copyOf(entries);
    }

    /** The value of the first entry whose key reads like that, or null. */
    public @Nullable Value first(String key) {
      for (Entry entry : entries) {
        if (entry.key().asText().equals(key)) {
          return entry.value();
        }
      }
      return null;
    }
  }

  /** One entry of a {@link MapOf}. */
  record Entry(Value key, Value value) {}

  /** An AMQP 1.0 described value. */
  record Described(Value descriptor, Value value) implements Value {}

  /** Shorthand for {@link Str}. */
  static Value of(String text) {
    return new Str(text);
  }

  /**
   * The value as one line of text, for protocols whose headers are strings (MQTT user properties,
   * STOMP). Numbers in decimal, booleans {@code true}/{@code false}, binary in lower-case hex,
   * collections as JSON-like text; null is the empty string.
   */
  default String asText() {
    return ValueText.of(this);
  }

  /**
   * The number that a whole number of any width or a decimal is; null for everything else, floats
   * included.
   */
  default @Nullable BigDecimal exactNumber() {
    return ValueNumbers.exact(this);
  }

  /** The number that a whole number of any width is; null for everything else. */
  default @Nullable BigInteger wholeNumber() {
    BigDecimal number = this instanceof Decimal ? null : exactNumber();
    return number == null ? null : number.toBigIntegerExact();
  }
}
