package io.serai.routing.selector;

import io.serai.bus.ConsumerView;
import io.serai.model.Message;

/**
 * A condition over a message's properties and headers. Immutable, made once and asked for every
 * message; it looks at no property and no header that it does not name.
 */
public final class Selector {
  /** The longest text, in {@code char}s. */
  public static final int MAX_CHARS = 8192;

  /**
   * The longest text of one that looks at every message on its way, in {@code char}s: less than a
   * consumer may ask for itself.
   */
  public static final int MAX_CHARS_ON_ARRIVAL = 1_024;

  private static final int MAX_EFFORT = 1 << 20;

  /** Selects every message: what an empty selector means (JMS 2.0 §3.8.1.1). */
  public static final Selector ALL = new Selector(new Literal(true), 0);

  private final Expression condition;

  /** Of its text. */
  private final int length;

  private Selector(Expression condition, int length) {
    this.condition = condition;
    this.length = length;
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
    checkLength(text, MAX_CHARS);
    return text.isBlank() ? ALL : new Selector(new Parser(text, dialect).selector(), text.length());
  }

  /**
   * The selector that a consumer asks for.
   *
   * @throws SelectorException when it makes no sense
   */
  public static Selector of(ConsumerView asked) throws SelectorException {
    return parse(asked.selector(), Dialect.of(asked.syntax()));
  }

  /**
   * One that looks at every message on its way.
   *
   * @throws SelectorException as {@link #parse}, or it is longer than {@link #MAX_CHARS_ON_ARRIVAL}
   */
  public static Selector parseOnArrival(String text) throws SelectorException {
    checkLength(text, MAX_CHARS_ON_ARRIVAL);
    return parse(text);
  }

  /**
   * Likewise, written as the Erlang term that RabbitMQ's JMS client makes of it.
   *
   * @throws SelectorException as above, or the term is longer than {@link #MAX_CHARS} or none
   */
  public static Selector parseCompiled(String term) throws SelectorException {
    checkLength(term, MAX_CHARS);
    return parseOnArrival(CompiledSelector.toSql(term));
  }

  private static void checkLength(String text, int most) throws SelectorException {
    if (text.length() > most) {
      throw new SelectorException(
          most, text.length() + " characters", "at most " + most + " characters");
    }
  }

  /**
   * How much work {@link #matches} may be, in a unit that a plain question takes none of: every
   * part of the condition may read all the message has beside its body.
   */
  public int effort(Message message) {
    return (int) Math.min(MAX_EFFORT, ((long) length * message.encoding().sizeBytes()) >> 16);
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
