package io.serai.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One port (or one per address) on which a protocol is spoken.
 *
 * @param name its key below {@code listeners}
 * @param protocol amqp, mqtt, stomp, coap, wamp, http
 * @param port 0 to 65535, 0 for a free one
 * @param path of the WebSocket; unused by other transports
 * @param tls null for a transport without TLS
 * @param allowsAnonymous whether a client without login becomes the anonymous user
 * @param vhost of clients that name none
 * @param proxy null unless a proxy tells who the peer is
 */
public record ListenerConfig(
    String name,
    String protocol,
    Transport transport,
    List<BindAddress> addresses,
    int port,
    String path,
    @Nullable TlsConfig tls,
    boolean allowsAnonymous,
    String vhost,
    @Nullable ProxyConfig proxy,
    ListenerLimits limits,
    ProtocolOptions options) {

  public ListenerConfig {
    addresses = List.copyOf(addresses);
  }

  /** Whether only this machine reaches it. */
  public boolean isLoopback() {
    return addresses.stream().allMatch(BindAddress::isLoopback);
  }

  /** The same listener with the certificates of {@code other}, where both have TLS. */
  ListenerConfig withTlsOf(ListenerConfig other) {
    if (tls == null || other.tls == null) {
      return this;
    }
    return new ListenerConfig(
        name,
        protocol,
        transport,
        addresses,
        port,
        path,
        other.tls,
        allowsAnonymous,
        vhost,
        proxy,
        limits,
        options);
  }

  /** The key that changes the port, for "port in use" messages. */
  public String portKey() {
    return "listeners." + KeyPath.quoted(name) + ".port";
  }
}
