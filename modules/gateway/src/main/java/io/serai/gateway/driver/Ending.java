package io.serai.gateway.driver;

import org.jspecify.annotations.Nullable;

/**
 * How far a connection's end has come: it closes, its last words are read, the transport is gone,
 * its session knows, it is over. Confined to the connection's event loop.
 */
final class Ending {
  private final Transport transport;
  private final IdleLimits idle;

  private String reason = "peer_closed";
  private boolean isClosing;

  /**
   * The session closes without a word because of the last frame that came: a peer says nothing
   * after goodbye.
   */
  private boolean isPeerDone;

  /** Null until the session closes. */
  private @Nullable Farewell farewell;

  private boolean isTransportGone;
  private boolean isTold;
  private boolean isOver;

  Ending(Transport transport, IdleLimits idle) {
    this.transport = transport;
    this.idle = idle;
  }

  /** Whether it only waits for its end: nothing that comes counts any more, nothing is sent. */
  boolean isClosing() {
    return isClosing;
  }

  /** Whether nothing can be written any more. */
  boolean isTransportGone() {
    return isTransportGone;
  }

  boolean isOver() {
    return isOver;
  }

  /** Why it ends, for logs and whoever watches clients. */
  String reason() {
    return reason;
  }

  /** It closes once what was sent so far has left. */
  void close(String why, boolean isPeerDone, long nowMillis) {
    isClosing = true;
    reason = why;
    this.isPeerDone = isPeerDone;
    farewell = new Farewell(nowMillis);
    idle.closeAt(nowMillis + Farewell.PATIENCE_MILLIS);
  }

  /** What was sent has left: if those were its last words, the peer is told. */
  void flushed() {
    if (isClosing && !isOver) {
      transport.finish(isPeerDone);
    }
  }

  /**
   * Closes the transport of who has not logged in in time, and of who does not go on reading our
   * last words.
   *
   * @return whether that time has come
   */
  boolean closeIfDue(long nowMillis) {
    if (!idle.isCloseDue(nowMillis)) {
      return false;
    }
    if (farewell != null && farewell.goesOn(nowMillis, transport.waitingBytes())) {
      idle.closeAt(nowMillis + Farewell.PATIENCE_MILLIS);
      return true;
    }
    if (!isClosing) {
      reason = "connect_timeout";
      isClosing = true;
    }
    transport.close();
    return true;
  }

  void transportGone() {
    isTransportGone = true;
    isClosing = true;
  }

  /** Tells the session of its end, unless it knows. */
  void tellOnce(Runnable session) {
    if (!isTold) {
      isTold = true;
      session.run();
    }
  }

  void over() {
    isOver = true;
  }
}
