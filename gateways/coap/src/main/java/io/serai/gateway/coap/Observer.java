package io.serai.gateway.coap;

import io.serai.gateway.Effects;

/** A resource's side of one observation: what it is told by the message layer. */
public interface Observer {
  /**
   * What became of a notification. Called once for each, unless the observation ends first: then
   * {@link #onEnded} is all there is. Never called from inside {@link Observation#notify}, except
   * for the one that was replaced.
   */
  void onNotified(long tag, Notified outcome, Effects<CoapFrame> out);

  /** The client does not observe any more; {@link Observation#isActive} is false by now. */
  void onEnded(Ended why, Effects<CoapFrame> out);

  /** What became of a notification. */
  enum Notified {
    /** The client has it: it was acknowledged, or went into a reliable connection. */
    ACKED,
    /** It left, and nobody asked the client to say that it came. */
    SENT,
    /** A newer state took its place before it left. */
    SUPERSEDED
  }

  /** Why an observation ended. */
  enum Ended {
    /** The client asked for it (Observe 1). */
    DEREGISTERED,
    /** The client does not know the notification's token any more: it answered RST. */
    RESET,
    /** A notification was not acknowledged, however often it was sent. */
    TIMED_OUT,
    /** The client used the same token for another request. */
    REPLACED,
    /** The peer is gone, or was ended here. */
    CLOSED
  }
}
