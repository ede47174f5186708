package io.serai.gateway.driver;

import org.jspecify.annotations.Nullable;

/** Text from peers made safe for one log line. */
final class LogText {
  private static final int MAX_CHARS = 200;

  private LogText() {}

  /** {@code text} without control characters and quotes, cut to {@value #MAX_CHARS} characters. */
  static String of(@Nullable String text) {
    if (text == null) {
      return "";
    }
    StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX_CHARS));
    for (int i = 0; i < text.length() && i < MAX_CHARS; i++) {
      char c = text.charAt(i);
      safe.append(
          Character.isISOControl(c) || c == '"' || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return safe.toString();
  }
}
