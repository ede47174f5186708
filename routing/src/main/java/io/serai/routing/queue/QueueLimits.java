package io.serai.routing.queue;

/**
 * How much may be ready in a queue. Unsettled messages do not count, as in RabbitMQ.
 *
 * @param maxMessages most ready messages; {@link #UNLIMITED} for no limit
 * @param maxBytes most bytes of ready bodies; {@link #UNLIMITED} for no limit
 * @param overflow what happens beyond
 */
public record QueueLimits(long maxMessages, long maxBytes, Overflow overflow) {
  static final long UNLIMITED = Long.MAX_VALUE;

  /** No limits at all. */
  static final QueueLimits NONE = new QueueLimits(UNLIMITED, UNLIMITED, Overflow.DROP_HEAD);

  /** Whether bytes have to be counted. */
  boolean countsBytes() {
    return maxBytes != UNLIMITED;
  }

  /** Whether that much is more than may be ready. */
  boolean isExceeded(int messages, long bodyBytes) {
    return messages > maxMessages || bodyBytes > maxBytes;
  }

  /** The stricter of both in each respect; {@code overflow} of this one. */
  QueueLimits within(long messages) {
    return new QueueLimits(Math.min(maxMessages, messages), maxBytes, overflow);
  }
}
