package io.serai.gateway.coap;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of bodies that come in blocks and are not whole, or that go in blocks, of all peers of
 * the node together. Shared by all loops.
 */
final class ReassemblyBudget {
  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();

  ReassemblyBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A sixteenth of the heap. */
  static ReassemblyBudget ofHeap() {
    return new ReassemblyBudget(Runtime.getRuntime().maxMemory() / 16);
  }

  /** Takes {@code bytes}, unless that were too much. */
  boolean take(int bytes) {
    if (used.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  void giveBack(int bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
