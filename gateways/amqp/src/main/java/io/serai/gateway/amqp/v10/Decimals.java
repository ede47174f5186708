package io.serai.gateway.amqp.v10;

import io.serai.model.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;

/**
 * Decimal floating point of 32, 64 and 128 bits in IEEE 754 binary integer encoding (part 1 §1.6.13
 * to §1.6.15). Infinities and NaN, which are no decimals, are read as doubles.
 */
final class Decimals {
  /**
   * One width.
   *
   * @param exponentBits width of the exponent field
   * @param coefficientBits width of the coefficient in its usual form
   * @param bias of the exponent
   * @param rounding to as many digits as fit
   */
  private record Width(
      int bits, int exponentBits, int coefficientBits, int bias, MathContext rounding) {
    int maxExponent() {
      return 3 * (1 << exponentBits - 2) - 1 - bias;
    }
  }

  private static final Width W32 = new Width(32, 8, 23, 101, MathContext.DECIMAL32);
  private static final Width W64 = new Width(64, 10, 53, 398, MathContext.DECIMAL64);
  private static final Width W128 = new Width(128, 14, 113, 6176, MathContext.DECIMAL128);

  private Decimals() {}

  static Value read32(int bits) {
    return read(BigInteger.valueOf(bits & 0xffff_ffffL), W32);
  }

  static Value read64(long bits) {
    return read(new BigInteger(1, ByteBuffer.allocate(8).putLong(bits).array()), W64);
  }

  static Value read128(long high, long low) {
    return read(
        new BigInteger(1, ByteBuffer.allocate(16).putLong(high).putLong(low).array()), W128);
  }

  private static Value read(BigInteger bits, Width width) {
    boolean isNegative = bits.testBit(width.bits - 1);
    boolean isLarge = bits.testBit(width.bits - 2) && bits.testBit(width.bits - 3);
    if (isLarge && bits.testBit(width.bits - 4) && bits.testBit(width.bits - 5)) {
      return new Value.Double(
          bits.testBit(width.bits - 6)
              ? Double.NaN
              : isNegative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
    }
    int coefficientBits = isLarge ? width.coefficientBits - 2 : width.coefficientBits;
    BigInteger coefficient = bits.and(ones(coefficientBits));
    if (isLarge) {
      coefficient = coefficient.setBit(width.coefficientBits);
    }
    if (coefficient.compareTo(BigInteger.TEN.pow(width.rounding.getPrecision())) >= 0) {
      coefficient = BigInteger.ZERO; // IEEE 754 §3.5.2: not canonical, counts as zero
    }
    int exponent = bits.shiftRight(coefficientBits).and(ones(width.exponentBits)).intValue();
    return new Value.Decimal(
        new BigDecimal(isNegative ? coefficient.negate() : coefficient, width.bias - exponent),
        width.bits);
  }

  private static BigInteger ones(int count) {
    return BigInteger.ONE.shiftLeft(count).subtract(BigInteger.ONE);
  }

  /** The bytes of {@code value} in the given width; rounded when it has too many digits. */
  static byte[] written(BigDecimal value, int bits) {
    Width width = bits == 32 ? W32 : bits == 64 ? W64 : W128;
    BigDecimal rounded = value.round(width.rounding);
    if (-rounded.scale() > width.maxExponent()) {
      // More zeros in the coefficient; beyond what fits the largest number stands in.
      int digits = width.rounding.getPrecision();
      rounded =
          rounded.precision() - rounded.scale() - digits <= width.maxExponent()
              ? rounded.setScale(-width.maxExponent())
              : new BigDecimal(BigInteger.TEN.pow(digits).subtract(BigInteger.ONE))
                  .scaleByPowerOfTen(width.maxExponent())
                  .multiply(BigDecimal.valueOf(value.signum()));
    } else if (rounded.scale() > width.bias) {
      rounded = rounded.setScale(width.bias, width.rounding.getRoundingMode());
    }
    BigInteger coefficient = rounded.unscaledValue().abs();
    BigInteger exponent = BigInteger.valueOf(width.bias - rounded.scale());
    BigInteger out;
    if (coefficient.bitLength() <= width.coefficientBits) {
      out = exponent.shiftLeft(width.coefficientBits).or(coefficient);
    } else {
      out =
          BigInteger.valueOf(3)
              .shiftLeft(width.bits - 3)
              .or(exponent.shiftLeft(width.coefficientBits - 2))
              .or(coefficient.and(ones(width.coefficientBits - 2)));
    }
    if (rounded.signum() < 0) {
      out = out.setBit(width.bits - 1);
    }
    byte[] bytes = new byte[width.bits / 8];
    byte[] magnitude = out.toByteArray(); // may be shorter, or have a zero byte in front
    int length = Math.min(magnitude.length, bytes.length);
    System.arraycopy(magnitude, magnitude.length - length, bytes, bytes.length - length, length);
    return bytes;
  }
}
