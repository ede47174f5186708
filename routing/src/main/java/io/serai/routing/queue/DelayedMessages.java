package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.Request;
import io.serai.model.Message;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredDelay;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one shard that wait for their time before they are routed: those of delayed
 * exchanges. In the order of their times, among equals as they came. One is held, in memory or
 * store, until every queue it is routed to has it. Persistent ones that are due last leave memory
 * when there are too many, and are read back shortly before their time. Bounded by the memory
 * watermark, which stops publishers. Confined to the shard's loop.
 */
final class DelayedMessages {
  /**
   * Messages routed and not yet taken, or fewer when they take as much memory as others that wait
   * may; the rest waits for them, however late.
   */
  static final int WINDOW = 1_000;

  /** How long before its time a message is read back. */
  static final long AHEAD_MILLIS = 1_000;

  /** Heap bytes that are read back together. */
  static final long PAGE_BYTES = Paging.PAGE_BYTES;

  private final ShardServices shard;
  private final Custody custody;

  /** Null where every message stays in memory. */
  private final Store.@Nullable Pages pages;

  private final DelayedIndex held = new DelayedIndex();
  private final Deadline deadline = new Deadline(this::release);
  private long nextSequence;
  private int underWay;

  /** Heap bytes of those. */
  private long underWayBytes;

  private boolean isLoading;

  /** Up to where the store can be read. */
  private long safePosition;

  /**
   * @param loop the shard's
   */
  DelayedMessages(int loop, ShardServices shard) {
    this.shard = shard;
    this.custody = new Custody(Store.DELAYED_OWNER, shard, false);
    this.pages = shard.store().pages();
    this.nextSequence = Store.sequenceOfLoop(loop, shard.store().firstSequence());
  }

  /** Number of messages whose time has not come. */
  int count() {
    return held.count();
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
    long dueMillis = dueMillis(message, shard.host().nowMillis());
    HeldMessage added = HeldMessage.of(dueMillis, sequence, message, isRouted);
    custody.take(sequence, message, HeldMessage.note(dueMillis, isRouted));
    shard.memory().end(message);
    added.safeAt = shard.store().position();
    held.add(added, custody.isStored(message));
    setDeadline();
  }

  private static long dueMillis(Message message, long nowMillis) {
    return nowMillis + Delay.millisOf(message);
  }

  /** The note that a message would be held with now. */
  static long note(Message message, boolean isRouted, long nowMillis) {
    return HeldMessage.note(dueMillis(message, nowMillis), isRouted);
  }

  /** Takes back messages whose delay was not over when the node ended; they are in the store. */
  void restore(List<StoredDelay> messages) {
    for (StoredDelay stored : messages) {
      shard.memory().add(DelayedIndex.AWAY_BYTES);
      held.addAway(HeldMessage.of(stored));
    }
    setDeadline();
  }

  // ---- out of memory and back

  /** Everything up to a position of the store can be read: what is due last need not be here. */
  void synced(long position) {
    safePosition = position;
    if (pages != null) {
      makeRoom();
      setDeadline();
    }
  }

  private void makeRoom() {
    long most = shard.pager().delayedBytes();
    for (HeldMessage one; (one = held.takeAway(most, safePosition)) != null; ) {
      Message message = one.message;
      one.message = null;
      if (message != null) {
        custody.pagedOut(message);
      }
      shard.memory().add(DelayedIndex.AWAY_BYTES);
    }
  }

  /** Reads those that are due next and are not here. */
  private void loadNext(HeldMessage first) {
    isLoading = true;
    List<HeldMessage> wanted = held.awayFrom(first, PAGE_BYTES);
    read(
        wanted,
        messages -> {
          isLoading = false;
          for (int i = 0; i < messages.length; i++) {
            arrived(wanted.get(i), messages[i]);
          }
          makeRoom();
          release();
        });
  }

  private void arrived(HeldMessage one, @Nullable Message message) {
    if (!held.isAway(one)) {
      return; // it was cancelled
    }
    if (message == null) {
      // It may have been read along with earlier ones: it must not come before its own time.
      long againMillis = shard.host().nowMillis() + Unreadable.waitMillis(one.failures);
      held.remove(one);
      held.addAway(one.later(Math.max(one.dueMillis, againMillis)));
      return;
    }
    one.isHere(message);
    one.safeAt = 0;
    held.isHere(one);
    shard.memory().add(-DelayedIndex.AWAY_BYTES);
    custody.pagedIn(message);
  }

  /**
   * Reads messages that are in the store only, for somebody to look at.
   *
   * @param read told once, not in the middle of this call: the messages in the order of {@code
   *     wanted}; null for one that cannot be read
   */
  void read(List<HeldMessage> wanted, Consumer<@Nullable Message[]> read) {
    if (pages == null) {
      throw new IllegalStateException("no message is away");
    }
    Integer[] bySequence = new Integer[wanted.size()];
    Arrays.setAll(bySequence, i -> i);
    Arrays.sort(bySequence, Comparator.comparingLong(i -> wanted.get(i).sequence));
    long[] sequences = Arrays.stream(bySequence).mapToLong(i -> wanted.get(i).sequence).toArray();
    pages.load(
        Store.DELAYED_OWNER,
        sequences,
        loaded -> {
          @Nullable Message[] messages = new Message[loaded.length];
          for (int i = 0; i < loaded.length; i++) {
            messages[bySequence[i]] = loaded[i];
          }
          read.accept(messages);
        });
  }

  // ---- looking and cancelling

  /** The message whose time comes next after another's; null when there is none. */
  @Nullable HeldMessage after(HeldMessage other) {
    return held.after(other);
  }

  /** One that is in the store only, and those that are due after it: a page of them. */
  List<HeldMessage> awayFrom(HeldMessage one) {
    return held.awayFrom(one, PAGE_BYTES);
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
    HeldMessage from = HeldMessage.before(fromMillis);
    Turn turn = shard.turn();
    turn.add(new DelayedSearch(this, turn, vhost, exchange, cancelledId, from, most, answer));
  }

  /** A message is not wanted any more; false when it is gone already. */
  boolean cancel(HeldMessage one) {
    if (!held.remove(one)) {
      return false;
    }
    Message message = one.message;
    if (message == null) {
      shard.memory().add(-DelayedIndex.AWAY_BYTES);
      custody.letGoUnseen(one.sequence);
    } else {
      custody.letGo(one.sequence, message);
    }
    shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    setDeadline();
    return true;
  }

  // ---- release

  private void release() {
    long now = shard.host().nowMillis();
    try {
      for (int n = 0; n < Turn.SLICE && mayRoute(); n++) {
        HeldMessage first = held.first();
        Message message = first == null ? null : first.message;
        if (first == null || message == null || first.dueMillis > now) {
          break;
        }
        held.remove(first);
        send(first, message, now);
      }
      HeldMessage away = held.firstAway();
      if (away != null && mayRoute() && loadMillis(away) <= now) {
        loadNext(away);
      }
    } finally {
      setDeadline();
    }
  }

  /** Whether the next one need not wait for those that are under way. */
  private boolean mayRoute() {
    boolean hasRoom = underWayBytes < shard.pager().delayedBytes();
    return underWay < WINDOW && (hasRoom || underWay == 0);
  }

  private void send(HeldMessage due, Message message, long nowMillis) {
    Message sent = Delay.over(message, nowMillis);
    int bytes = due.messageBytes();
    underWay++;
    underWayBytes += bytes;
    shard
        .host()
        .deadLetter(
            new DeadLetter(null, sent.origin().vhost(), sent, Set.of(), !due.isRouted),
            fate -> {
              underWay--;
              underWayBytes -= bytes;
              if (fate == LetterFate.NO_VHOST) {
                shard.memory().drop(message); // it stays stored until there is one
              } else {
                custody.letGo(due.sequence, message);
              }
              if (fate == LetterFate.REFUSED || fate == LetterFate.NO_VHOST) {
                shard.counters().add(Counter.MESSAGES_UNROUTABLE, 1);
              }
              setDeadline();
            });
  }

  /** When one that is away is to be read: not while others are, or no room is before it. */
  private long loadMillis(HeldMessage away) {
    boolean isNow =
        !isLoading && (away == held.first() || held.hasRoom(away, shard.pager().delayedBytes()));
    return isNow ? away.dueMillis - AHEAD_MILLIS : Deadline.NEVER;
  }

  /** While the window is full the answers go on, and while a page is on its way that does. */
  private void setDeadline() {
    long at = Deadline.NEVER;
    if (mayRoute()) {
      HeldMessage first = held.first();
      HeldMessage away = held.firstAway();
      if (first != null && first.message != null) {
        at = first.dueMillis;
      }
      if (away != null) {
        at = Math.min(at, loadMillis(away));
      }
    }
    shard.deadlines().set(deadline, at);
  }
}
