package io.serai.gateway.driver;

import io.serai.gateway.AuthResult.Kind;
import io.serai.gateway.ClientEvent;
import org.jspecify.annotations.Nullable;

/**
 * A peer as limits see it: what it counts against, from its arrival until {@link Visitors#leave}.
 * Confined to the connection's loop.
 */
final class Visitor {
  private final ListenerGate gate;
  private final String address;
  private final @Nullable Kind refusal;
  private FlappingWatch.@Nullable Client watched;
  private ClientEvent.@Nullable Connected announced;
  private @Nullable String user;
  private boolean hasLeft;

  /**
   * @param gate of the listener it came through
   * @param address the peer's, without its port
   * @param refusal why it is here only to be told that it may not be; null for all others
   */
  Visitor(ListenerGate gate, String address, @Nullable Kind refusal) {
    this.gate = gate;
    this.address = address;
    this.refusal = refusal;
  }

  ListenerGate gate() {
    return gate;
  }

  String address() {
    return address;
  }

  @Nullable Kind refusal() {
    return refusal;
  }

  /** Whose coming and going this is; null when it is nobody's that is watched. */
  FlappingWatch.@Nullable Client watched() {
    return watched;
  }

  void watch(FlappingWatch.Client client) {
    watched = client;
  }

  /** What was said of its coming; null when nothing was. */
  ClientEvent.@Nullable Connected announced() {
    return announced;
  }

  void announce(ClientEvent.Connected connected) {
    announced = connected;
  }

  /** Whose connections it is one of, from the login on; null before. */
  @Nullable String user() {
    return user;
  }

  void countAs(@Nullable String user) {
    this.user = user;
  }

  /** Ends what it counts against, when called first; answers whether this is the first time. */
  boolean leave() {
    boolean isFirst = !hasLeft;
    hasLeft = true;
    return isFirst;
  }
}
