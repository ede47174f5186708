package io.serai.gateway;

import java.util.List;

/**
 * A protocol Serai speaks, found through {@link java.util.ServiceLoader}. Stateless; one instance
 * per node.
 */
public interface Gateway {
  /** The name its listeners have in the configuration, such as {@code mqtt}. */
  String name();

  /** What people call it, with versions, such as {@code MQTT 3.1.1 and 5}. */
  default String title() {
    return name();
  }

  /**
   * Shell lines that receive and send a first message with a common client; the banner prints them.
   *
   * @param port of a plain listener on this machine that takes guest/guest
   */
  default List<String> commandLines(int port) {
    return List.of();
  }

  /**
   * WebSocket subprotocols it speaks, in order of preference (such as {@code mqtt}); empty when it
   * is not served over WebSocket.
   */
  default List<String> webSocketProtocols() {
    return List.of();
  }

  /** Whether its WebSocket connections may send text frames (STOMP, WAMP over JSON). */
  default boolean acceptsText() {
    return false;
  }

  /**
   * Whether each WebSocket message is one frame of the protocol (CoAP, WAMP), rather than a piece
   * of a stream of them (MQTT, STOMP).
   */
  default boolean isFramePerWebSocketMessage() {
    return false;
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
