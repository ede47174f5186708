package io.serai.gateway.driver;

import io.serai.gateway.AuthResult.Kind;
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
 * @param certificateSubject the subject of its verified certificate, if it has one
 */
record Accepted(@Nullable SocketAddress remote, @Nullable String certificateSubject) {

  /**
   * Makes its connection, not yet opened.
   *
   * @return null when there is not even room to tell it that it may not stay: close it
   */
  @Nullable Connection<?> connect(ListenerSpec spec, SessionHub hub, Transport transport) {
    String address = address();
    Kind refusal = hub.refusal(spec.gate(), address);
    if (refusal != null && !hub.hasRoomForRefused()) {
      return null;
    }
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
    Visitor visitor = new Visitor(spec.gate(), address, refusal);
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

  private boolean isLoopback() {
    if (remote == null || remote.hostAddress() == null) {
      return false;
    }
    try {
      // A literal address: no name is looked up.
      return InetAddress.getByName(remote.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
