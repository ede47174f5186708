package io.serai.gateway.coap.resource;

/**
 * How many states wait for the observers of filters of one peer, all of them together: a filter may
 * be observed many times. Confined to the peer's event loop.
 */
final class WaitingRoom {
  /** States that wait; beyond that each observation keeps one, the newest. */
  static final int MAX_WAITING = 4 * TopicObserver.MAX_WAITING;

  private int waiting;

  /** Counts so many more, or less. */
  void add(int states) {
    waiting += states;
  }

  boolean isFull() {
    return waiting >= MAX_WAITING;
  }
}
