package io.serai.gateway.coap.resource;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who observes a topic of the collection, on all loops, and what its configuration says of them
 * now: a change counts for those who observe already. Thread-safe, without waiting.
 */
final class Subscribers {
  private final AtomicInteger count = new AtomicInteger();
  private volatile long most = -1;
  private volatile long checkSeconds = TopicConfig.OBSERVER_CHECK_SECONDS;

  /** Takes over what a configuration says. */
  void obey(TopicConfig config) {
    most = config.maxSubscribers();
    checkSeconds = config.observerCheckSeconds();
  }

  /** After how long a notification has to be confirmed. */
  long checkSeconds() {
    return checkSeconds;
  }

  /** Counts one more; false when there are as many as there may be. */
  boolean take() {
    while (true) {
      int now = count.get();
      if (most >= 0 && now >= most) {
        return false;
      }
      if (count.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  void release() {
    count.decrementAndGet();
  }

  /** Counts one less if there are more than there may be; then the one who asks has to go. */
  boolean releaseIfTooMany() {
    while (true) {
      int now = count.get();
      if (most < 0 || now <= most) {
        return false;
      }
      if (count.compareAndSet(now, now - 1)) {
        return true;
      }
    }
  }
}
