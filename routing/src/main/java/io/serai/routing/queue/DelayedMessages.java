package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.model.Message;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredMessage;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The messages of one shard that wait for their time before they are routed: those of delayed
 * exchanges. In the order of their times, among equals as they came. One is held, in memory and
 * store, until every queue it is routed to has it. Bounded by the memory watermark, which stops
 * publishers. Confined to the shard's loop.
 */
final class DelayedMessages {
  /** Messages routed and not yet taken; the rest waits for them, however late. */
  static final int WINDOW = 1_000;

  private record Held(long dueMillis, long sequence, Message message) {}

  private final ShardServices shard;
  private final Custody custody;
  private final PriorityQueue<Held> held =
      new PriorityQueue<>(
          Comparator.comparingLong(Held::dueMillis).thenComparingLong(Held::sequence));
  private final Deadline deadline = new Deadline(this::release);
  private long nextSequence;
  private int underWay;

  /**
   * @param loop the shard's
   */
  DelayedMessages(int loop, ShardServices shard) {
    this.shard = shard;
    this.custody = new Custody(Store.DELAYED_OWNER, shard, false);
    this.nextSequence = Store.sequenceOfLoop(loop, shard.store().firstSequence());
  }

  /** Number of messages whose time has not come. */
  int count() {
    return held.size();
  }

  /** Takes a message of the current append until its delay is over. */
  void hold(Message message) {
    shard.memory().begin(1);
    long sequence = nextSequence++;
    long dueMillis = shard.host().nowMillis() + Delay.millisOf(message);
    custody.take(sequence, message, dueMillis);
    shard.memory().end(message);
    held.add(new Held(dueMillis, sequence, message));
    setDeadline();
  }

  /** Takes back messages whose delay was not over when the node ended. */
  void restore(List<StoredMessage> messages) {
    for (StoredMessage stored : messages) {
      custody.restore(stored);
      held.add(new Held(stored.note(), stored.sequence(), stored.message()));
    }
    setDeadline();
  }

  private void release() {
    long now = shard.host().nowMillis();
    for (int n = 0; n < Turn.SLICE && underWay < WINDOW; n++) {
      Held first = held.peek();
      if (first == null || first.dueMillis() > now) {
        break;
      }
      held.poll();
      send(first, now);
    }
    setDeadline();
  }

  private void send(Held due, long nowMillis) {
    underWay++;
    Message message = Delay.over(due.message(), nowMillis);
    shard
        .host()
        .deadLetter(
            new DeadLetter(null, message.origin().vhost(), message, Set.of(), true),
            fate -> {
              underWay--;
              custody.letGo(due.sequence(), due.message());
              if (fate == LetterFate.REFUSED) {
                shard.counters().add(Counter.MESSAGES_UNROUTABLE, 1);
              }
              setDeadline();
            });
  }

  /** While the window is full the answers go on. */
  private void setDeadline() {
    Held first = held.peek();
    shard
        .deadlines()
        .set(deadline, first == null || underWay >= WINDOW ? Deadline.NEVER : first.dueMillis());
  }
}
