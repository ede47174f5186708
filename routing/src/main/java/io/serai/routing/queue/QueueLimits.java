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

  /** Whether a message of {@code bodyBytes} must be refused. */
  boolean refuses(int readyMessages, long readyBytes, int bodyBytes) {
    return overflow == Overflow.REJECT_PUBLISH
        && (readyMessages + 1L > maxMessages
            || (countsBytes() && readyBytes + bodyBytes > maxBytes));
  }

  /** Whether the oldest ready message must go. */
  boolean isExceeded(int readyMessages, long readyBytes) {
    return readyMessages > maxMessages || readyBytes > maxBytes;
  }

  /** The stricter of both in each respect; {@code overflow} of this one. */
  QueueLimits within(long messages) {
    return new QueueLimits(Math.min(maxMessages, messages), maxBytes, overflow);
  }
}
