package io.serai.gateway.driver;

import io.vertx.core.Future;

/** An open listener of one loop. */
public interface Listener {
  /** The port it really listens on. */
  int port();

  /** Closes the listener and cuts the connections that came through it. */
  Future<Void> close();

  /** Opens a listener on the current loop; its connections live on this loop. */
  static Future<Listener> open(io.vertx.core.Vertx vertx, ListenerSpec spec, SessionHub hub) {
    return switch (spec.kind()) {
      case STREAM -> StreamListener.open(vertx, spec, hub);
      case WEBSOCKET -> WebSocketListener.open(vertx, spec, hub);
      case DATAGRAM -> DatagramListener.open(vertx, spec, hub);
    };
  }
}
