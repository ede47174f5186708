package io.serai.gateway.coap;

import io.serai.model.Body;
import java.util.List;

/** What travels between a CoAP peer and us. */
public sealed interface CoapFrame {
  /**
   * A message (RFC 7252 §3, RFC 8323 §3.2).
   *
   * @param type over TCP and WebSocket always {@link CoapType#CON}: nothing is said of it there
   * @param messageId 0 to 65 535; over TCP and WebSocket 0
   * @param options in the order of their numbers
   * @param payload empty when there is none
   */
  record CoapMessage(
      CoapType type,
      int messageId,
      CoapCode code,
      CoapToken token,
      List<CoapOption> options,
      Body payload)
      implements CoapFrame {
    /** Whether it is nothing but its header (RFC 7252 §4.1). */
    public boolean isEmpty() {
      return code.equals(CoapCode.EMPTY);
    }
  }

  /**
   * A datagram that starts like a message and goes on like none (RFC 7252 §4.2, §4.3).
   *
   * @param messageId what RST names
   * @param fault for our log
   */
  record Malformed(CoapType type, int messageId, String fault) implements CoapFrame {}

  /** A datagram to pass over in silence: too short, or of another version (RFC 7252 §3). */
  enum Ignored implements CoapFrame {
    IGNORED
  }
}
