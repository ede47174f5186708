package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Request;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Messages of one queue taken out of turn (basic.get), in the order they are asked for, once
 * whatever has expired at the head of the queue is out of the way. Who asks while the first message
 * is on disk only is answered when it is here.
 */
final class Takes implements Chore {
  private record Take(ShardSession session, boolean noAck, Consumer<Request.Got> answer) {}

  private final Queue queue;
  private final Backlog ready;
  private final Consumers consumers;
  private final Dispatch dispatch;
  private final Unprocessed unprocessed;
  private final ShardServices shard;

  /** Wait for the first message; at most one for each channel. */
  private final ArrayDeque<Take> waiting = new ArrayDeque<>(0);

  /** Whether the turns to come go on. */
  private boolean isChore;

  Takes(
      Queue queue,
      Backlog ready,
      Consumers consumers,
      Dispatch dispatch,
      Unprocessed unprocessed,
      ShardServices shard) {
    this.queue = queue;
    this.ready = ready;
    this.consumers = consumers;
    this.dispatch = dispatch;
    this.unprocessed = unprocessed;
    this.shard = shard;
  }

  /** Takes the first message, if there is one. */
  void take(ShardSession session, boolean noAck, Consumer<Request.Got> answer) {
    waiting.add(new Take(session, noAck, answer));
    goOn();
  }

  /** Whether somebody is not answered yet. */
  boolean isWaiting() {
    return !waiting.isEmpty();
  }

  /** Answers those that can be answered now; what takes longer goes on in later turns. */
  void goOn() {
    doSome(Turn.SLICE);
    if (!isChore && !isDone()) {
      isChore = true;
      shard.turn().add(this);
    }
  }

  /** Nobody waits, or what they wait for is being loaded. */
  @Override
  public boolean isDone() {
    boolean isDone = waiting.isEmpty() || isHeadAway();
    isChore &= !isDone;
    return isDone;
  }

  private boolean isHeadAway() {
    return !ready.hasHead() && !ready.isEmpty();
  }

  @Override
  public int doSome(int most) {
    int done = 0;
    for (; done < most && !waiting.isEmpty() && !isHeadAway(); done++) {
      if (dispatch.isHeadExpired()) {
        unprocessed.dropHead(DeathReason.EXPIRED);
      } else {
        Take next = waiting.remove();
        next.answer().accept(got(next));
      }
    }
    if (!waiting.isEmpty() && isHeadAway()) {
      dispatch.loadHead();
    }
    return Math.max(1, done);
  }

  private Request.Got got(Take take) {
    if (ready.isEmpty() || take.session().isEnded) {
      return new Request.Got(null, 0);
    }
    QueueConsumer taker = QueueConsumer.taker(queue, take.session(), take.noAck());
    if (!take.noAck() && taker.unsettled.isEmpty()) {
      consumers.add(taker);
    }
    Delivery delivery = dispatch.takeHead(taker);
    shard.counters().add(Counter.DELIVERIES, 1);
    return new Request.Got(delivery, ready.size());
  }
}
