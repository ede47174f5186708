package io.serai.gateway.stomp;

import io.serai.gateway.stomp.StompEncoding.Field;
import org.jspecify.annotations.Nullable;

/** The {@code ack} header of SUBSCRIBE. */
enum AckMode {
  /** What is sent counts as acknowledged. */
  AUTO,
  /** An ACK or NACK is for everything of the subscription up to its message. */
  CLIENT,
  /** An ACK or NACK is for its message. */
  CLIENT_INDIVIDUAL;

  /**
   * @param text null when there is no such header
   * @throws io.serai.gateway.ProtocolException when it is none of them
   */
  static AckMode of(@Nullable String text) {
    return switch (text) {
      case null -> AUTO;
      case "auto" -> AUTO;
      case "client" -> CLIENT;
      case "client-individual" -> CLIENT_INDIVIDUAL;
      default ->
          throw QueueHeaders.invalid(new Field("ack", text), "auto, client or client-individual");
    };
  }
}
