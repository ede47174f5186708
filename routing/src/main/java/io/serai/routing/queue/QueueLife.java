package io.serai.routing.queue;

import io.serai.bus.QueueRef;

/**
 * When a queue ends by itself: after its last consumer (auto-delete) or after a time without use
 * (x-expires). Asked for once; from then on the queue counts as gone for everyone who comes, though
 * it goes only when the topology owner has taken it out of the table.
 */
final class QueueLife {
  private final QueueRef queue;
  private final boolean isAutoDelete;

  /** Time without use after which it ends, -1 for never. */
  private long expiresMillis;

  private final ShardHost host;

  /** Last attach, detach, declare or basic.get. */
  private long lastUsedMillis;

  private boolean isEnding;

  QueueLife(QueueRef queue, boolean isAutoDelete, long expiresMillis, ShardHost host) {
    this.queue = queue;
    this.isAutoDelete = isAutoDelete;
    this.expiresMillis = expiresMillis;
    this.host = host;
    use();
  }

  /** Ends after another time without use, counted from now; -1 for never. */
  void expireAfter(long millis) {
    if (millis != expiresMillis) {
      expiresMillis = millis;
      use();
    }
  }

  /** Whether it was asked to go, or is gone. */
  boolean isEnding() {
    return isEnding;
  }

  /** Somebody uses the queue. */
  void use() {
    if (expiresMillis >= 0) {
      lastUsedMillis = host.nowMillis();
    }
  }

  /** A consumer left and that many stay. */
  void consumerLeft(int consumers) {
    use();
    if (isAutoDelete && consumers == 0) {
      end();
    }
  }

  /** When it expires; {@link Deadline#NEVER} when it does not or is in use. */
  long expiresAtMillis(int consumers) {
    return expiresMillis < 0 || consumers > 0 ? Deadline.NEVER : lastUsedMillis + expiresMillis;
  }

  /** Ends it when it has not been used for too long. */
  void expire(int consumers) {
    if (expiresAtMillis(consumers) <= host.nowMillis()) {
      end();
    }
  }

  /** It is out of the table. */
  void gone() {
    isEnding = true;
  }

  private void end() {
    if (!isEnding) {
      isEnding = true;
      host.deleteQueue(queue);
    }
  }
}
