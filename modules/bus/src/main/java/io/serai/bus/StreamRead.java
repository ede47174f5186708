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
 */
public record StreamRead(
    StreamOffset from, Set<String> filter, boolean takesUnfiltered, int prefetch) {
  /** The session itself bounds what it has unsettled or not sent yet. */
  public static final int BOUNDED = -1;

  /** Everything that comes from now on. */
  public static final StreamRead NEXT = new StreamRead(StreamOffset.NEXT, Set.of(), true, BOUNDED);

  /** Everything from there. */
  public static StreamRead from(StreamOffset offset) {
    return new StreamRead(offset, Set.of(), true, BOUNDED);
  }
}
