package io.serai.gateway.driver;

import io.serai.gateway.TokenBucket;
import org.jspecify.annotations.Nullable;

/**
 * How fast one connection may send: by itself, and together with the others of its listener. A debt
 * of any kind is paid by not reading its socket. Confined to the connection's loop.
 */
final class RateLimit {
  private final @Nullable TokenBucket messages;
  private final @Nullable TokenBucket bytes;
  private final SharedRate.@Nullable Account sharedMessages;
  private final SharedRate.@Nullable Account sharedBytes;
  private final boolean shedsUnconfirmed;

  private RateLimit(ListenerLimits limits, ListenerRates shared, Runnable readOn, long nowMillis) {
    this.messages = bucket(limits.messagesPerSecond(), nowMillis);
    this.bytes = bucket(limits.bytesPerSecond(), nowMillis);
    this.sharedMessages = account(shared.messages(), readOn);
    this.sharedBytes = account(shared.bytes(), readOn);
    this.shedsUnconfirmed = limits.shedsUnconfirmed();
  }

  private static @Nullable TokenBucket bucket(long perSecond, long nowMillis) {
    return perSecond > 0 ? new TokenBucket(perSecond, nowMillis) : null;
  }

  private static SharedRate.@Nullable Account account(@Nullable SharedRate rate, Runnable readOn) {
    return rate == null ? null : rate.open(readOn);
  }

  /**
   * The limit of a new connection; null when it has none.
   *
   * @param readOn called when it need not wait for the others of its listener any more
   */
  static @Nullable RateLimit of(
      ListenerLimits limits, ListenerRates shared, Runnable readOn, long nowMillis) {
    return limits.messagesPerSecond() > 0 || limits.bytesPerSecond() > 0 || !shared.isNone()
        ? new RateLimit(limits, shared, readOn, nowMillis)
        : null;
  }

  /** Bytes of the peer were decoded. */
  void read(int count, long nowMillis) {
    if (bytes != null) {
      bytes.take(count, nowMillis);
    }
    if (sharedBytes != null) {
      sharedBytes.take(count, System.nanoTime());
    }
  }

  /**
   * Whether a message may be published; false when it is one too many and has to be dropped.
   *
   * @param mustPass whether it may not be dropped: then it leaves a debt
   */
  boolean admits(boolean mustPass, long nowMillis) {
    if (shedsUnconfirmed && !mustPass) {
      return (messages == null || messages.tryTake(nowMillis))
          && (sharedMessages == null || sharedMessages.tryTake(System.nanoTime()));
    }
    if (messages != null) {
      messages.take(1, nowMillis);
    }
    if (sharedMessages != null) {
      sharedMessages.take(1, System.nanoTime());
    }
    return true;
  }

  /** When the peer may be heard again, as far as its own rate goes: {@code nowMillis} or later. */
  long freeAtMillis(long nowMillis) {
    long free = nowMillis;
    if (messages != null) {
      free = Math.max(free, messages.freeAtMillis(nowMillis));
    }
    return bytes == null ? free : Math.max(free, bytes.freeAtMillis(nowMillis));
  }

  /** Whether it has to wait for its turn among the connections of its listener. */
  boolean isListenerTooFast() {
    return (sharedMessages != null && !sharedMessages.isFree())
        || (sharedBytes != null && !sharedBytes.isFree());
  }

  /** Waits for its turn, if it has to. */
  void awaitTurn() {
    long now = System.nanoTime();
    if (sharedMessages != null) {
      sharedMessages.await(now);
    }
    if (sharedBytes != null) {
      sharedBytes.await(now);
    }
  }

  /** The connection has ended. */
  void leave() {
    long now = System.nanoTime();
    if (sharedMessages != null) {
      sharedMessages.leave(now);
    }
    if (sharedBytes != null) {
      sharedBytes.leave(now);
    }
  }
}
