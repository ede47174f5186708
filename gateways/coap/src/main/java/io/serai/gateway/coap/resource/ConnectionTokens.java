package io.serai.gateway.coap.resource;

import io.serai.bus.Principal;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connections that EMQX's dialect makes by {@code POST /mqtt/connection}: a client id, and the
 * token that proves it in later requests, from whatever port they come. One that is not used for
 * {@link #IDLE_MILLIS} is over. At most {@link #MAX_CONNECTIONS}; beyond them none is made.
 */
final class ConnectionTokens {
  static final long IDLE_MILLIS = 3_600_000;
  static final int MAX_CONNECTIONS = 100_000;

  /**
   * An open connection.
   *
   * @param usedMillis when it was last used, milliseconds since 1970
   */
  record Connection(Principal principal, String vhost, String token, long usedMillis) {
    private boolean isOver(long nowMillis) {
      return nowMillis - usedMillis > IDLE_MILLIS;
    }

    private Connection usedAt(long nowMillis) {
      return new Connection(principal, vhost, token, nowMillis);
    }
  }

  /** Looking for those that are over takes a while where there are so many. */
  private static final long SWEEP_MILLIS = 60_000;

  private final AtomicLong nextSweepMillis = new AtomicLong();

  private final ConcurrentHashMap<String, Connection> byClientId = new ConcurrentHashMap<>();

  /**
   * Opens a connection; an earlier one of the client id is over.
   *
   * @return false when there are too many
   */
  boolean open(String clientId, Connection connection) {
    if (byClientId.size() >= MAX_CONNECTIONS && !byClientId.containsKey(clientId)) {
      sweep(connection.usedMillis());
      if (byClientId.size() >= MAX_CONNECTIONS) {
        return false;
      }
    }
    byClientId.put(clientId, connection);
    return true;
  }

  private void sweep(long nowMillis) {
    long due = nextSweepMillis.get();
    if (nowMillis >= due && nextSweepMillis.compareAndSet(due, nowMillis + SWEEP_MILLIS)) {
      byClientId.values().removeIf(old -> old.isOver(nowMillis));
    }
  }

  /** The connection of a client id if this is its token, which keeps it open; else null. */
  @Nullable Connection use(String clientId, String token, long nowMillis) {
    Connection known = byClientId.get(clientId);
    if (known == null || !known.token().equals(token)) {
      return null;
    }
    if (known.isOver(nowMillis)) {
      byClientId.remove(clientId, known);
      return null;
    }
    Connection used = known.usedAt(nowMillis);
    return byClientId.replace(clientId, known, used) ? used : known;
  }

  /** Whether an open connection of this client id and token was closed. */
  boolean close(String clientId, String token) {
    Connection known = byClientId.get(clientId);
    return known != null && known.token().equals(token) && byClientId.remove(clientId, known);
  }
}
