package io.serai.config;

/**
 * Finds text nested so deeply that reading it would exhaust the stack, before anybody reads it.
 * Looks at brackets and the dots of keys only; text in quotes and comments does not count.
 */
final class Nesting {
  /** Blocks and lists inside one another; no configuration has a tenth of it. */
  static final int MAX_DEPTH = 100;

  private static final String QUOTES = "\"\"\"";

  private Nesting() {}

  /** The line where the text gets too deep, 0 when it does not. */
  static int tooDeepLine(String text) {
    int line = 1;
    int depth = 0;
    int dots = 0;
    for (int at = 0; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '\n' -> {
          line++;
          dots = 0;
        }
        case '{', '[' -> {
          depth++;
          dots = 0;
        }
        case '}', ']' -> depth--;
        case '.' -> dots++;
        case ' ', '=', ':', ',' -> dots = 0;
        case '"' -> {
          int end = endOfQuoted(text, at);
          line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
          at = end - 1;
        }
        case '#' -> at = endOfLine(text, at) - 1;
        case '/' -> at = text.startsWith("//", at) ? endOfLine(text, at) - 1 : at;
        default -> {} // neither opens nor closes anything
      }
      if (depth > MAX_DEPTH || dots > MAX_DEPTH) {
        return line;
      }
    }
    return 0;
  }

  private static int endOfLine(String text, int from) {
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end;
  }

  /** Behind the closing quotes; a text that is not closed ends with its line, or with the file. */
  private static int endOfQuoted(String text, int from) {
    if (text.startsWith(QUOTES, from)) {
      int end = text.indexOf(QUOTES, from + QUOTES.length());
      return end < 0 ? text.length() : end + QUOTES.length();
    }
    for (int at = from + 1; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '\\' -> at++;
        case '"' -> {
          return at + 1;
        }
        case '\n' -> {
          return at;
        }
        default -> {} // part of the text
      }
    }
    return text.length();
  }
}
