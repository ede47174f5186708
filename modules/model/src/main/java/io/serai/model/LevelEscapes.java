package io.serai.model;

/**
 * Reversible percent-encoding of one topic level.
 *
 * <p>A reserved character of the spelling is written {@code %XX} (upper-case hex). A {@code %} that
 * would then read as such an escape is written {@code %25}; every other {@code %} stays as it is.
 * So {@code level -> spelled -> level} is the identity, and so is {@code spelled -> level ->
 * spelled} but for a level with an unescaped wildcard of its own spelling (an AMQP routing key
 * {@code a*}), which comes back escaped. Names such as {@code 50%}, {@code 50%25} or {@code 100%2f}
 * need no escape at all.
 */
final class LevelEscapes {
  private LevelEscapes() {}

  /** Writes {@code level} so that it is one level in {@code spelling}. */
  static void spell(String level, Spelling spelling, StringBuilder out) {
    for (int i = 0; i < level.length(); i++) {
      char c = level.charAt(i);
      if (spelling.isReserved(c)) {
        out.append('%').append(hexDigit(c >> 4)).append(hexDigit(c & 15));
      } else {
        out.append(c);
        if (c == '%' && readsAsEscape(level, i, level.length(), spelling)) {
          out.append("25");
        }
      }
    }
  }

  /** Reads the level that {@code text[from, to)} spells. */
  static String read(String text, int from, int to, Spelling spelling) {
    int percent = text.indexOf('%', from);
    if (percent < 0 || percent >= to) {
      return text.substring(from, to);
    }
    StringBuilder level = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      level.append(c);
      if (c == '%' && readsAsEscape(text, i, to, spelling)) {
        if (isEscapedPercent(text, i)) {
          i += 2; // "%25" before something that reads as an escape: a plain percent sign
        } else {
          level.setLength(level.length() - 1);
          level.append((char) (hexValue(text.charAt(i + 1)) << 4 | hexValue(text.charAt(i + 2))));
          i += 2;
        }
      }
    }
    return level.toString();
  }

  /**
   * Whether the percent sign at {@code at} starts {@code %(25)*XX} with XX a reserved character.
   */
  private static boolean readsAsEscape(String text, int at, int end, Spelling spelling) {
    int i = at + 1;
    while (i + 2 <= end && text.charAt(i) == '2' && text.charAt(i + 1) == '5') {
      i += 2;
    }
    if (i + 2 > end) {
      return false;
    }
    int high = hexValue(text.charAt(i));
    int low = hexValue(text.charAt(i + 1));
    return high >= 0 && low >= 0 && spelling.isReserved((char) (high << 4 | low));
  }

  private static boolean isEscapedPercent(String text, int at) {
    return text.charAt(at + 1) == '2' && text.charAt(at + 2) == '5';
  }

  /** Upper-case hex only: a lower-case pair is ordinary text, so that it survives a round trip. */
  private static int hexValue(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }

  private static char hexDigit(int value) {
    return (char) (value < 10 ? '0' + value : 'A' + value - 10);
  }
}
