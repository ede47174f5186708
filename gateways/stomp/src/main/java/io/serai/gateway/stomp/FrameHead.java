package io.serai.gateway.stomp;

import io.serai.gateway.TextProperties;
import io.serai.gateway.stomp.StompEncoding.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client frame before its body: command and headers, unescaped. Frames with the same bytes up to
 * the body share one instance, so what the session finds out about it is worth keeping here.
 * Confined to the connection's event loop.
 */
final class FrameHead {
  private final Command command;
  private final List<Field> fields;
  private final long contentLength;

  /** Where a SEND goes, once the session has worked it out. */
  @Nullable SendTarget target;

  /**
   * @param fields in order, repeats included
   */
  FrameHead(Command command, List<Field> fields) {
    this.command = command;
    this.fields = fields;
    String length = first("content-length");
    this.contentLength =
        length == null ? -1 : TextProperties.decimal(length.strip(), Long.MAX_VALUE);
    if (length != null && contentLength < 0) {
      throw StompErrors.malformed(
          "content-length is %s, expected a whole number".formatted(StompErrors.quoted(length)),
          "STOMP 1.2 Header content-length");
    }
  }

  Command command() {
    return command;
  }

  /** All headers in order, unmodifiable. */
  List<Field> fields() {
    return fields;
  }

  /** Bytes of the body as announced, or -1: it ends at the first NUL then. */
  long contentLength() {
    return contentLength;
  }

  /** The value of the first header called {@code name} (1.2 "Repeated Header Entries"), or null. */
  @Nullable String first(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return fields.get(i).value();
      }
    }
    return null;
  }

  /**
   * The value of the first header called {@code name}.
   *
   * @throws io.serai.gateway.ProtocolException when there is none
   */
  String required(String name) {
    String value = first(name);
    if (value == null) {
      throw StompErrors.missing(name, command.name());
    }
    return value;
  }

  /** Whether the header {@code name} says {@code true}. */
  boolean isTrue(String name) {
    return "true".equals(first(name));
  }

  @Override
  public String toString() {
    return command + " " + fields;
  }
}
