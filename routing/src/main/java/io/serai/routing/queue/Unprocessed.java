package io.serai.routing.queue;

import io.serai.bus.Caller;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of messages of one queue that nobody has processed: back to their place, or, where
 * that is no use any more, dead letters or nothing.
 */
final class Unprocessed {
  private final QueueRef queue;
  private final Backlog ready;
  private final Consumers consumers;
  private final Custody custody;
  private final ShardServices shard;

  /** Null for a queue without a dead letter exchange. */
  private @Nullable DeadLetters deadLetters;

  /** Null for a queue that does not count how often messages come back. */
  private @Nullable DeliveryLimit deliveryLimit;

  /** Null for a queue where what comes back is ready at once. */
  private @Nullable RetrySchedule schedule;

  /** What waits to be ready again; made when something does. */
  private @Nullable Retries retries;

  /** Told that something is ready that was not. */
  private final Runnable whenReady;

  Unprocessed(
      QueueRef queue,
      Backlog ready,
      Consumers consumers,
      Custody custody,
      ShardServices shard,
      Runnable whenReady) {
    this.queue = queue;
    this.ready = ready;
    this.consumers = consumers;
    this.custody = custody;
    this.shard = shard;
    this.whenReady = whenReady;
  }

  /**
   * The queue is declared, or a policy changed: from now on this counts.
   *
   * @param declaredBy who declared the queue; null for the configuration and its policies
   */
  void configure(QueueArguments arguments, @Nullable Caller declaredBy) {
    DeadLetterTarget target = arguments.deadLetters();
    if (deadLetters != null && target != null) {
      deadLetters.toward(target);
    } else if (deadLetters != null) {
      deadLetters.end();
      deadLetters = null;
    } else if (target != null) {
      deadLetters = new DeadLetters(queue, target, declaredBy, custody, shard);
    }
    deliveryLimit = arguments.deliveryLimit();
    schedule = arguments.retry();
    if (schedule == null && retries != null) {
      retries.releaseAll();
    }
  }

  /** A full queue refused a message of the current append. */
  void refused(Message message) {
    shard.counters().add(Counter.MESSAGES_REFUSED, 1);
    if (deadLetters != null) {
      deadLetters.refused(message);
    }
  }

  /** A full queue has no room for a message of the current append and takes it all the same. */
  void dropped(Message message) {
    shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    if (deadLetters != null) {
      deadLetters.addUnkept(message, DeathReason.MAXLEN);
    }
  }

  /** A message of the current append has no time to wait here. */
  void expiredAtOnce(Message message) {
    shard.counters().add(Counter.MESSAGES_EXPIRED, 1);
    if (deadLetters != null) {
      deadLetters.addUnkept(message, DeathReason.EXPIRED);
    }
  }

  /** A redelivery, with what its consumer is told about the ones before. */
  Delivery counted(Delivery delivery) {
    return deliveryLimit == null ? delivery : deliveryLimit.counted(delivery);
  }

  /** What comes back goes to its old place, unless that happened too often. */
  void giveBack(Delivery held) {
    if (deliveryLimit != null && deliveryLimit.isReachedBy(held)) {
      die(held.sequence(), held.message(), DeathReason.DELIVERY_LIMIT);
      return;
    }
    if (deliveryLimit != null) {
      custody.returned(held);
    }
    if (schedule == null) {
      giveBack(Returned.of(held));
    } else {
      wait(held, schedule);
    }
  }

  private void giveBack(Returned back) {
    ready.giveBack(back);
    consumers.cameBack(back.sequence());
  }

  /** What comes back is on record as one more attempt and waits before it is ready. */
  private void wait(Delivery held, RetrySchedule how) {
    int attempt = held.deliveryCount() + 1;
    long waitMillis = how.waitMillis(attempt);
    Message noted =
        RetryHistory.recorded(
            held.message(), queue.name(), attempt, shard.host().nowMillis(), waitMillis);
    shard.memory().take(noted, 1);
    shard.memory().drop(held.message());
    if (retries == null) {
      retries = new Retries(shard, custody, this::isBack);
    }
    retries.hold(new Returned(held.sequence(), noted, attempt, held.match()), waitMillis);
  }

  /** A message is ready again that was not for a while. */
  void isBack(Returned back) {
    giveBack(back);
    whenReady.run();
  }

  /** Number of messages that wait to be ready again. */
  int waiting() {
    return retries == null ? 0 : retries.count();
  }

  /** The first message goes. */
  void dropHead(DeathReason reason) {
    Message message = ready.headMessage();
    long sequence = ready.headSequence();
    ready.removeHead();
    die(sequence, message, reason);
  }

  /** Whether the first message can go to make room without anybody looking at it. */
  boolean canDropUnseen() {
    return deadLetters == null && ready.canDropUnseen();
  }

  /** The first message goes to make room, here or on disk only. */
  void dropUnseen() {
    Message message = ready.headRun().headIfHere();
    long sequence = ready.headSequence();
    ready.removeHeadUnseen();
    shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    if (message == null) {
      custody.letGoUnseen(sequence);
    } else {
      custody.letGo(sequence, message);
    }
  }

  /** Whether so many dead letters wait that there is no use in loading more. */
  boolean isBehind() {
    return deadLetters != null && deadLetters.isBehind();
  }

  /** Nobody will have processed this message: a dead letter, if the queue has somewhere to send. */
  void die(long sequence, Message message, DeathReason reason) {
    if (reason == DeathReason.EXPIRED) {
      shard.counters().add(Counter.MESSAGES_EXPIRED, 1);
    }
    if (deadLetters != null) {
      deadLetters.add(sequence, message, reason);
      return;
    }
    if (reason != DeathReason.EXPIRED) {
      shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    }
    custody.letGo(sequence, message);
  }

  /** The queue is gone; what is on its way elsewhere goes on. */
  void end() {
    if (deadLetters != null) {
      deadLetters.end();
    }
    if (retries != null) {
      retries.end();
    }
  }
}
