package io.serai.bus;

import org.jspecify.annotations.Nullable;

/** Where a reader of a stream begins. */
public sealed interface StreamOffset {
  /** With the oldest message there is. */
  record First() implements StreamOffset {}

  /** With the last chunk, which is what was written together last. */
  record Last() implements StreamOffset {}

  /** With the first message that comes after the reader. */
  record Next() implements StreamOffset {}

  /** With one message, or the oldest there is when that is gone. */
  record At(long offset) implements StreamOffset {}

  /** With the first message appended at a time or after it, milliseconds since 1970. */
  record Since(long millis) implements StreamOffset {}

  /** With the first message appended within that long before now. */
  record Ago(long millis) implements StreamOffset {}

  /** What a reader that says nothing gets. */
  StreamOffset NEXT = new Next();

  /** The oldest message. */
  StreamOffset FIRST = new First();

  /** The last chunk. */
  StreamOffset LAST = new Last();

  /**
   * Reads the words that headers and properties spell an offset with: {@code first}, {@code last},
   * {@code next}, a number or {@code offset=n}, {@code timestamp=n} in seconds since 1970, or a
   * {@link TimeSpan} such as {@code 1h}. A colon may stand for the equals sign.
   *
   * @return null when it is none of them
   */
  static @Nullable StreamOffset parse(String text) {
    switch (text) {
      case "first" -> {
        return FIRST;
      }
      case "last" -> {
        return LAST;
      }
      case "next" -> {
        return NEXT;
      }
      default -> {
        int sign = Math.max(text.indexOf('='), text.indexOf(':'));
        if (sign >= 0) {
          Long number = number(text.substring(sign + 1));
          return number == null ? null : named(text.substring(0, sign), number);
        }
        Long number = number(text);
        if (number != null) {
          return new At(number);
        }
        Long span = TimeSpan.millis(text);
        return span == null ? null : new Ago(span);
      }
    }
  }

  private static @Nullable StreamOffset named(String word, long number) {
    return switch (word) {
      case "offset" -> new At(number);
      case "timestamp" -> new Since(Math.multiplyExact(number, 1000));
      default -> null;
    };
  }

  /** A number from 0, of at most 15 digits; null for anything else. */
  private static @Nullable Long number(String text) {
    boolean isNumber =
        !text.isEmpty() && text.length() <= 15 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Long.valueOf(text) : null;
  }
}
