package io.serai.routing.exchange;

import io.serai.model.Value;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * When a header has the value that a binding wants. As in RabbitMQ, values compare within their
 * class: integers of any width by value, floats of any width by value, everything else by equality
 * of type and value.
 */
final class HeaderValues {
  private HeaderValues() {}

  static boolean same(Value one, Value other) {
    if (one.equals(other)) {
      return true;
    }
    String text = text(one);
    if (text != null) {
      return text.equals(text(other));
    }
    BigDecimal integer = one.exactNumber();
    if (integer != null) {
      BigDecimal otherInteger = other.exactNumber();
      return otherInteger != null && integer.compareTo(otherInteger) == 0;
    }
    Double real = real(one);
    return real != null && real.equals(real(other));
  }

  /** A symbol is AMQP 1.0's way to write a short text. */
  private static @Nullable String text(Value value) {
    return switch (value) {
      case Value.Str(String text) -> text;
      case Value.Symbol(String text) -> text;
      default -> null;
    };
  }

  private static @Nullable Double real(Value value) {
    return switch (value) {
      case Value.Float(float number) -> (double) number;
      case Value.Double(double number) -> number;
      default -> null;
    };
  }
}
