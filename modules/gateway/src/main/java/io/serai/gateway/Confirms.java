package io.serai.gateway;

import io.serai.bus.SlotRing;

/**
 * Who in a session waits for what it published to be safe, each under the token that {@link
 * Session#onConfirm} brings back. Holds what is outstanding: as much as the session takes from its
 * peer, which the broker holds back when it is behind.
 *
 * @param <F> the protocol's frames
 */
public final class Confirms<F> {
  /** Someone who waits. */
  @FunctionalInterface
  public interface Waiting<F> {
    void confirmed(boolean accepted, Effects<F> out);
  }

  private final SlotRing<Waiting<F>> waiting = new SlotRing<>(1);

  /** The token to publish with. */
  public long add(Waiting<F> who) {
    return waiting.add(who);
  }

  /** A publish that asked for confirmation needs none after all. */
  public void forget(long token) {
    waiting.remove(token);
  }

  /** What was published with the token is safe, or was refused. */
  public void confirmed(long token, boolean accepted, Effects<F> out) {
    Waiting<F> who = waiting.remove(token);
    if (who != null) {
      who.confirmed(accepted, out);
    }
  }

  /** Whether nobody waits. */
  public boolean isEmpty() {
    return waiting.isEmpty();
  }
}
