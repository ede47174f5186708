package io.serai.routing.selector;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;

/** Reads one number literal: Java's (JMS 2.0 §3.8.1.1), without underscores and binary. */
final class NumberReader {
  /** More digits than the widest number a message can hold has: an unsigned 64-bit one has 20. */
  private static final int MAX_DIGITS = 34;

  private final String text;
  private final int start;
  private final Dialect dialect;
  private int at;

  NumberReader(String text, int start, Dialect dialect) {
    this.text = text;
    this.start = start;
    this.dialect = dialect;
    this.at = start;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Where the literal ends, exclusive; after {@link #read}. */
  int end() {
    return at;
  }

  /**
   * A {@link Long}, a {@link BigDecimal} for a whole number that is greater, a {@link Double}, or
   * in {@link Dialect#AMQP_SQL} the text or bytes after {@code 0x}.
   */
  Object read() throws SelectorException {
    boolean isHex = text.charAt(at) == '0' && peekIs(at + 1, 'x');
    Object value = isHex ? hex() : number();
    if (at < text.length() && (Names.isPart(text.codePointAt(at)) || text.charAt(at) == '.')) {
      // 12abc is neither a number nor a name
      int end = at;
      while (end < text.length() && (Names.isPart(text.codePointAt(end)))) {
        end += Character.charCount(text.codePointAt(end));
      }
      throw refused(Math.max(end, at + 1), "a number");
    }
    return value;
  }

  private Object hex() throws SelectorException {
    at += 2;
    int from = at;
    while (at < text.length() && HexFormat.isHexDigit(text.charAt(at))) {
      at++;
    }
    String digits = text.substring(from, at);
    if (dialect == Dialect.AMQP_SQL) {
      if (digits.isEmpty() || digits.length() % 2 != 0) {
        throw refused(at, "an even number of hexadecimal digits");
      }
      return Operands.ofBytes(HexFormat.of().parseHex(digits));
    }
    if (digits.isEmpty()) {
      throw refused(at, "hexadecimal digits");
    }
    return whole(digits, 16);
  }

  private Object number() throws SelectorException {
    digits();
    boolean isWhole = true;
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
      isWhole = false;
    }
    if (peekIs(at, 'e')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponent = at;
      digits();
      if (at == exponent) {
        throw refused(at, "digits of the exponent");
      }
      isWhole = false;
    }
    boolean isFloat = peekIs(at, 'f');
    if (!isFloat && !peekIs(at, 'd')) {
      return isWhole ? whole() : approximate(Double.parseDouble(text.substring(start, at)));
    }
    String digits = text.substring(start, at++);
    return approximate(isFloat ? Float.parseFloat(digits) : Double.parseDouble(digits));
  }

  private Object approximate(double value) throws SelectorException {
    if (Double.isInfinite(value)) {
      throw refused(at, "a number that is at most " + Double.MAX_VALUE);
    }
    return value;
  }

  private Object whole() throws SelectorException {
    String digits = text.substring(start, at);
    if (dialect == Dialect.AMQP_SQL || digits.length() == 1 || digits.charAt(0) != '0') {
      return whole(digits, 10);
    }
    if (digits.indexOf('8') >= 0 || digits.indexOf('9') >= 0) {
      throw refused(at, "octal digits after the 0, as in Java");
    }
    return whole(digits, 8);
  }

  private Object whole(String digits, int radix) throws SelectorException {
    if (digits.length() > MAX_DIGITS) {
      throw refused(at, "at most " + MAX_DIGITS + " digits");
    }
    if (peekIs(at, 'l')) {
      at++;
    }
    return Numbers.exact(new BigDecimal(new BigInteger(digits, radix)));
  }

  private void digits() {
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  /** Whether the letter, small or capital, is at {@code index}. */
  private boolean peekIs(int index, char letter) {
    return index < text.length() && (text.charAt(index) | 0x20) == letter;
  }

  private SelectorException refused(int end, String expected) {
    return new SelectorException(
        start, SelectorException.quoted(text.substring(start, end)), expected);
  }
}
