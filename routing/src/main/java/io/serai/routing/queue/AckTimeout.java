package io.serai.routing.queue;

import io.serai.bus.SessionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Tells sessions of consumers that leave a delivery of one queue unsettled for too long ({@code
 * x-consumer-timeout}). Looks at all consumers a few times in that long, with one deadline for the
 * queue and only while somebody consumes; a queue without a limit has none.
 */
final class AckTimeout {
  private final Consumers consumers;
  private final ShardServices shard;

  /** -1 for no limit. */
  private long timeoutMillis = -1;

  /** Made when there is a limit and a consumer. */
  private @Nullable Deadline deadline;

  AckTimeout(Consumers consumers, ShardServices shard) {
    this.consumers = consumers;
    this.shard = shard;
  }

  /** From now on this limit counts, -1 for none; what was looked at before is forgotten. */
  void limit(long millis) {
    if (millis != timeoutMillis) {
      timeoutMillis = millis;
      for (QueueConsumer consumer : consumers.all()) {
        consumer.marks = null;
      }
      stop();
      watch();
    }
  }

  /** There may be a consumer to look after. */
  void watch() {
    if (timeoutMillis < 0 || consumers.all().isEmpty()) {
      return;
    }
    if (deadline == null) {
      deadline = new Deadline(this::check);
    }
    if (deadline.atMillis == Deadline.NEVER) {
      long interval = Math.max(1, timeoutMillis / AckMarks.CHECKS);
      shard.deadlines().set(deadline, shard.host().nowMillis() + interval);
    }
  }

  /** Nobody is looked after any more. */
  void stop() {
    if (deadline != null) {
      shard.deadlines().set(deadline, Deadline.NEVER);
    }
  }

  private void check() {
    for (QueueConsumer consumer : consumers.all()) {
      if (consumer.isTimed() && consumer.marks().check(consumer.unsettled)) {
        shard
            .host()
            .send(new SessionEvent.AckTimedOut(consumer.session.ref, consumer.ref, timeoutMillis));
      }
    }
    watch();
  }
}
