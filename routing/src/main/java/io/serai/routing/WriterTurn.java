package io.serai.routing;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whose turn it is to write the routing table: the topology owner's from the first change that
 * waits for it to the last, or that of a loop which makes one change in place. Nobody ever waits
 * here: who does not get the turn does something else. Used by all loops.
 */
final class WriterTurn {
  private final AtomicBoolean isTaken = new AtomicBoolean();

  /** Set by the owner only: no other loop gets in before it. */
  private volatile boolean isOwnerNext;

  /** Takes the turn for one change that is made at once; false when it has to go to the owner. */
  boolean tryTake() {
    return !isOwnerNext && isTaken.compareAndSet(false, true);
  }

  /**
   * Takes the turn for the owner; false while another loop makes its one change. That takes
   * microseconds and no other follows, so the owner's next turn is early enough to ask again.
   */
  boolean tryTakeAsOwner() {
    boolean isMine = isTaken.compareAndSet(false, true);
    isOwnerNext = !isMine;
    return isMine;
  }

  void giveBack() {
    isTaken.set(false);
  }
}
