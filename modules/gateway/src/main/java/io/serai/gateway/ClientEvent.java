package io.serai.gateway;

import io.serai.model.Origin;

/** What an operator may want to hear of a client: that it came, or that it went. */
public sealed interface ClientEvent {
  Origin origin();

  /** {@code host:port} of the client. */
  String remoteAddress();

  /** When it came, milliseconds since 1970. */
  long connectedAtMillis();

  /**
   * The client was welcomed.
   *
   * @param keepAliveSeconds in force, 0 for none
   * @param expirySeconds how long its session outlives the connection
   */
  record Connected(
      Origin origin,
      String remoteAddress,
      long connectedAtMillis,
      int keepAliveSeconds,
      boolean cleanStart,
      long expirySeconds)
      implements ClientEvent {
    /** The same client goes. */
    public Disconnected gone(String reason, long atMillis) {
      return new Disconnected(origin, remoteAddress, connectedAtMillis, reason, atMillis);
    }
  }

  /**
   * The client's connection ended.
   *
   * @param reason as the log has it: {@code client_request}, {@code peer_closed}, ...
   * @param atMillis when it went, milliseconds since 1970
   */
  record Disconnected(
      Origin origin, String remoteAddress, long connectedAtMillis, String reason, long atMillis)
      implements ClientEvent {}
}
