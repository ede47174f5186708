package io.serai.gateway.driver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections the node takes, over all loops and listeners; those beyond are closed as
 * they come. Connections that arrive on several loops at the same moment may pass it by one each.
 */
public final class ConnectionLimit {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);
  private static final long LOG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final int max;
  private volatile int fitting = Integer.MAX_VALUE;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong loggedNanos = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);

  /**
   * @param max connections at most
   */
  public ConnectionLimit(int max) {
    this.max = max;
  }

  /**
   * Says how many there are file descriptors for, if that is less: the process needs some for other
   * things. From any thread.
   */
  public void fit(int connections) {
    fitting = connections;
  }

  /** How many there are. From any thread. */
  public int openCount() {
    return open.get();
  }

  /** Whether another one must be turned away. Says so in the log now and then. */
  boolean isReached() {
    int connections = open.get();
    if (connections < max && connections < fitting) {
      return false;
    }
    long last = loggedNanos.get();
    long now = System.nanoTime();
    if (now - last >= LOG_INTERVAL_NANOS && loggedNanos.compareAndSet(last, now)) {
      if (connections >= max) {
        log.atWarn()
            .addKeyValue("reason", "limits.max-connections")
            .addKeyValue("limit", max)
            .log("connection refused");
      } else {
        log.atWarn()
            .addKeyValue("reason", "file_descriptors")
            .addKeyValue("connections", connections)
            .addKeyValue("advice", "raise the limit of the process (LimitNOFILE=, ulimit -n)")
            .log("connection refused");
      }
    }
    return true;
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }
}
