package io.serai.gateway.coap;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.Observer.Ended;
import io.serai.gateway.coap.Observer.Notified;
import org.jspecify.annotations.Nullable;

/**
 * An observation as the message layer keeps it: the newest state that waits, and what is underway.
 * Confined to the connection's event loop.
 */
final class Relation implements Observation {
  /** A state to tell of. */
  record Waiting(CoapAnswer state, boolean isConfirmable, long tag) {}

  private final Requests requests;
  private final CoapToken token;
  private final RequestKey key;
  private final @Nullable BlockOption wantedBlock;
  private final Observer observer;
  private boolean isActive = true;
  private @Nullable Waiting waiting;

  // ---- kept by the carrier

  /** In a row of relations that wait for room. */
  boolean isInRow;

  /** A confirmable notification is underway, which has this tag. */
  boolean isUnderway;

  long underwayTag;

  /** The message id of the last notification that need not be confirmed, or -1. */
  int lastMessageId = -1;

  /** Notifications since one was confirmed. */
  int unconfirmed;

  /** When a notification was confirmed last, or the observation began; by the loop's clock. */
  long confirmedMillis;

  Relation(
      Requests requests,
      CoapToken token,
      RequestKey key,
      @Nullable BlockOption wantedBlock,
      Observer observer,
      long nowMillis) {
    this.requests = requests;
    this.token = token;
    this.key = key;
    this.wantedBlock = wantedBlock;
    this.observer = observer;
    this.confirmedMillis = nowMillis;
  }

  CoapToken token() {
    return token;
  }

  /** By what a client asks for the rest of a notification in blocks. */
  RequestKey key() {
    return key;
  }

  /** The size of blocks that the client asked for. */
  @Nullable BlockOption wantedBlock() {
    return wantedBlock;
  }

  @Nullable Waiting waiting() {
    return waiting;
  }

  /** Takes what waits, to send it. */
  @Nullable Waiting take() {
    Waiting next = waiting;
    waiting = null;
    return next;
  }

  @Override
  public void notify(CoapAnswer state, boolean isConfirmable, long tag, Effects<CoapFrame> out) {
    if (!isActive) {
      return;
    }
    Waiting older = waiting;
    waiting = new Waiting(state, isConfirmable, tag);
    requests.offer(this, out);
    if (older != null) {
      observer.onNotified(older.tag(), Notified.SUPERSEDED, out);
    }
  }

  @Override
  public void end(CoapAnswer last, Effects<CoapFrame> out) {
    if (isActive) {
      requests.endWith(this, last, out);
    }
  }

  @Override
  public void forget() {
    if (isActive) {
      requests.remove(this);
    }
  }

  @Override
  public boolean isActive() {
    return isActive;
  }

  // ---- for the message layer

  /** It is over; the observer hears nothing of it yet. */
  void deactivate() {
    isActive = false;
    waiting = null;
  }

  void notified(long tag, Notified outcome, Effects<CoapFrame> out) {
    if (isActive) {
      observer.onNotified(tag, outcome, out);
    }
  }

  void ended(Ended why, Effects<CoapFrame> out) {
    observer.onEnded(why, out);
  }
}
