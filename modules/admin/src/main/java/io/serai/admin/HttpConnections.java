package io.serai.admin;

import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.vertx.core.http.HttpConnection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of one HTTP listener. Those beyond the limit may stay to be answered 503
 * while there is room for such; without room they are closed as they come. Confined to the
 * listener's loop.
 */
public final class HttpConnections {
  /** Connections that are open only to be told that they may not be. */
  static final int MAX_REFUSED = 16;

  private static final Logger log = LoggerFactory.getLogger(HttpConnections.class);
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String listener;
  private final int max;
  private final HttpLimit limit;
  private final Counters counters = new Counters();

  /** At most {@link #MAX_REFUSED}. */
  private final Set<HttpConnection> refused = new HashSet<>();

  private int open;
  private long loggedNanos = System.nanoTime() - LOG_INTERVAL_NANOS;

  /** See {@link HttpLimit#listener}. */
  HttpConnections(String listener, int max, HttpLimit limit) {
    this.listener = listener;
    this.max = max;
    this.limit = limit;
  }

  /** Read from any thread. */
  Counters counters() {
    return counters;
  }

  /** A peer has connected, and has finished its TLS handshake where there is one. */
  void arrived(HttpConnection connection) {
    boolean isFull = max > 0 && open >= max;
    if (isFull || limit.isReached()) {
      counters.add(Counter.CONNECTIONS_REFUSED, 1);
      logRefusal(isFull);
      refuse(connection);
      return;
    }
    open++;
    limit.opened();
    connection.closeHandler(_ -> {
      open--;
      limit.closed();
    });
  }

  private void refuse(HttpConnection connection) {
    if (refused.size() >= MAX_REFUSED) {
      connection.close();
      return;
    }
    refused.add(connection);
    connection.closeHandler(_ -> refused.remove(connection));
  }

  /** Whether all that a connection may hear is that it is one too many. */
  boolean isRefused(HttpConnection connection) {
    return refused.contains(connection);
  }

  /** Now and then: whoever is refused tends to come again. */
  private void logRefusal(boolean isFull) {
    long now = System.nanoTime();
    if (now - loggedNanos < LOG_INTERVAL_NANOS) {
      return;
    }
    loggedNanos = now;
    if (isFull) {
      log.atWarn()
          .addKeyValue("reason", "listeners." + listener + ".max-connections")
          .addKeyValue("limit", max)
          .log("connection refused");
    } else {
      log.atWarn()
          .addKeyValue("listener", listener)
          .addKeyValue("reason", "file_descriptors")
          .addKeyValue("connections", limit.openCount())
          .addKeyValue("advice", "raise the limit of the process (LimitNOFILE=, ulimit -n)")
          .log("connection refused");
    }
  }
}
