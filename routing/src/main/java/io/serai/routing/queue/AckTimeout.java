package io.serai.routing.queue;

import io.serai.bus.SessionEvent;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells sessions of consumers that leave a delivery of one queue unsettled for too long ({@code
 * x-consumer-timeout}). Looks at all consumers a few times in that long, some in each turn, with
 * one deadline for the queue and only while somebody consumes; a queue without a limit has none.
 */
final class AckTimeout implements Chore {
  /** A shorter limit counts as this: who sets less would have the queue look all the time. */
  static final long LEAST_MILLIS = 1_000;

  private final Consumers consumers;
  private final ShardServices shard;

  /** -1 for no limit. */
  private long timeoutMillis = -1;

  /** Made when there is a limit and a consumer. */
  private @Nullable Deadline deadline;

  /** Those that are still to be looked at in this round. */
  private Iterator<QueueConsumer> round = Collections.emptyIterator();

  AckTimeout(Consumers consumers, ShardServices shard) {
    this.consumers = consumers;
    this.shard = shard;
  }

  /** From now on this limit counts, -1 for none; what was looked at before is forgotten. */
  void limit(long wantedMillis) {
    long millis = wantedMillis < 0 ? -1 : Math.max(LEAST_MILLIS, wantedMillis);
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
      deadline = new Deadline(this::begin);
    }
    if (deadline.atMillis == Deadline.NEVER && isDone()) {
      shard.deadlines().set(deadline, shard.host().nowMillis() + timeoutMillis / AckMarks.CHECKS);
    }
  }

  /** Nobody is looked after any more. */
  void stop() {
    round = Collections.emptyIterator();
    if (deadline != null) {
      shard.deadlines().set(deadline, Deadline.NEVER);
    }
  }

  private void begin() {
    round = List.copyOf(consumers.all()).iterator();
    shard.turn().add(this);
  }

  @Override
  public boolean isDone() {
    return !round.hasNext();
  }

  @Override
  public int doSome(int most) {
    int looked = 0;
    try {
      for (; looked < most && round.hasNext(); looked++) {
        check(round.next());
      }
    } catch (RuntimeException e) {
      round = Collections.emptyIterator(); // nobody goes on with this round
      throw e;
    } finally {
      watch();
    }
    return Math.max(1, looked);
  }

  private void check(QueueConsumer consumer) {
    if (consumer.isTimed() && consumer.marks().check(consumer.unsettled)) {
      shard
          .host()
          .send(new SessionEvent.AckTimedOut(consumer.session.ref, consumer.ref, timeoutMillis));
    }
  }
}
