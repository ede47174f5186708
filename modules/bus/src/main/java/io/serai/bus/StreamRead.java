package io.serai.bus;

import java.util.Set;

/**
 * How a consumer reads its queue if that is a stream; others do not look at it.
 *
 * @param from where it begins
 * @param filter filter values of the messages it wants; empty for all messages
 * @param takesUnfiltered whether messages without a filter value pass a filter
 * @param prefetch how many deliveries AMQP 0-9-1 lets the consumer have unsettled, 0 for no limit:
 *     RabbitMQ's rules apply; {@link #BOUNDED} where the session sees to a bound
 * @param name under which it is kept how far it has come: a reader of that name goes on there, and
 *     {@code from} counts for the first one only; empty for none
 * @param takesTurns whether of all readers of that name only one reads at a time
 */
public record StreamRead(
    StreamOffset from,
    Set<String> filter,
    boolean takesUnfiltered,
    int prefetch,
    String name,
    boolean takesTurns) {
  /** The session itself bounds what it has unsettled or not sent yet. */
  public static final int BOUNDED = -1;

  /** A reader without a name. */
  public StreamRead(StreamOffset from, Set<String> filter, boolean takesUnfiltered, int prefetch) {
    this(from, filter, takesUnfiltered, prefetch, "", false);
  }

  /** Everything that comes from now on. */
  public static final StreamRead NEXT = new StreamRead(StreamOffset.NEXT, Set.of(), true, BOUNDED);

  /** Everything from there. */
  public static StreamRead from(StreamOffset offset) {
    return new StreamRead(offset, Set.of(), true, BOUNDED);
  }

  /** Whether its place is kept. */
  public boolean isNamed() {
    return !name.isEmpty();
  }
}
