package io.serai.config;

/** How a topic is written as one text: the separator of its levels and the one-level wildcard. */
public enum TopicSpelling {
  /** MQTT's: {@code plant/+/temp}; {@code #} only at the end. The keys called {@code topic}. */
  SLASH('/', '+'),
  /** AMQP's: {@code plant.*.temp}; {@code #} anywhere. The keys called {@code key}. */
  DOT('.', '*');

  private final char separator;
  private final char wildcard;

  TopicSpelling(char separator, char wildcard) {
    this.separator = separator;
    this.wildcard = wildcard;
  }

  /** The character between two levels. */
  public char separator() {
    return separator;
  }

  /** The wildcard for exactly one level. */
  public char wildcard() {
    return wildcard;
  }

  /** The levels of {@code text}; none for the empty text. */
  String[] split(String text) {
    return text.isEmpty() ? new String[0] : text.split("\\" + separator, -1);
  }
}
