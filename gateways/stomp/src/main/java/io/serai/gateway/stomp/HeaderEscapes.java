package io.serai.gateway.stomp;

import io.serai.gateway.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * How header names and values write the characters that end them: {@code \n}, {@code \c} and {@code
 * \\} since 1.1, {@code \r} since 1.2 ("Value Encoding"). 1.0 has no escapes; a line feed, which it
 * cannot say, is written {@code \n} there as RabbitMQ does it.
 */
final class HeaderEscapes {
  private HeaderEscapes() {}

  /**
   * What {@code text} stands for.
   *
   * @throws io.serai.gateway.ProtocolException on an escape that the version does not have
   */
  static String read(String text, StompVersion version) {
    int at = version == StompVersion.V1_0 ? -1 : text.indexOf('\\');
    if (at < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length()).append(text, 0, at);
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = at < text.length() ? text.charAt(at++) : ' ';
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 'c' -> out.append(':');
        case '\\' -> out.append('\\');
        case 'r' -> {
          if (version != StompVersion.V1_2) {
            throw undefined(text, version);
          }
          out.append('\r');
        }
        default -> throw undefined(text, version);
      }
    }
    return out.toString();
  }

  private static ProtocolException undefined(String text, StompVersion version) {
    return StompErrors.malformed(
        "undefined escape in the header %s: STOMP %s has %s"
            .formatted(
                StompErrors.quoted(text),
                version.text(),
                version == StompVersion.V1_2 ? "\\r \\n \\c \\\\" : "\\n \\c \\\\"),
        "STOMP %s Value Encoding".formatted(version.text()));
  }

  /** How {@code version} writes {@code text} as a header's value. */
  static String value(String text, StompVersion version) {
    return write(text, version, false);
  }

  /** How {@code version} writes {@code text} as a header's name. */
  static String name(String text, StompVersion version) {
    return write(text, version, true);
  }

  private static String write(String text, StompVersion version, boolean isName) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      String escape = escape(text.charAt(i), version, isName);
      if (escape != null && out == null) {
        out = new StringBuilder(text.length() + 8).append(text, 0, i);
      }
      if (out != null) {
        if (escape == null) {
          out.append(text.charAt(i));
        } else {
          out.append(escape);
        }
      }
    }
    return out == null ? text : out.toString();
  }

  private static @Nullable String escape(char c, StompVersion version, boolean isName) {
    boolean escapes = version != StompVersion.V1_0;
    return switch (c) {
      case '\n' -> "\\n";
      case ':' -> escapes || isName ? "\\c" : null;
      case '\\' -> escapes ? "\\\\" : null;
      case '\r' -> version == StompVersion.V1_2 ? "\\r" : null;
      // No version can say it: it would end the frame for clients that look for it.
      case '\0' -> "\uFFFD";
      default -> null;
    };
  }
}
