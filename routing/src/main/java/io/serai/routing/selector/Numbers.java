package io.serai.routing.selector;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic and order of numbers. Promotion is Java's (JMS 2.0 §3.8.1.1): where one operand is a
 * double, so is the other. Between exact ones a long becomes a decimal of up to 34 digits where
 * Java's would overflow, so that no sum is ever silently wrong.
 */
final class Numbers {
  private static final MathContext EXACT = MathContext.DECIMAL128;

  private Numbers() {}

  static boolean isNumber(@Nullable Object value) {
    return value instanceof Long || value instanceof Double || value instanceof BigDecimal;
  }

  /** The number with the other sign; null when it is none. */
  static @Nullable Object negated(@Nullable Object number) {
    return switch (number) {
      case Long n when n != Long.MIN_VALUE -> -n;
      case Long n -> BigDecimal.valueOf(n).negate();
      case Double n -> -n;
      case BigDecimal n -> exact(n.negate());
      case null, default -> null;
    };
  }

  /** A decimal in the type that exact numbers of its value have. */
  static Object exact(BigDecimal number) {
    // More digits than a long has need no conversion, which could be costly: 1E6144 is one.
    if (number.scale() == 0 && number.precision() <= 19) {
      try {
        return number.longValueExact();
      } catch (ArithmeticException e) {
        return number; // nineteen digits, and more than a long holds
      }
    }
    return number;
  }

  /** The result, or null when an operand is no number or there is none, as by zero. */
  static @Nullable Object calculate(
      Arithmetic.Operator operator, @Nullable Object left, @Nullable Object right) {
    if (left instanceof Long l && right instanceof Long r) {
      return ofLongs(operator, l, r);
    }
    if (!(left instanceof Number l) || !(right instanceof Number r)) {
      return null;
    }
    return l instanceof Double || r instanceof Double
        ? ofDoubles(operator, l.doubleValue(), r.doubleValue())
        : ofDecimals(operator, decimal(l), decimal(r));
  }

  private static @Nullable Object ofLongs(Arithmetic.Operator operator, long left, long right) {
    return switch (operator) {
      case ADD -> {
        long sum = left + right;
        yield ((left ^ sum) & (right ^ sum)) < 0 ? ofDecimals(operator, left, right) : (Object) sum;
      }
      case SUBTRACT -> {
        long difference = left - right;
        yield ((left ^ right) & (left ^ difference)) < 0
            ? ofDecimals(operator, left, right)
            : (Object) difference;
      }
      case MULTIPLY -> {
        long product = left * right;
        boolean fits = Math.multiplyHigh(left, right) == product >> 63;
        yield fits ? (Object) product : ofDecimals(operator, left, right);
      }
      case DIVIDE -> {
        boolean overflows = left == Long.MIN_VALUE && right == -1;
        yield right == 0 ? null : overflows ? negated(left) : (Object) (left / right);
      }
      case REMAINDER -> right == 0 ? null : (Object) (left % right);
    };
  }

  private static @Nullable Object ofDoubles(
      Arithmetic.Operator operator, double left, double right) {
    return switch (operator) {
      case ADD -> left + right;
      case SUBTRACT -> left - right;
      case MULTIPLY -> left * right;
      case DIVIDE -> right == 0 ? null : (Object) (left / right);
      case REMAINDER -> right == 0 ? null : (Object) (left % right);
    };
  }

  private static @Nullable Object ofDecimals(Arithmetic.Operator operator, long left, long right) {
    return ofDecimals(operator, BigDecimal.valueOf(left), BigDecimal.valueOf(right));
  }

  private static @Nullable Object ofDecimals(
      Arithmetic.Operator operator, BigDecimal left, BigDecimal right) {
    try {
      return switch (operator) {
        case ADD -> exact(left.add(right, EXACT));
        case SUBTRACT -> exact(left.subtract(right, EXACT));
        case MULTIPLY -> exact(left.multiply(right, EXACT));
        case DIVIDE -> right.signum() == 0 ? null : exact(left.divide(right, EXACT));
        case REMAINDER -> right.signum() == 0 ? null : exact(left.remainder(right, EXACT));
      };
    } catch (ArithmeticException e) {
      return null; // an exponent beyond 32 bits, or a quotient of more digits than EXACT has
    }
  }

  /** Negative, zero or positive; null when an operand is no number or has no order, as NaN. */
  static @Nullable Integer compare(Object left, Object right) {
    if (left instanceof Long l && right instanceof Long r) {
      return Long.compare(l, r);
    }
    if (!(left instanceof Number l) || !(right instanceof Number r)) {
      return null;
    }
    if (!(l instanceof Double) && !(r instanceof Double)) {
      return decimal(l).compareTo(decimal(r));
    }
    double one = l.doubleValue();
    double other = r.doubleValue();
    if (Double.isNaN(one) || Double.isNaN(other)) {
      return null;
    }
    return one < other ? -1 : one > other ? 1 : 0; // -0.0 equals 0.0 here, unlike Double.compare
  }

  private static BigDecimal decimal(Number number) {
    return number instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(number.longValue());
  }
}
