package io.serai.routing.selector;

import io.serai.model.Message;

/**
 * A condition over a message's properties and headers. Immutable, made once and asked for every
 * message; it looks at no property and no header that it does not name.
 */
public final class Selector {
  /** The longest text, in {@code char}s. */
  public static final int MAX_CHARS = 8192;

  /** Selects every message: what an empty selector means (JMS 2.0 §3.8.1.1). */
  public static final Selector ALL = new Selector(new Literal(true));

  private final Expression condition;

  private Selector(Expression condition) {
    this.condition = condition;
  }

  /** The selector that {@code text} is in the words of {@link Dialect#JMS}. */
  public static Selector parse(String text) throws SelectorException {
    return parse(text, Dialect.JMS);
  }

  /**
   * The selector that {@code text} is; blank text selects everything.
   *
   * @throws SelectorException it is none, is longer than {@link #MAX_CHARS}, or is nested too deep
   */
  public static Selector parse(String text, Dialect dialect) throws SelectorException {
    if (text.length() > MAX_CHARS) {
      throw new SelectorException(
          MAX_CHARS, text.length() + " characters", "at most " + MAX_CHARS + " characters");
    }
    return text.isBlank() ? ALL : new Selector(new Parser(text, dialect).selector());
  }

  /** Whether the condition is true; neither when it is false nor when it is unknown. */
  public boolean matches(Message message) {
    return condition.truth(message) == Truth.TRUE;
  }

  /**
   * The selector in its plainest form, which reads back (in the same dialect) as the same
   * condition.
   */
  @Override
  public String toString() {
    return condition.text();
  }
}
