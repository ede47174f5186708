package io.serai.model;

/**
 * How a family of protocols writes a topic as one string: which character separates levels and
 * which characters a level may not hold unescaped. A topic itself is a list of levels (see {@link
 * Topic}); this is only its spelling.
 */
public enum Spelling {
  /** MQTT and CoAP: {@code plant/1/temp}, wildcards {@code +} and {@code #}. */
  SLASH('/', '+'),
  /** AMQP, STOMP and WAMP: {@code plant.1.temp}, wildcards {@code *} and {@code #}. */
  DOT('.', '*');

  /** Matches any number of levels, in both spellings. */
  public static final char MULTI = '#';

  private final char separator;
  private final char single;

  Spelling(char separator, char single) {
    this.separator = separator;
    this.single = single;
  }

  /** The character between two levels. */
  public char separator() {
    return separator;
  }

  /** The wildcard that stands for exactly one level. */
  public char singleWildcard() {
    return single;
  }

  /** The other of the two spellings. */
  public Spelling other() {
    return this == SLASH ? DOT : SLASH;
  }

  /** Whether {@code c} may not stand unescaped inside a level of this spelling. */
  boolean isReserved(char c) {
    return c == separator || c == single || c == MULTI;
  }
}
