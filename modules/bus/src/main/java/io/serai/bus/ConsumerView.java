package io.serai.bus;

/**
 * What a consumer sees of its queue, and whether it takes what it sees.
 *
 * @param selector the condition that messages have to meet, in SQL-92's words; blank for all of
 *     them
 * @param syntax how {@code selector} spells literals
 * @param mode whether messages leave the queue
 */
public record ConsumerView(String selector, Syntax syntax, Mode mode) {
  /** All messages, to be taken: what a consumer that asks for nothing else sees. */
  public static final ConsumerView ALL = new ConsumerView("", Syntax.JMS, Mode.TAKE);

  /** Who wrote the selector; the two differ in a few literals. */
  public enum Syntax {
    /** Jakarta Messaging's selectors. */
    JMS,
    /** AMQP 1.0's {@code amqp:sql-filter}. */
    AMQP_SQL
  }

  /** What happens to a message that a consumer is shown. */
  public enum Mode {
    /** It is the consumer's until that settles it. */
    TAKE,
    /**
     * It stays as it is, for whoever takes it. Ends with {@link SessionEvent.BrowseEnded} behind
     * the last message that is in the queue when the consumer is attached.
     */
    BROWSE,
    /** Likewise, but goes on with messages that come later. */
    FOLLOW
  }

  /** Whether messages stay in the queue. */
  public boolean isBrowsing() {
    return mode != Mode.TAKE;
  }

  /** Whether everything is seen and taken. */
  public boolean isPlain() {
    return mode == Mode.TAKE && selector.isBlank();
  }
}
