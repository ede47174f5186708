package io.serai.gateway.coap;

import io.serai.gateway.coap.CoapFrame.CoapMessage;

/**
 * Whether a peer's address is its own, and how much may be sent to it before that is known: whoever
 * sends requests in another's name must not have us send that one much more (RFC 7252 §11.3, RFC
 * 9175 §2.3). Confined to the connection's event loop.
 */
final class AddressCheck {
  private final int factor;
  private boolean isProven;
  private long receivedBytes;
  private long sentBytes;

  /**
   * @param factor how much more may be sent than came; 0 for any
   * @param isProven whether nothing need be shown: the peer is on this machine, or DTLS has
   */
  AddressCheck(int factor, boolean isProven) {
    this.factor = factor;
    this.isProven = isProven || factor == 0;
  }

  /** The peer has sent something that only who receives at its address could. */
  void prove() {
    isProven = true;
  }

  boolean isProven() {
    return isProven;
  }

  void received(CoapMessage message) {
    if (!isProven) {
      receivedBytes += DatagramCodec.lengthOf(message);
    }
  }

  void sent(CoapMessage message) {
    if (!isProven) {
      sentBytes += DatagramCodec.lengthOf(message);
    }
  }

  /** Whether a message may be sent now. */
  boolean admits(CoapMessage message) {
    return isProven || DatagramCodec.lengthOf(message) <= allowedBytes();
  }

  /** How many bytes may be sent now. */
  long allowedBytes() {
    return isProven ? Long.MAX_VALUE : factor * receivedBytes - sentBytes;
  }
}
