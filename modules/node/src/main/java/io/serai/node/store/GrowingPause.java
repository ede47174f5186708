package io.serai.node.store;

import java.time.Duration;

/**
 * How long to wait before something that fails is tried again: twice as long each time, and little
 * again once it has worked for a while. Used by one thread at a time.
 */
final class GrowingPause {
  private final Duration first;
  private final Duration most;
  private Duration next;

  GrowingPause(Duration first, Duration most) {
    this.first = first;
    this.most = most;
    this.next = first;
  }

  /**
   * It has failed.
   *
   * @param worked for how long before; zero when not at all
   */
  Duration after(Duration worked) {
    if (worked.compareTo(most) > 0) {
      next = first; // what fails at once each time it is tried does not begin anew
    }
    Duration now = next;
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(most) < 0 ? twice : most;
    return now;
  }
}
