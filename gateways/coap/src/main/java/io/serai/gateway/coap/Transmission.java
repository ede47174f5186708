package io.serai.gateway.coap;

import io.serai.gateway.coap.CoapFrame.CoapMessage;
import org.jspecify.annotations.Nullable;

/** A confirmable message of ours, until it is acknowledged, reset or given up. */
final class Transmission {
  /** What is sent; another message once a newer state has taken its place. */
  CoapMessage message;

  /** Whose notification it is; null for an answer. */
  final @Nullable Relation relation;

  /** When it was sent first; 0 before. */
  long firstSentMillis;

  /** How often it was sent after the first time. */
  int retransmitted;

  /** How long it waits for an acknowledgement this time. */
  long timeoutMillis;

  /** Whether pauses grow by half each time, not to the double. */
  boolean growsByHalf;

  /** When it is sent again or given up. */
  long dueMillis;

  Transmission(CoapMessage message, @Nullable Relation relation) {
    this.message = message;
    this.relation = relation;
  }
}
