package io.serai.model;

/** One application header: a name, which may repeat within a message, and a typed value. */
public record Header(String name, Value value) {
  /** A header with a string value. */
  public static Header of(String name, String text) {
    return new Header(name, new Value.Str(text));
  }
}
