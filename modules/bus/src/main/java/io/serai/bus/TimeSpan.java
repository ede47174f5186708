package io.serai.bus;

import org.jspecify.annotations.Nullable;

/** Spans of time as RabbitMQ writes those of streams: {@code 7D}, {@code 1h}, {@code 30s}. */
public final class TimeSpan {
  private static final int MAX_DIGITS = 9;
  private static final long SECOND = 1_000;

  private TimeSpan() {}

  /**
   * Reads a whole number with its unit: Y (365 days), M (30 days), D, h, m or s.
   *
   * @return milliseconds, at most {@link Long#MAX_VALUE}, or null when the text is no span
   */
  public static @Nullable Long millis(String text) {
    int digits = text.length() - 1;
    if (digits < 1 || digits > MAX_DIGITS) {
      return null;
    }
    long count = 0;
    for (int i = 0; i < digits; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      count = count * 10 + digit;
    }
    long seconds =
        switch (text.charAt(digits)) {
          case 'Y' -> 365L * 86_400;
          case 'M' -> 30L * 86_400;
          case 'D' -> 86_400;
          case 'h' -> 3_600;
          case 'm' -> 60;
          case 's' -> 1;
          default -> 0;
        };
    long all = count * seconds; // far from overflow, which the next step is not
    return seconds == 0
        ? null
        : Long.valueOf(all > Long.MAX_VALUE / SECOND ? Long.MAX_VALUE : all * SECOND);
  }
}
