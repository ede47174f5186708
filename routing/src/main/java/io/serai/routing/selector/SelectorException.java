package io.serai.routing.selector;

/** A text that is not a selector: where it stops being one, what is there and what may be there. */
public final class SelectorException extends Exception {
  private static final long serialVersionUID = 1L;

  private static final int SHOWN_CHARS = 40;

  private final int offset;
  private final String found;
  private final String expected;

  SelectorException(int offset, String found, String expected) {
    // Clients can provoke these at will: no stack trace.
    super(
        "selector: expected " + expected + " at character " + (offset + 1) + ", found " + found,
        null,
        false,
        false);
    this.offset = offset;
    this.found = found;
    this.expected = expected;
  }

  /** Where in the text, in {@code char}s from 0; the text's length for its end. */
  public int offset() {
    return offset;
  }

  /** What is there, cut and without control characters. */
  public String found() {
    return found;
  }

  /** What could have been there. */
  public String expected() {
    return expected;
  }

  /** The client's own words in quotes, fit for a log line and a protocol's error text. */
  static String quoted(String text) {
    StringBuilder shown = new StringBuilder("'");
    int end =
        text.offsetByCodePoints(0, Math.min(SHOWN_CHARS, text.codePointCount(0, text.length())));
    text.substring(0, end).codePoints().forEach(c -> shown.appendCodePoint(isShown(c) ? c : '?'));
    return shown.append(end < text.length() ? "...'" : "'").toString();
  }

  private static boolean isShown(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
