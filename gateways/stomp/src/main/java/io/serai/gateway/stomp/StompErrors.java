package io.serai.gateway.stomp;

import io.serai.gateway.ProtocolException;

/**
 * What clients are told went wrong: a few words for the {@code message} header of ERROR, and an
 * explanation for its body. An exception carries both, one line each.
 */
final class StompErrors {
  private static final int MAX_QUOTED = 120;

  private StompErrors() {}

  /**
   * An error of the peer's.
   *
   * @param message for the header, in RabbitMQ's words where it has any
   * @param detail what was expected, what came, what to do
   * @param section the clause, or empty
   */
  static ProtocolException of(String message, String detail, String section) {
    return new ProtocolException(0, message + '\n' + detail, section);
  }

  /** Bytes that are no frame. */
  static ProtocolException malformed(String detail, String section) {
    return of("Malformed frame", detail, section);
  }

  /** A limit of the listener is exceeded. */
  static ProtocolException limit(String detail) {
    return of("Limit exceeded", detail, "STOMP 1.2 Size Limits");
  }

  /** A header that must be there is not. */
  static ProtocolException missing(String header, String command) {
    return of(
        "Missing " + header,
        "\"%s\" must include a '%s' header".formatted(command, header),
        "STOMP 1.2 " + command);
  }

  /** The part for the {@code message} header. */
  static String message(ProtocolException error) {
    String text = String.valueOf(error.getMessage());
    int end = text.indexOf('\n');
    return end < 0 ? text : text.substring(0, end);
  }

  /** The part for the body, with a line feed at its end. */
  static String detail(ProtocolException error) {
    String text = String.valueOf(error.getMessage());
    return text.substring(text.indexOf('\n') + 1) + '\n';
  }

  /** A peer's text, cut and in quotes. */
  static String quoted(String text) {
    String cut = text.length() > MAX_QUOTED ? text.substring(0, MAX_QUOTED) + "..." : text;
    return '\'' + cut + '\'';
  }
}
