package io.serai.gateway;

/**
 * A protocol Serai speaks, found through {@link java.util.ServiceLoader}. Stateless; one instance
 * per node.
 */
public interface Gateway {
  /** The name its listeners have in the configuration, such as {@code mqtt}. */
  String name();

  /**
   * WebSocket subprotocols it speaks, in order of preference (such as {@code mqtt}); empty when it
   * is not served over WebSocket.
   */
  default java.util.List<String> webSocketProtocols() {
    return java.util.List.of();
  }

  /**
   * The codec and session of a new connection.
   *
   * @param info who connected, where
   * @param settings the listener's options
   */
  Conversation<?> open(ConnectionInfo info, Settings settings);

  /**
   * The two halves of one connection. They are created together because some protocols negotiate
   * codec limits in the session.
   *
   * @param <F> the protocol's frames
   */
  record Conversation<F>(Codec<F> codec, Session<F> session) {}
}
