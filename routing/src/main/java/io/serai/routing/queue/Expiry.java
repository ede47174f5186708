package io.serai.routing.queue;

import org.jspecify.annotations.Nullable;

/** The one deadline of a queue, for what comes next: its first message's expiry or its own. */
final class Expiry {
  /** How long what expires waits while so much has that nobody has taken yet. */
  private static final long BEHIND_MILLIS = 20;

  private final Backlog ready;
  private final Consumers consumers;
  private final QueueLife life;
  private final Dispatch dispatch;
  private final Unprocessed unprocessed;
  private final ShardServices shard;

  /** Whether messages may be on disk only. */
  private final boolean isPaged;

  /** Made when there is one of them. */
  private @Nullable Deadline deadline;

  Expiry(
      Backlog ready,
      Consumers consumers,
      QueueLife life,
      Dispatch dispatch,
      Unprocessed unprocessed,
      ShardServices shard,
      boolean isPaged) {
    this.ready = ready;
    this.consumers = consumers;
    this.life = life;
    this.dispatch = dispatch;
    this.unprocessed = unprocessed;
    this.shard = shard;
    this.isPaged = isPaged;
  }

  /** Something may come earlier or later than before. */
  void set() {
    long headAt = ready.headExpiresAtMillis();
    if (isPaged && headAt != Deadline.NEVER && unprocessed.isBehind()) {
      headAt = Math.max(headAt, shard.host().nowMillis() + BEHIND_MILLIS);
    }
    long at = Math.min(headAt, life.expiresAtMillis(consumers.count()));
    if (deadline == null) {
      if (at == Deadline.NEVER) {
        return;
      }
      deadline = new Deadline(this::onDeadline);
    }
    shard.deadlines().set(deadline, at);
  }

  /** The queue is gone. */
  void stop() {
    if (deadline != null) {
      shard.deadlines().set(deadline, Deadline.NEVER);
    }
  }

  private void onDeadline() {
    life.expire(consumers.count());
    if (life.isEnding()) {
      return;
    }
    try {
      if (ready.hasHead()) {
        dropExpired();
      } else if (ready.headExpiresAtMillis() <= shard.host().nowMillis()) {
        dispatch.loadHead();
      }
    } finally {
      set();
    }
  }

  private void dropExpired() {
    for (int n = 0;
        n < Turn.SLICE && dispatch.isHeadExpired() && !(isPaged && unprocessed.isBehind());
        n++) {
      unprocessed.dropHead(DeathReason.EXPIRED);
    }
  }
}
