package io.serai.routing.exchange;

import io.serai.model.Value;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * When a header has the value that a binding wants. As RabbitMQ compares them: numbers of any type
 * by value, points in time as their seconds, texts and binaries by their bytes, everything else by
 * equality of type and value (a decimal is equal to no other number).
 */
final class HeaderValues {
  private HeaderValues() {}

  static boolean same(Value one, Value other) {
    if (one.equals(other)) {
      return true;
    }
    if (one instanceof Value.Binary || other instanceof Value.Binary) {
      byte[] bytes = bytes(one);
      byte[] otherBytes = bytes(other);
      return bytes != null && otherBytes != null && Arrays.equals(bytes, otherBytes);
    }
    String text = text(one);
    if (text != null) {
      return text.equals(text(other));
    }
    BigDecimal number = number(one);
    if (number == null) {
      return false;
    }
    BigDecimal otherNumber = number(other);
    return otherNumber != null && number.compareTo(otherNumber) == 0;
  }

  /** A symbol is AMQP 1.0's way to write a short text. */
  private static @Nullable String text(Value value) {
    return switch (value) {
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      default -> null;
    };
  }

  private static byte @Nullable [] bytes(Value value) {
    if (value instanceof Value.Binary(byte[] bytes)) {
      return bytes;
    }
    String text = text(value);
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable BigDecimal number(Value value) {
    return switch (value) {
      case Value.Float(float number) -> Float.isFinite(number) ? new BigDecimal(number) : null;
      case Value.Double(double number) -> Double.isFinite(number) ? new BigDecimal(number) : null;
      case Value.Timestamp(long epochMillis) -> BigDecimal.valueOf(epochMillis, 3);
      case Value.Decimal _ -> null;
      default -> value.exactNumber();
    };
  }
}
