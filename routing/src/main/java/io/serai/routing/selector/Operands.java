package io.serai.routing.selector;

import io.serai.model.Value;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What a message's values are to a selector, and how such operands compare. */
final class Operands {
  /** There is a value, but of a kind that equals nothing: a list, a map. */
  static final Object OTHER =
      new Object() {
        @Override
        public String toString() {
          return "OTHER";
        }
      };

  private Operands() {}

  /** Bytes that are no UTF-8 text. The array is never written to. */
  record Bytes(byte[] bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    /** As {@link Dialect#AMQP_SQL} writes them. */
    @Override
    public String toString() {
      return "0x" + HexFormat.of().withUpperCase().formatHex(bytes);
    }
  }

  /** The operand that a header or property is; null for none and for the null value. */
  static @Nullable Object of(@Nullable Value value) {
    return switch (value) {
      case null -> null;
      case Value.Null _ -> null;
      case Value.Bool(boolean b) -> b;
      case Value.Byte(byte n) -> (long) n;
      case Value.UByte(int n) -> (long) n;
      case Value.Short(short n) -> (long) n;
      case Value.UShort(int n) -> (long) n;
      case Value.Int(int n) -> (long) n;
      case Value.UInt(long n) -> n;
      case Value.Long(long n) -> n;
      case Value.ULong(long bits) when bits >= 0 -> bits;
      case Value.ULong(long bits) -> new BigDecimal(Long.toUnsignedString(bits));
      case Value.Float(float n) -> (double) n;
      case Value.Double(double n) -> n;
      case Value.Decimal(BigDecimal n, _) -> Numbers.exact(n);
      case Value.Timestamp(long millis) -> millis;
      case Value.Char(int codePoint) -> Character.toString(codePoint);
      case Value.Uuid(var uuid) -> uuid.toString();
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      case Value.Binary(byte[] bytes) -> ofBytes(bytes);
      case Value.Described(_, var inner) -> of(inner);
      case Value.ListOf _, Value.ArrayOf _, Value.MapOf _ -> OTHER;
    };
  }

  /** Bytes that are a UTF-8 text are that text: MQTT and 0-9-1 do not tell one from the other. */
  static Object ofBytes(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new Bytes(bytes);
    }
  }

  /**
   * Whether both are the same: unknown when one is null, false when they are not of like types (JMS
   * 2.0 §3.8.1.1).
   */
  static Truth equal(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return Truth.UNKNOWN;
    }
    return Truth.of(areLike(left, right) && isSame(left, right));
  }

  /** Whether both are of like types and differ. Not the negation of {@link #equal}. */
  static Truth different(@Nullable Object left, @Nullable Object right) {
    if (left == null || right == null) {
      return Truth.UNKNOWN;
    }
    return Truth.of(areLike(left, right) && !isSame(left, right));
  }

  private static boolean areLike(Object left, Object right) {
    return (Numbers.isNumber(left) && Numbers.isNumber(right))
        || (left != OTHER && left.getClass() == right.getClass());
  }

  private static boolean isSame(Object left, Object right) {
    if (!Numbers.isNumber(left)) {
      return left.equals(right);
    }
    Integer order = Numbers.compare(left, right);
    return order != null && order == 0;
  }

  /**
   * Negative, zero or positive for two numbers or two texts, null for anything else. JMS orders no
   * texts; RabbitMQ does, by code point, and so do we.
   */
  static @Nullable Integer compare(Object left, Object right) {
    return left instanceof String one && right instanceof String other
        ? Integer.valueOf(compareTexts(one, other))
        : Numbers.compare(left, right);
  }

  /** By code point, as UTF-8 sorts; {@link String#compareTo} puts U+10000 before U+FFFD. */
  private static int compareTexts(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char one = left.charAt(i);
      char other = right.charAt(i);
      if (one != other) {
        boolean isOneSurrogate = Character.isSurrogate(one);
        return isOneSurrogate == Character.isSurrogate(other)
            ? Character.compare(one, other)
            : isOneSurrogate ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
