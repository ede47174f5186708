package io.serai.gateway.coap;

import io.serai.gateway.Effects;

/**
 * One client's observation of one resource (RFC 7641), seen from the resource. The message layer
 * numbers notifications, retransmits them, and now and then sends one that need not be confirmed so
 * that it must be, to find out whether anybody still listens. Confined to the connection's event
 * loop.
 */
public interface Observation {
  /**
   * Tells of a new state. At most one notification of an observation is underway and one waits:
   * what waits is replaced by what comes after it, which its {@link Observer} is told. Whoever must
   * tell of each change, such as for {@code ?all=1}, waits for {@link Observer#onNotified} before
   * the next.
   *
   * @param isConfirmable whether the client has to say that it came
   * @param tag comes back in {@link Observer#onNotified}
   */
  void notify(CoapAnswer state, boolean isConfirmable, long tag, Effects<CoapFrame> out);

  /**
   * Ends it with a last answer, such as 4.04 because the resource is gone (RFC 7641 §4.2). The
   * observer hears nothing more.
   */
  void end(CoapAnswer last, Effects<CoapFrame> out);

  /** Ends it without a word. The observer hears nothing more. */
  void forget();

  /** Whether it has not ended. */
  boolean isActive();
}
