package io.serai.config;

/**
 * What a listener takes; 0 is no limit.
 *
 * @param maxConnections open connections
 * @param connectionsPerSecond connections that come
 * @param messagesPerSecond messages each connection publishes
 * @param bytesPerSecond bytes each connection sends
 * @param totalMessagesPerSecond messages all connections publish
 * @param totalBytesPerSecond bytes all connections send
 * @param shedsQos0 whether MQTT QoS 0 messages beyond {@code messagesPerSecond} or {@code
 *     totalMessagesPerSecond} are dropped, rather than the client slowed
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
    boolean shedsQos0,
    boolean endsFast) {
  /** No limits. */
  public static final ListenerLimits NONE = new ListenerLimits(0, 0, 0, 0, 0, 0, false, false);
}
