package io.serai.gateway.driver;

import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Gateway.Conversation;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * A peer that has just arrived.
 *
 * @param remote where it comes from
 * @param viaProxy the proxy that said so; null where peers come by themselves
 * @param certificateSubject the subject of its verified certificate, if it has one
 */
record Accepted(
    @Nullable SocketAddress remote,
    @Nullable SocketAddress viaProxy,
    @Nullable String certificateSubject) {

  /**
   * Counts it and makes its connection, not yet opened.
   *
   * @return null when there is not even room to tell it that it may not stay: close it
   */
  @Nullable Connection<?> connect(ListenerSpec spec, SessionHub hub, Transport transport) {
    Visitor visitor = arrive(spec, hub);
    return visitor == null ? null : connect(spec, hub, visitor, transport);
  }

  /** Counts it; null when there is not even room to tell it that it may not stay: close it. */
  @Nullable Visitor arrive(ListenerSpec spec, SessionHub hub) {
    return hub.visitors().arrive(spec.gate(), address());
  }

  /** Makes the connection of a peer that is counted, not yet opened. */
  Connection<?> connect(ListenerSpec spec, SessionHub hub, Visitor visitor, Transport transport) {
    try {
      return converse(spec, hub, visitor, transport);
    } catch (RuntimeException e) {
      hub.visitors().leave(visitor);
      throw e;
    }
  }

  private Connection<?> converse(
      ListenerSpec spec, SessionHub hub, Visitor visitor, Transport transport) {
    ConnectionInfo info =
        new ConnectionInfo(
            hub.newSession(),
            spec.name(),
            spec.transportName(),
            shown(),
            isLoopback(),
            spec.vhost(),
            spec.anonymousAllowed(),
            certificateSubject);
    Conversation<?> conversation = spec.gateway().open(info, spec.settings());
    return create(hub, visitor, info, conversation, transport);
  }

  private static <F> Connection<F> create(
      SessionHub hub,
      Visitor visitor,
      ConnectionInfo info,
      Conversation<F> conversation,
      Transport transport) {
    return new Connection<>(hub, visitor, info, conversation, transport);
  }

  /** The peer's address without its port: what a quota counts by. */
  private String address() {
    String address = remote == null ? null : remote.hostAddress();
    return address == null ? "unknown" : address;
  }

  private String shown() {
    if (remote == null) {
      return "unknown";
    }
    return remote.host() == null ? remote.toString() : remote.host() + ":" + remote.port();
  }

  /**
   * Whether it is on this machine. Behind a proxy it is only if the proxy is, too, and names a
   * peer: who a {@code LOCAL} or {@code UNKNOWN} header stands for is not known.
   */
  private boolean isLoopback() {
    return isLoopback(remote)
        && (viaProxy == null || (isLoopback(viaProxy) && !viaProxy.equals(remote)));
  }

  private static boolean isLoopback(@Nullable SocketAddress at) {
    if (at == null || at.hostAddress() == null) {
      return false;
    }
    try {
      // A literal address: no name is looked up.
      return InetAddress.getByName(at.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
