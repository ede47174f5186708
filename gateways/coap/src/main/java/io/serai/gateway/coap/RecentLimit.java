package io.serai.gateway.coap;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests are remembered for a peer, in case they come again. Many, as long as those of
 * all peers of the node take no more than a sixteenth of the heap; beyond that so few as an honest
 * peer has underway. Shared by all loops.
 */
final class RecentLimit {
  /** Of one peer that sends more within their lifetime the oldest are forgotten. */
  static final int MANY = 1_024;

  /** RFC 7252 has one underway (NSTART); some clients have a few. */
  static final int FEW = 16;

  /** A request with an answer of one block. */
  private static final int REQUEST_BYTES = 1_536;

  private final int most;
  private final AtomicInteger count = new AtomicInteger();

  /**
   * @param most requests of all peers, before each may have few only
   */
  RecentLimit(int most) {
    this.most = most;
  }

  static RecentLimit ofHeap() {
    long most = Runtime.getRuntime().maxMemory() / 16 / REQUEST_BYTES;
    return new RecentLimit((int) Math.min(Integer.MAX_VALUE, most));
  }

  /** Counts so many more, or less. */
  void add(int requests) {
    count.addAndGet(requests);
  }

  /** How many of a peer may be remembered now. */
  int perPeer() {
    return count.get() > most ? FEW : MANY;
  }

  int count() {
    return count.get();
  }
}
