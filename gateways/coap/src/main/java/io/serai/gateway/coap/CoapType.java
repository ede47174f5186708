package io.serai.gateway.coap;

/** The type of a message over UDP (RFC 7252 §3), in the order of its two bits. */
public enum CoapType {
  /** Confirmable: the receiver says that it has come. */
  CON,
  /** Non-confirmable. */
  NON,
  /** Acknowledgement, with or without an answer in it. */
  ACK,
  /** Reset: the receiver cannot make anything of what came. */
  RST
}
