package io.serai.gateway.stomp;

import io.serai.bus.SlotRing;
import io.serai.gateway.Effects;

/**
 * Who waits for published messages to be safe: SEND frames with a receipt, and commits. Holds what
 * is outstanding; the broker takes no more when it is behind, so that is bounded.
 */
final class Receipts {
  /** Someone who waits. */
  interface Waiting {
    void confirmed(boolean accepted, Effects<StompFrame> out);
  }

  private final SlotRing<Waiting> waiting = new SlotRing<>(1);

  /** The token to publish with. */
  long add(Waiting who) {
    return waiting.add(who);
  }

  /** A publish that asked for confirmation needs none after all. */
  void forget(long token) {
    waiting.remove(token);
  }

  /** A published message is safe, or was refused. */
  void confirmed(long token, boolean accepted, Effects<StompFrame> out) {
    Waiting who = waiting.remove(token);
    if (who != null) {
      who.confirmed(accepted, out);
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }
}
