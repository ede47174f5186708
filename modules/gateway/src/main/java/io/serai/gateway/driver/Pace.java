package io.serai.gateway.driver;

import io.serai.bus.Counter;
import org.jspecify.annotations.Nullable;

/**
 * How fast one connection is heard: within its rate, and no more in one turn than is fair to the
 * others of its loop. Confined to the connection's loop.
 */
final class Pace {
  /**
   * Routing keys beside its messages' own ones (CC and BCC of AMQP 0-9-1) that a connection may
   * have routed before it lets the others go on: each costs as much as a message and takes a few
   * bytes.
   */
  private static final int KEYS_PER_TURN = 1_000;

  private final SessionHub hub;
  private final Runnable readOn;
  private final @Nullable RateLimit rate;
  private final boolean endsFast;
  private int keysLeft = KEYS_PER_TURN;

  /** When a peer that was too fast is heard again; 0 when it is not waited for. */
  private long resumeAtMillis;

  /**
   * @param readOn called, in a later turn, when a connection that had its share may go on
   */
  Pace(SessionHub hub, ListenerGate gate, Runnable readOn) {
    this.hub = hub;
    this.readOn = readOn;
    this.rate = RateLimit.of(gate.limits(), hub.rates(gate), readOn, hub.clockMillis());
    this.endsFast = gate.limits().endsFast();
  }

  /** Bytes of the peer were decoded. */
  void read(int bytes) {
    if (rate != null) {
      rate.read(bytes, hub.clockMillis());
    }
  }

  /**
   * Whether a message may be published; false when it is one too many and has to be dropped.
   *
   * @param mustPass whether it may not be dropped: then it is paid for later
   */
  boolean admits(boolean mustPass) {
    return rate == null || rate.admits(mustPass, hub.clockMillis());
  }

  /** A message was routed by this many keys beside its own. */
  void routedBy(int keys) {
    boolean hadRoom = keysLeft > 0;
    keysLeft -= keys;
    if (hadRoom && keysLeft <= 0) {
      hub.inLaterTurn(() -> {
        keysLeft = KEYS_PER_TURN;
        readOn.run();
      });
    }
  }

  /** Whether the peer has to wait before it is heard further. */
  boolean mustWait() {
    return keysLeft <= 0 || isTooFast() || isListenerTooFast();
  }

  /** Whether the peer itself was so fast that it may not stay. */
  boolean isOver() {
    return endsFast && isTooFast();
  }

  private boolean isTooFast() {
    return rate != null && rate.freeAtMillis(hub.clockMillis()) > hub.clockMillis();
  }

  private boolean isListenerTooFast() {
    return rate != null && rate.isListenerTooFast();
  }

  /**
   * What has come in is held.
   *
   * @param isHeldAnew something is held that was not before
   * @return whether a tick is to read on, at {@link #resumeAtMillis}
   */
  boolean hold(boolean isHeldAnew) {
    if (rate == null) {
      return false;
    }
    if (rate.isListenerTooFast()) {
      hub.counters().add(Counter.PUBLISHERS_SLOWED_TOGETHER, isHeldAnew ? 1 : 0);
      rate.awaitTurn();
    }
    if (!isTooFast()) {
      return false;
    }
    hub.counters().add(Counter.PUBLISHERS_SLOWED, isHeldAnew ? 1 : 0);
    resumeAtMillis = rate.freeAtMillis(hub.clockMillis());
    return true;
  }

  /** When a peer that was too fast is heard again; {@link Long#MAX_VALUE} for none waits. */
  long resumeAtMillis() {
    return resumeAtMillis > 0 ? resumeAtMillis : Long.MAX_VALUE;
  }

  /** Whether it is time to hear a peer that was too fast; says so once. */
  boolean isResumeDue(long nowMillis) {
    boolean isDue = nowMillis >= resumeAtMillis();
    if (isDue) {
      resumeAtMillis = 0;
    }
    return isDue;
  }

  /** The connection has ended. */
  void leave() {
    if (rate != null) {
      rate.leave();
    }
  }
}
