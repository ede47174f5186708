package io.serai.gateway.driver;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The peers of a WebSocket listener between their arrival and their handshake. They count like all
 * others, and whoever takes longer for the handshake than a login may take is closed. Confined to
 * the listener's loop.
 */
final class UpgradeWait {
  private final Vertx vertx;
  private final ListenerSpec spec;
  private final SessionHub hub;

  /** In the order of their deadlines. Bounded by the limits of connections. */
  private final Map<HttpConnection, Waiting> waiting = new LinkedHashMap<>();

  private boolean isTimerSet;

  private record Waiting(Accepted peer, Visitor visitor, long deadlineMillis) {}

  UpgradeWait(Vertx vertx, ListenerSpec spec, SessionHub hub) {
    this.vertx = vertx;
    this.spec = spec;
    this.hub = hub;
  }

  /** A peer has connected, and has finished its TLS handshake where there is one. */
  void arrived(HttpConnection connection) {
    ProxyProtocol proxy = spec.proxy();
    SocketAddress viaProxy = proxy == null ? null : connection.remoteAddress(true);
    if (hub.isTurningAway() || (proxy != null && !proxy.trusts(viaProxy))) {
      connection.close();
      return;
    }
    Accepted peer = new Accepted(connection.remoteAddress(), viaProxy, null);
    Visitor visitor = peer.arrive(spec, hub);
    if (visitor == null) {
      connection.close();
      return;
    }
    hub.beginTurn();
    long timeoutMillis = hub.connectTimeoutMillis();
    if (!isTimerSet) {
      closeLateIn(timeoutMillis);
    }
    waiting.put(connection, new Waiting(peer, visitor, hub.clockMillis() + timeoutMillis));
    connection.closeHandler(_ -> {
      if (waiting.remove(connection) != null) {
        hub.visitors().leave(visitor);
      }
    });
  }

  /** Its handshake is done: from here on it is a connection like any other. */
  void upgraded(HttpConnection connection, ServerWebSocket socket) {
    Waiting known = waiting.remove(connection);
    if (known == null) {
      socket.close(); // its time was over while the handshake was answered
      return;
    }
    WebSocketTransport transport =
        new WebSocketTransport(
            socket, spec.gateway().acceptsText(), spec.gateway().isFramePerWebSocketMessage());
    Connection<?> session = known.peer().connect(spec, hub, known.visitor(), transport);
    transport.attach(session);
    session.open();
  }

  private void closeLateIn(long millis) {
    isTimerSet = true;
    vertx.setTimer(millis, _ -> closeLate());
  }

  private void closeLate() {
    isTimerSet = false;
    hub.beginTurn();
    long now = hub.clockMillis();
    Iterator<Map.Entry<HttpConnection, Waiting>> first = waiting.entrySet().iterator();
    while (first.hasNext()) {
      Map.Entry<HttpConnection, Waiting> next = first.next();
      long left = next.getValue().deadlineMillis() - now;
      if (left > 0) {
        closeLateIn(left);
        return;
      }
      first.remove();
      hub.visitors().leave(next.getValue().visitor());
      next.getKey().close();
    }
  }
}
