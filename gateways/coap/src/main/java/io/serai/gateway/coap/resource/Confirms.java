package io.serai.gateway.coap.resource;

import io.serai.bus.SlotRing;
import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapFrame;

/**
 * Who waits for published messages to be safe. Holds what is outstanding, which the message layer
 * bounds by the requests it takes.
 */
final class Confirms {
  /** Someone who waits. */
  @FunctionalInterface
  interface Waiting {
    void confirmed(boolean accepted, Effects<CoapFrame> out);
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

  void confirmed(long token, boolean accepted, Effects<CoapFrame> out) {
    Waiting who = waiting.remove(token);
    if (who != null) {
      who.confirmed(accepted, out);
    }
  }
}
