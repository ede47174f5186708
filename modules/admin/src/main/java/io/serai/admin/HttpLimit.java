package io.serai.admin;

import io.serai.bus.Counters;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many HTTP connections the node has file descriptors for, over all HTTP listeners. They count
 * beside those of the brokers' listeners, so that a node with as many clients as it takes still
 * says how it is. From any thread, without a lock: connections that come through several listeners
 * at the same moment may pass it by one each.
 */
public final class HttpLimit {
  private final AtomicInteger open = new AtomicInteger();
  private final List<HttpConnections> listeners = new CopyOnWriteArrayList<>();
  private volatile int fitting = Integer.MAX_VALUE;

  /** Says how many there are file descriptors for. */
  public void fit(int connections) {
    fitting = connections;
  }

  /** How many there are. */
  public int openCount() {
    return open.get();
  }

  /**
   * The connections of one listener.
   *
   * @param name the listener's in the configuration
   * @param max how many of them there may be; 0 leaves that to the file descriptors
   */
  public HttpConnections listener(String name, int max) {
    HttpConnections connections = new HttpConnections(name, max, this);
    listeners.add(connections);
    return connections;
  }

  /** What each listener has counted. */
  public List<Counters> counters() {
    return listeners.stream().map(HttpConnections::counters).toList();
  }

  boolean isReached() {
    return open.get() >= fitting;
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }
}
