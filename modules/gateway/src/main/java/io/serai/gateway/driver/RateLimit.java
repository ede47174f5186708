package io.serai.gateway.driver;

import io.serai.gateway.TokenBucket;
import org.jspecify.annotations.Nullable;

/**
 * How fast one connection may send. A debt of either kind is paid by not reading its socket.
 * Confined to the connection's loop.
 */
final class RateLimit {
  private final @Nullable TokenBucket messages;
  private final @Nullable TokenBucket bytes;
  private final boolean shedsUnconfirmed;

  private RateLimit(ListenerLimits limits, long nowMillis) {
    this.messages =
        limits.messagesPerSecond() > 0
            ? new TokenBucket(limits.messagesPerSecond(), nowMillis)
            : null;
    this.bytes =
        limits.bytesPerSecond() > 0 ? new TokenBucket(limits.bytesPerSecond(), nowMillis) : null;
    this.shedsUnconfirmed = limits.shedsUnconfirmed();
  }

  /** The limit of a new connection; null when it has none. */
  static @Nullable RateLimit of(ListenerLimits limits, long nowMillis) {
    return limits.messagesPerSecond() > 0 || limits.bytesPerSecond() > 0
        ? new RateLimit(limits, nowMillis)
        : null;
  }

  /** Bytes of the peer were decoded. */
  void read(int count, long nowMillis) {
    if (bytes != null) {
      bytes.take(count, nowMillis);
    }
  }

  /** Whether a message may be published; false when it is one too many and has to be dropped. */
  boolean admits(boolean isConfirmed, long nowMillis) {
    if (messages == null) {
      return true;
    }
    if (shedsUnconfirmed && !isConfirmed) {
      return messages.tryTake(nowMillis);
    }
    messages.take(1, nowMillis);
    return true;
  }

  /** When the peer may be heard again: {@code nowMillis} or later. */
  long freeAtMillis(long nowMillis) {
    long free = nowMillis;
    if (messages != null) {
      free = Math.max(free, messages.freeAtMillis(nowMillis));
    }
    return bytes == null ? free : Math.max(free, bytes.freeAtMillis(nowMillis));
  }
}
