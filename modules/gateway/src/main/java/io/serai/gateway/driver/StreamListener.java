package io.serai.gateway.driver;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Listens for TCP or TLS connections. */
final class StreamListener implements Listener {
  /** Switches the pipeline transport off, to compare and in case Vert.x changes its insides. */
  private static final boolean PLAIN_SOCKETS = Boolean.getBoolean("serai.driver.plain-sockets");

  private final NetServer server;

  private StreamListener(NetServer server) {
    this.server = server;
  }

  static Future<Listener> open(Vertx vertx, ListenerSpec spec, SessionHub hub) {
    NetServerOptions options =
        new NetServerOptions()
            .setHost(spec.host())
            .setPort(spec.port())
            .setTcpNoDelay(true)
            .setAcceptBacklog(4096);
    var tls = spec.tls();
    if (tls != null) {
      tls.accept(options);
    }
    ProxyProtocol proxy = spec.proxy();
    if (proxy != null) {
      proxy.applyTo(options);
    }
    NetServer server = vertx.createNetServer(options);
    server.connectHandler(socket -> accept(socket, spec, hub));
    return server.listen().map(StreamListener::new);
  }

  private static void accept(NetSocket socket, ListenerSpec spec, SessionHub hub) {
    ProxyProtocol proxy = spec.proxy();
    SocketAddress viaProxy = proxy == null ? null : socket.remoteAddress(true);
    if (hub.isTurningAway() || (proxy != null && !proxy.trusts(viaProxy))) {
      socket.close();
      return;
    }
    Accepted accepted =
        new Accepted(socket.remoteAddress(), viaProxy, socket.isSsl() ? subject(socket) : null);
    PipelineTransport pipeline = PLAIN_SOCKETS ? null : PipelineTransport.of(socket);
    SocketTransport plain = new SocketTransport(socket);
    Connection<?> connection = accepted.connect(spec, hub, pipeline == null ? plain : pipeline);
    if (connection == null) {
      socket.close();
      return;
    }
    if (pipeline != null) {
      pipeline.attach(socket, connection);
    } else {
      plain.attach(connection);
    }
    connection.open();
  }

  private static @Nullable String subject(NetSocket socket) {
    try {
      return socket.peerCertificates().getFirst() instanceof X509Certificate certificate
          ? certificate.getSubjectX500Principal().getName()
          : null;
    } catch (SSLPeerUnverifiedException e) {
      return null; // the client sent no certificate and the listener asks for none
    }
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
