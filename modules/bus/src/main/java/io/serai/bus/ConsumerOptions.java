package io.serai.bus;

/**
 * What a consumer asks for.
 *
 * @param tag the consumer's name in its protocol, for listings and messages
 * @param noAck deliveries count as settled once sent
 * @param exclusive no other consumer may read the queue
 * @param priority higher first; 0 unless asked for
 * @param creditMode how credit comes back
 * @param initialCredit messages that may be sent at once; 0 with {@link CreditMode#SHARED}
 * @param view which messages it sees, and whether it takes them
 * @param stream where it begins if the queue is a stream, and what it wants of it
 */
public record ConsumerOptions(
    String tag,
    boolean noAck,
    boolean exclusive,
    int priority,
    CreditMode creditMode,
    int initialCredit,
    ConsumerView view,
    StreamRead stream) {
  /** A consumer with a view, of what comes from now on if the queue is a stream. */
  public ConsumerOptions(
      String tag,
      boolean noAck,
      boolean exclusive,
      int priority,
      CreditMode creditMode,
      int initialCredit,
      ConsumerView view) {
    this(tag, noAck, exclusive, priority, creditMode, initialCredit, view, StreamRead.NEXT);
  }

  /** A consumer of everything. */
  public ConsumerOptions(
      String tag,
      boolean noAck,
      boolean exclusive,
      int priority,
      CreditMode creditMode,
      int initialCredit) {
    this(tag, noAck, exclusive, priority, creditMode, initialCredit, ConsumerView.ALL);
  }
}
