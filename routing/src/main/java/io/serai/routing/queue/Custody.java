package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * The messages one queue answers for, from when it takes them until somebody else has or nobody
 * wants them: they count towards memory and, where they must survive, are in the store.
 */
final class Custody {
  private final QueueRef queue;
  private final ShardServices shard;
  private boolean isDurable;

  /** Whether the queue is durable for transient messages too (a quorum queue). */
  private final boolean isForAll;

  Custody(QueueRef queue, ShardServices shard, boolean isDurable, boolean isForAll) {
    this.queue = queue;
    this.shard = shard;
    this.isDurable = isDurable;
    this.isForAll = isForAll;
  }

  /** Takes a message that is being appended to the shard's queues. */
  void take(long sequence, Message message, @Nullable MatchData match) {
    shard.memory().hold(message);
    if (isStored(message)) {
      shard.store().append(queue, sequence, message, match);
    }
  }

  /** The queue is done with a message it took. */
  void letGo(long sequence, Message message) {
    if (isStored(message)) {
      shard.store().settle(queue, sequence);
    }
    shard.memory().drop(message);
  }

  /** The queue is gone, and from the store all it had; what it still holds is let go of later. */
  void queueRemoved() {
    if (isDurable) {
      shard.store().removed(queue);
      isDurable = false;
    }
  }

  private boolean isStored(Message message) {
    return isDurable && (isForAll || message.encoding().isDurable());
  }
}
