package io.serai.gateway.driver;

import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener behind a proxy that names the real peer ahead of everything else (PROXY protocol v1
 * and v2). Netty reads the header, before TLS; a connection without a proper one is closed. {@code
 * LOCAL} and {@code UNKNOWN} headers leave the proxy itself as the peer, which then is no peer on
 * this machine wherever the proxy is: nobody knows for whom it speaks.
 *
 * @param timeoutMillis how long the header may take
 * @param trusted where proxies are; empty for anywhere
 */
public record ProxyProtocol(long timeoutMillis, List<AddressRange> trusted) {
  private static final Logger log = LoggerFactory.getLogger(ProxyProtocol.class);

  public ProxyProtocol {
    trusted = List.copyOf(trusted);
  }

  void applyTo(NetServerOptions options) {
    options
        .setUseProxyProtocol(true)
        .setProxyProtocolTimeoutUnit(TimeUnit.MILLISECONDS)
        .setProxyProtocolTimeout(timeoutMillis);
  }

  /**
   * Whether what {@code proxy} says of its peers is believed.
   *
   * @param proxy the other end of the socket
   */
  boolean trusts(@Nullable SocketAddress proxy) {
    if (trusted.isEmpty()) {
      return true;
    }
    String address = proxy == null ? null : proxy.hostAddress();
    try {
      if (address != null) {
        InetAddress from = InetAddress.getByName(address); // a literal: no name is looked up
        for (AddressRange range : trusted) {
          if (range.contains(from)) {
            return true;
          }
        }
      }
    } catch (UnknownHostException _) {
      // an address of another kind: nobody said to trust it
    }
    log.debug("proxy not trusted client={}", address);
    return false;
  }
}
