package io.serai.gateway.driver;

import io.serai.gateway.Gateway;
import io.serai.gateway.Settings;
import io.vertx.core.net.NetServerOptions;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One listener to open.
 *
 * @param name its name in the configuration, such as {@code mqtt} or {@code mqtt-tls}
 * @param gateway the protocol it speaks
 * @param kind what it listens with
 * @param host address to bind
 * @param port 0 to 65_535; 0 for a free one
 * @param path the request path of a WebSocket listener; ignored for others
 * @param vhost where its connections go unless they say otherwise
 * @param anonymousAllowed whether peers may come without credentials
 * @param tls adds keys and trust to the server's options; null for plain listeners
 * @param dtls the socket that the loops share where datagrams are encrypted; null otherwise
 * @param proxy null unless a proxy tells who the peer is
 * @param gate who may come in, shared by the listener's addresses
 * @param settings the protocol's options
 */
public record ListenerSpec(
    String name,
    Gateway gateway,
    Kind kind,
    String host,
    int port,
    String path,
    String vhost,
    boolean anonymousAllowed,
    @Nullable Consumer<NetServerOptions> tls,
    @Nullable DtlsEndpoint dtls,
    @Nullable ProxyProtocol proxy,
    ListenerGate gate,
    Settings settings) {
  /** What a listener listens with. */
  public enum Kind {
    STREAM,
    WEBSOCKET,
    DATAGRAM
  }

  /** The same listener on another port. */
  public ListenerSpec onPort(int otherPort) {
    return new ListenerSpec(
        name,
        gateway,
        kind,
        host,
        otherPort,
        path,
        vhost,
        anonymousAllowed,
        tls,
        dtls,
        proxy,
        gate,
        settings);
  }

  /** What {@link io.serai.gateway.ConnectionInfo#transport} says for its connections. */
  String transportName() {
    return switch (kind) {
      case STREAM -> tls == null ? "tcp" : "tls";
      case WEBSOCKET -> tls == null ? "websocket" : "websocket-tls";
      case DATAGRAM -> dtls == null ? "udp" : "dtls";
    };
  }
}
