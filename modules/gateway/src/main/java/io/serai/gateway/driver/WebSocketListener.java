package io.serai.gateway.driver;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;

/** Listens for WebSockets on one path; anything else gets 404 or 400. */
final class WebSocketListener implements Listener {
  /**
   * Longest frame. Clients send each packet as one, and a frame is taken in whole before its packet
   * can be judged, so this bounds what somebody who has not logged in may make the node hold.
   */
  private static final int MAX_FRAME_BYTES = 16 * 1024 * 1024;

  /** How long a peer may take to answer our close frame before its socket is closed. */
  private static final int CLOSING_SECONDS = 1;

  private final HttpServer server;

  private WebSocketListener(HttpServer server) {
    this.server = server;
  }

  static Future<Listener> open(Vertx vertx, ListenerSpec spec, SessionHub hub) {
    HttpServerOptions options = new HttpServerOptions();
    options.setHost(spec.host()).setPort(spec.port()).setTcpNoDelay(true);
    options.setMaxWebSocketFrameSize(MAX_FRAME_BYTES);
    options.setMaxWebSocketMessageSize(MAX_FRAME_BYTES);
    options.setWebSocketClosingTimeout(CLOSING_SECONDS);
    // HTTP/1.1 only: where a peer may choose, it is known only once it has chosen
    options.setHttp2ClearTextEnabled(false).setUseAlpn(false);
    options.setWebSocketSubProtocols(spec.gateway().webSocketProtocols());
    var tls = spec.tls();
    if (tls != null) {
      tls.accept(options);
    }
    ProxyProtocol proxy = spec.proxy();
    if (proxy != null) {
      proxy.applyTo(options);
    }
    UpgradeWait waiting = new UpgradeWait(vertx, spec, hub);
    HttpServer server = vertx.createHttpServer(options);
    server.connectionHandler(waiting::arrived);
    server.requestHandler(request -> {
      if (!spec.path().equals(request.path())) {
        refuse(request, 404, spec);
      } else if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
        refuse(request, 426, spec);
      } else {
        request
            .toWebSocket() // answers by itself what is no proper handshake
            .onSuccess(socket -> waiting.upgraded(request.connection(), socket));
      }
    });
    return server.listen().map(WebSocketListener::new);
  }

  private static void refuse(HttpServerRequest request, int status, ListenerSpec spec) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Upgrade", "websocket")
        .end("This port speaks " + spec.gateway().name() + " over WebSocket.\n");
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
