package io.serai.gateway.driver;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.ServerSSLOptions;

/** Listens for WebSockets on one path; anything else gets 404 or 400. */
final class WebSocketListener implements Listener {
  /**
   * Longest frame. Clients send each packet as one, and a frame is taken in whole before its packet
   * can be judged, so this bounds what somebody who has not logged in may make the node hold.
   */
  private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

  private static final short TRY_AGAIN_LATER = 1013;

  private final HttpServer server;

  private WebSocketListener(HttpServer server) {
    this.server = server;
  }

  static Future<Listener> open(Vertx vertx, ListenerSpec spec, SessionHub hub) {
    HttpServerOptions options = new HttpServerOptions();
    options.setHost(spec.host()).setPort(spec.port()).setTcpNoDelay(true);
    options.setMaxWebSocketFrameSize(MAX_FRAME_BYTES);
    options.setWebSocketSubProtocols(spec.gateway().webSocketProtocols());
    var tls = spec.tls();
    if (tls != null) {
      tls.accept(options);
    }
    ProxyProtocol proxy = spec.proxy();
    if (proxy != null) {
      proxy.applyTo(options);
    }
    HttpServer server = vertx.createHttpServer(options);
    if (proxy != null) {
      server.connectionHandler(connection -> {
        if (!proxy.trusts(connection.remoteAddress(true))) {
          connection.close();
        }
      });
    }
    server.webSocketHandshakeHandler(handshake -> {
      if (!spec.path().equals(handshake.path())) {
        handshake.reject(404);
      } else if (hub.isTurningAway()) {
        handshake.reject(503);
      } else {
        handshake.accept();
      }
    });
    server.webSocketHandler(socket -> accept(socket, spec, hub));
    server.requestHandler(request ->
        request
            .response()
            .setStatusCode(spec.path().equals(request.path()) ? 426 : 404)
            .putHeader("Upgrade", "websocket")
            .end("This port speaks " + spec.gateway().name() + " over WebSocket.\n"));
    return server.listen().map(WebSocketListener::new);
  }

  private static void accept(ServerWebSocket socket, ListenerSpec spec, SessionHub hub) {
    WebSocketTransport transport = new WebSocketTransport(socket, spec.gateway().acceptsText());
    Connection<?> connection =
        new Accepted(socket.remoteAddress(), null).connect(spec, hub, transport);
    if (connection == null) {
      socket.close(TRY_AGAIN_LATER, "too many connections");
      return;
    }
    transport.attach(connection);
    connection.open();
  }

  @Override
  public int port() {
    return server.actualPort();
  }

  @Override
  public Future<?> useTls(ServerSSLOptions tls) {
    return server.updateSSLOptions(tls);
  }

  @Override
  public Future<Void> close() {
    return server.close();
  }
}
