package io.serai.bus.seeded;

import java.util.concurrent.locks.ReentrantLock;

/** Breaks: no lock, no monitor, no wait on an event loop. */
final class LocksAndWaits {
  private final ReentrantLock lock = new ReentrantLock();
  private int count;

  synchronized void whole() {
    count++;
  }

  void block() {
    synchronized (lock) {
      count++;
    }
  }

  void waits() throws InterruptedException {
    Thread.sleep(count);
  }
}
