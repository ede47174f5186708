package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.Request;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredMessage;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one shard that wait for their time before they are routed: those of delayed
 * exchanges. In the order of their times, among equals as they came. One is held, in memory and
 * store, until every queue it is routed to has it. Bounded by the memory watermark, which stops
 * publishers. Confined to the shard's loop.
 */
final class DelayedMessages {
  /** Messages routed and not yet taken; the rest waits for them, however late. */
  static final int WINDOW = 1_000;

  /** Stands for no message where only a place is meant. */
  private static final Message NONE =
      new Message(
          Address.ofQueue(""),
          Encoding.Neutral.NONE,
          Body.ofUtf8(""),
          new Origin("", "", "", ""),
          0);

  /** A message and when its time comes. */
  record Held(long dueMillis, long sequence, Message message, boolean isRouted) {
    /** What the store keeps beside the message: when it is due, negative for a copy. */
    long note() {
      return isRouted ? -dueMillis : dueMillis;
    }

    static Held of(StoredMessage stored) {
      return new Held(
          Math.abs(stored.note()), stored.sequence(), stored.message(), stored.note() < 0);
    }
  }

  private final ShardServices shard;
  private final Custody custody;
  private final TreeSet<Held> held =
      new TreeSet<>(Comparator.comparingLong(Held::dueMillis).thenComparingLong(Held::sequence));
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

  /**
   * Takes a message of the current append until its delay is over.
   *
   * @param isRouted whether it is a copy that another exchange sent on: the rules for what is
   *     published do not apply to it again
   */
  void hold(Message message, boolean isRouted) {
    shard.memory().begin(1);
    long sequence = nextSequence++;
    long dueMillis = shard.host().nowMillis() + Delay.millisOf(message);
    Held added = new Held(dueMillis, sequence, message, isRouted);
    custody.take(sequence, message, added.note());
    shard.memory().end(message);
    held.add(added);
    setDeadline();
  }

  /** The note that a message would be held with now. */
  static long note(Message message, boolean isRouted, long nowMillis) {
    return new Held(nowMillis + Delay.millisOf(message), 0, message, isRouted).note();
  }

  /** Takes back messages whose delay was not over when the node ended. */
  void restore(List<StoredMessage> messages) {
    for (StoredMessage stored : messages) {
      custody.restore(stored);
      held.add(Held.of(stored));
    }
    setDeadline();
  }

  private @Nullable Held first() {
    return held.isEmpty() ? null : held.first();
  }

  // ---- looking and cancelling

  /** The message whose time comes next after another's; null when there is none. */
  @Nullable Held after(Held other) {
    return held.higher(other);
  }

  /** Lists messages in the order of their times, over as many turns as that takes. */
  void list(ShardCall.ListDelayed asked, Consumer<List<Request.DelayedMessage>> answer) {
    search(asked.vhost(), asked.exchange(), null, asked.fromMillis(), asked.most(), answer);
  }

  /** Takes messages away before their time and tells which. */
  void cancel(ShardCall.CancelDelayed asked, Consumer<List<Request.DelayedMessage>> answer) {
    search(asked.vhost(), asked.exchange(), asked.messageId(), 0, Integer.MAX_VALUE, answer);
  }

  private void search(
      String vhost,
      @Nullable String exchange,
      @Nullable String cancelledId,
      long fromMillis,
      int most,
      Consumer<List<Request.DelayedMessage>> answer) {
    Held before = new Held(fromMillis, -1, NONE, false);
    shard.turn().add(new DelayedSearch(this, vhost, exchange, cancelledId, before, most, answer));
  }

  /** A message is not wanted any more. */
  void cancel(Held one) {
    held.remove(one);
    custody.letGo(one.sequence(), one.message());
    shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    setDeadline();
  }

  // ---- release

  private void release() {
    long now = shard.host().nowMillis();
    try {
      for (int n = 0; n < Turn.SLICE && underWay < WINDOW; n++) {
        Held first = first();
        if (first == null || first.dueMillis() > now) {
          break;
        }
        held.remove(first);
        send(first, now);
      }
    } finally {
      setDeadline();
    }
  }

  private void send(Held due, long nowMillis) {
    Message message = Delay.over(due.message(), nowMillis);
    underWay++;
    shard
        .host()
        .deadLetter(
            new DeadLetter(null, message.origin().vhost(), message, Set.of(), !due.isRouted()),
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
    Held first = first();
    shard
        .deadlines()
        .set(deadline, first == null || underWay >= WINDOW ? Deadline.NEVER : first.dueMillis());
  }
}
