package io.serai.config;

import com.typesafe.config.ConfigValue;

/** Says in words what stands in a file. */
final class Found {
  private static final int SHOWN_CHARS = 60;

  private Found() {}

  /**
   * {@code the text "abc"}, {@code the number 5}, {@code true}, {@code a list}, {@code a block}.
   */
  static String describe(ConfigValue value) {
    return switch (value.valueType()) {
      case STRING -> "the text " + quoted(String.valueOf(value.unwrapped()));
      case NUMBER -> "the number " + value.unwrapped();
      case BOOLEAN -> String.valueOf(value.unwrapped());
      case LIST, OBJECT, NULL -> kind(value);
    };
  }

  static String kind(ConfigValue value) {
    return switch (value.valueType()) {
      case STRING -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case LIST -> "a list";
      case OBJECT -> "a block { ... }";
      case NULL -> "nothing";
    };
  }

  /** The text in quotes, cut when long, control characters replaced. */
  static String quoted(String text) {
    String cut = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "..." : text;
    return '"' + cut.replaceAll("\\p{Cntrl}", "?") + '"';
  }
}
