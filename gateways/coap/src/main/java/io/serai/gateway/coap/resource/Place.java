package io.serai.gateway.coap.resource;

import org.jspecify.annotations.Nullable;

/**
 * An observation's place among the subscribers of a topic of the collection; other topics have
 * places for everybody. Confined to the peer's event loop.
 */
final class Place {
  /** At any topic that is not of the collection: nothing of it ever changes, so all share it. */
  private static final Place FREE = new Place(null);

  private final @Nullable TopicConfig at;
  private boolean isTaken;

  private Place(@Nullable TopicConfig at) {
    this.at = at;
  }

  /**
   * A place that is not taken yet.
   *
   * @param at null for a topic that is not of the collection
   */
  static Place at(@Nullable TopicConfig at) {
    return at == null ? FREE : new Place(at);
  }

  /** Whether the topic is of the collection, and so has to have a value to be observed. */
  boolean needsValue() {
    return at != null;
  }

  /** Takes the place, unless the topic has as many subscribers as it may: then false. */
  boolean take() {
    if (at == null) {
      return true;
    }
    isTaken = at.subscribers().take();
    return isTaken;
  }

  /** Leaves it, if it was taken. */
  void leave() {
    if (isTaken && at != null) {
      isTaken = false;
      at.subscribers().release();
    }
  }

  /** Whether the topic was configured to have fewer subscribers, and this one has to go. */
  boolean loseIfTooMany() {
    if (isTaken && at != null && at.subscribers().releaseIfTooMany()) {
      isTaken = false;
      return true;
    }
    return false;
  }

  /** Whether the topic's configuration asks for a confirmation after so long without one. */
  boolean mustConfirm(long unconfirmedMillis) {
    return at != null && unconfirmedMillis >= at.subscribers().checkSeconds() * 1_000;
  }
}
