package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.routing.selector.Selector;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each message that comes to one queue: a consumer has it at once, it is kept, or
 * there is no room for it or no time.
 */
final class Arrivals {
  /** Retained values that one volatile queue takes at most beyond its short run. */
  static final int MAX_SPARED = 100_000;

  /** Messages that make room at once when one is kept; if that is not enough, turns do the rest. */
  private static final int ROOM_PER_APPEND = 16;

  private final Queue queue;

  /** Which messages the queue takes; null for every one. */
  private final @Nullable Selector selector;

  private final boolean isVolatile;
  private final Backlog ready;
  private final Consumers consumers;
  private final Dispatch dispatch;
  private final Custody custody;
  private final Unprocessed unprocessed;
  private final Expiry expiry;
  private final ShardServices shard;

  Arrivals(
      Queue queue,
      @Nullable Selector selector,
      boolean isVolatile,
      Backlog ready,
      Consumers consumers,
      Dispatch dispatch,
      Custody custody,
      Unprocessed unprocessed,
      Expiry expiry,
      ShardServices shard) {
    this.queue = queue;
    this.selector = selector;
    this.isVolatile = isVolatile;
    this.ready = ready;
    this.consumers = consumers;
    this.dispatch = dispatch;
    this.custody = custody;
    this.unprocessed = unprocessed;
    this.expiry = expiry;
    this.shard = shard;
  }

  /** Whether the message is for the queue at all. */
  boolean accepts(Message message) {
    return selector == null || selector.matches(message);
  }

  /** Keeps room for a message that a transaction brings; false when there is none. */
  boolean reserve(Message message) {
    while (ready.isFullFor(message) && dispatch.deliverOne()) {
      // room made by somebody with credit
    }
    if (ready.isFullFor(message) && !ready.dropsTail()) {
      return false;
    }
    ready.reserve(message);
    return true;
  }

  /**
   * Takes a message: delivers, keeps or drops it.
   *
   * @param isRetained whether it is a retained value for the queue's subscriber
   */
  AppendResult append(Message message, @Nullable MatchData match, boolean isRetained) {
    if (!accepts(message)) {
      return AppendResult.DROPPED; // not for this queue: as it should be
    }
    while (ready.isFullFor(message) && dispatch.deliverOne()) {
      // room made by somebody with credit
    }
    if (ready.isFullFor(message)) {
      if (ready.dropsTail()) {
        unprocessed.dropped(message);
        return AppendResult.DROPPED;
      }
      unprocessed.refused(message);
      return AppendResult.REFUSED;
    }
    QueueConsumer consumer =
        !dispatch.isHeld() && ready.isEmpty() && !consumers.hasViewers() ? consumers.next() : null;
    if (consumer != null) {
      dispatch.deliverNew(consumer, message, match);
      return AppendResult.TAKEN;
    }
    if (isRetained ? isVolatile && ready.size() >= MAX_SPARED : isPassing(message, match)) {
      shard.counters().add(Counter.MESSAGES_DROPPED, 1);
      return AppendResult.DROPPED;
    }
    return keep(message, match, isRetained && isVolatile);
  }

  /** Whether a live message is not to be kept: it would not be missed, or nothing makes room. */
  private boolean isPassing(Message message, @Nullable MatchData match) {
    return ready.isFullBehindSpared()
        || (match != null
            && (consumers.count() == 0 || ready.size() >= shard.limits().volatileMessages())
            && match.isAtMostOnce(message));
  }

  private AppendResult keep(Message message, @Nullable MatchData match, boolean isSpared) {
    long expiresAt = ready.expiresAtMillis(message);
    if (expiresAt != Deadline.NEVER && expiresAt <= shard.host().nowMillis()) {
      return deliverAtOnce(message, match);
    }
    boolean wasEmpty = ready.isEmpty();
    custody.take(ready.add(message, match), message, match, false);
    if (isSpared) {
      ready.spareAll();
    }
    boolean isHeadGone = false;
    for (int n = 0; n < ROOM_PER_APPEND && ready.isOverfull() && dispatch.moveHead(); n++) {
      isHeadGone = true;
    }
    if (wasEmpty || isHeadGone || ready.hasPriorities()) {
      expiry.set();
    }
    if (consumers.hasViewers()) {
      consumers.rouse();
      shard.turn().wake(queue);
    } else if ((wasEmpty && consumers.hasUntold()) || ready.isOverfull()) {
      shard.turn().wake(queue);
    }
    return AppendResult.TAKEN;
  }

  /** Delivers a message that has no time to wait, or drops it. */
  private AppendResult deliverAtOnce(Message message, @Nullable MatchData match) {
    QueueConsumer consumer =
        consumers.hasViewers() ? consumers.takerOf(message, ready.isEmpty()) : null;
    if (consumer == null) {
      unprocessed.expiredAtOnce(message);
      return AppendResult.DROPPED;
    }
    dispatch.deliverNew(consumer, message, match);
    return AppendResult.TAKEN;
  }
}
