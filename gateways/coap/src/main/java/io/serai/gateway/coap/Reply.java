package io.serai.gateway.coap;

import io.serai.gateway.Effects;

/**
 * How one request is answered, once: at once, or whenever the answer is there. What comes late goes
 * as a separate response (RFC 7252 §5.2.2); the client is told meanwhile that its request has come.
 * Confined to the connection's event loop.
 */
public interface Reply {
  /** Answers. Does nothing when the request was answered before or its peer is gone. */
  void answer(CoapAnswer answer, Effects<CoapFrame> out);

  /**
   * Answers a request with {@link CoapRequest#isObserve} and goes on telling of changes.
   *
   * @param first the state now; the observation starts only when its code is of class 2
   * @param observer told what becomes of notifications, and of the end. Not called for {@code
   *     first}
   * @return notifies from now on; of no effect when the request was answered before, its peer is
   *     gone, or the answer is an error. {@link Observation#isActive} tells
   */
  Observation observe(CoapAnswer first, Observer observer, Effects<CoapFrame> out);

  /** Whether an answer would still go somewhere. */
  boolean isOpen();
}
