package io.serai.model;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What number a {@link Value} is, for whoever does not care how its publisher writes numbers. */
final class ValueNumbers {
  private ValueNumbers() {}

  static @Nullable BigDecimal exact(Value value) {
    return switch (value) {
      case Value.Byte(byte number) -> BigDecimal.valueOf(number);
      case Value.UByte(int number) -> BigDecimal.valueOf(number);
      case Value.Short(short number) -> BigDecimal.valueOf(number);
      case Value.UShort(int number) -> BigDecimal.valueOf(number);
      case Value.Int(int number) -> BigDecimal.valueOf(number);
      case Value.UInt(long number) -> BigDecimal.valueOf(number);
      case Value.Long(long number) -> BigDecimal.valueOf(number);
      case Value.ULong(long bits) -> new BigDecimal(Long.toUnsignedString(bits));
      case Value.Decimal(BigDecimal number, _) -> number;
      default -> null;
    };
  }
}
