package io.serai.gateway.driver;

import io.serai.gateway.AuthResult.Kind;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in through one listener. Shared by its addresses and by all loops, without a lock;
 * connections that arrive on several loops at the same moment may pass the limit by one each.
 */
public final class ListenerGate {
  private final ListenerLimits limits;
  private final AtomicInteger open = new AtomicInteger();
  private final @Nullable RateLedger connections;
  private final @Nullable RateLedger messages;
  private final @Nullable RateLedger bytes;

  public ListenerGate(ListenerLimits limits) {
    long now = System.nanoTime();
    this.limits = limits;
    this.connections = ledger(limits.connectionsPerSecond(), now);
    this.messages = ledger(limits.totalMessagesPerSecond(), now);
    this.bytes = ledger(limits.totalBytesPerSecond(), now);
  }

  private static @Nullable RateLedger ledger(long perSecond, long nowNanos) {
    return perSecond > 0 ? new RateLedger(perSecond, nowNanos) : null;
  }

  /** A loop's part of what its connections may send together. */
  ListenerRates rates(SharedRate.Alarm alarm) {
    return messages == null && bytes == null
        ? ListenerRates.NONE
        : new ListenerRates(
            messages == null ? null : new SharedRate(messages, alarm),
            bytes == null ? null : new SharedRate(bytes, alarm));
  }

  ListenerLimits limits() {
    return limits;
  }

  /** Why a connection that arrives now is not let in; null when it is. */
  @Nullable Kind refusal(long nowNanos) {
    if (limits.maxConnections() > 0 && open.get() >= limits.maxConnections()) {
      return Kind.QUOTA_EXCEEDED;
    }
    return connections == null || connections.tryReserve(1, nowNanos)
        ? null
        : Kind.CONNECTION_RATE_EXCEEDED;
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }
}
