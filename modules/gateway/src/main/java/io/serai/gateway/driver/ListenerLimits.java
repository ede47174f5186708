package io.serai.gateway.driver;

/**
 * What a listener takes; 0 is no limit.
 *
 * @param maxConnections open connections, over all loops and addresses
 * @param connectionsPerSecond connections that come, over all loops and addresses
 * @param messagesPerSecond messages one connection publishes
 * @param bytesPerSecond bytes one connection sends
 * @param totalMessagesPerSecond messages all connections publish, over all loops and addresses
 * @param totalBytesPerSecond bytes all connections send, over all loops and addresses
 * @param shedsUnconfirmed whether messages that nobody waits for a confirm of are dropped beyond
 *     {@code messagesPerSecond} or {@code totalMessagesPerSecond}, rather than the connection
 *     slowed
 * @param endsFast whether a connection that is faster than its own rate is ended, rather than
 *     slowed
 */
public record ListenerLimits(
    int maxConnections,
    int connectionsPerSecond,
    int messagesPerSecond,
    long bytesPerSecond,
    int totalMessagesPerSecond,
    long totalBytesPerSecond,
    boolean shedsUnconfirmed,
    boolean endsFast) {
  /** No limits. */
  public static final ListenerLimits NONE = new ListenerLimits(0, 0, 0, 0, false);

  /** Limits of single connections, which slow them. */
  public ListenerLimits(
      int maxConnections,
      int connectionsPerSecond,
      int messagesPerSecond,
      long bytesPerSecond,
      boolean shedsUnconfirmed) {
    this(
        maxConnections,
        connectionsPerSecond,
        messagesPerSecond,
        bytesPerSecond,
        0,
        0,
        shedsUnconfirmed,
        false);
  }
}
