package io.serai.gateway.driver;

import io.vertx.core.Future;
import io.vertx.core.net.ServerSSLOptions;

/** An open listener of one loop. */
public interface Listener {
  /** The port it really listens on. */
  int port();

  /**
   * Uses other keys and certificates from the next handshake on; open connections stay as they are.
   * Does nothing for a transport without TLS.
   */
  Future<?> useTls(ServerSSLOptions tls);

  /** Closes the listener and cuts the connections that came through it. */
  Future<Void> close();

  /** Opens a listener on the current loop; its connections live on this loop. */
  static Future<Listener> open(io.vertx.core.Vertx vertx, ListenerSpec spec, SessionHub hub) {
    return switch (spec.kind()) {
      case STREAM -> StreamListener.open(vertx, spec, hub);
      case WEBSOCKET -> WebSocketListener.open(vertx, spec, hub);
      case DATAGRAM -> {
        DtlsEndpoint dtls = spec.dtls();
        yield dtls == null
            ? DatagramListener.open(vertx, spec, hub)
            : DtlsListener.open(vertx, spec, dtls, hub);
      }
    };
  }
}
