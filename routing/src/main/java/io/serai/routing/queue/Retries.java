package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.routing.store.Store;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one queue that came back and wait before they are ready again. They stay in the
 * queue's custody, so there are no more of them than it had; they do not count as ready. When there
 * are too many, the bodies of those that the store has are left to it until their time has come.
 */
final class Retries {
  /** Heap bytes of one whose body is in the store, beside its encoding. */
  private static final int AWAY_BYTES = 120;

  /** One that waits: {@code message} is null while its body is in the store only. */
  private record Waiting(
      long dueMillis,
      long sequence,
      @Nullable Message message,
      Encoding encoding,
      int bodyBytes,
      int deliveryCount,
      @Nullable MatchData match,
      int failures) {
    static Waiting of(Returned back, long dueMillis, boolean isAway) {
      Message message = back.message();
      return new Waiting(
          dueMillis,
          back.sequence(),
          isAway ? null : message,
          message.encoding(),
          message.body().length(),
          back.deliveryCount(),
          back.match(),
          0);
    }

    Waiting at(long millis, int failed) {
      return new Waiting(
          millis, sequence, message, encoding, bodyBytes, deliveryCount, match, failed);
    }

    Returned back(Message content) {
      return new Returned(sequence, content, deliveryCount, match);
    }

    int awayBytes() {
      return AWAY_BYTES + encoding.sizeBytes();
    }
  }

  private final ShardServices shard;
  private final Custody custody;

  /** Null where every message stays in memory. */
  private final Store.@Nullable Pages pages;

  /** Puts a message that has waited back to its old place. */
  private final Consumer<Returned> whenDue;

  private PriorityQueue<Waiting> waiting = empty();

  /** Heap bytes of the messages that wait here whole. */
  private long bytesHere;

  /** What waits no more and has not had its turn, or is being read. */
  private int leaving;

  private boolean isLoading;
  private boolean isEnded;

  private final Deadline deadline = new Deadline(this::release);

  Retries(ShardServices shard, Custody custody, Consumer<Returned> whenDue) {
    this.shard = shard;
    this.custody = custody;
    this.pages = shard.store().pages();
    this.whenDue = whenDue;
  }

  private static PriorityQueue<Waiting> empty() {
    return new PriorityQueue<>(
        Comparator.comparingLong(Waiting::dueMillis).thenComparingLong(Waiting::sequence));
  }

  int count() {
    return waiting.size() + leaving;
  }

  /** Holds a message for a time. */
  void hold(Returned back, long waitMillis) {
    Message message = back.message();
    boolean isAway =
        pages != null
            && custody.isStored(message)
            && bytesHere + message.sizeBytes() > shard.pager().delayedBytes();
    Waiting one = Waiting.of(back, shard.host().nowMillis() + waitMillis, isAway);
    if (isAway) {
      shard.memory().drop(message);
      shard.memory().add(one.awayBytes());
    } else {
      bytesHere += message.sizeBytes();
    }
    waiting.add(one);
    setDeadline();
  }

  /** Nothing waits any more: everything is ready now, or in one of the next turns. */
  void releaseAll() {
    if (!waiting.isEmpty()) {
      leaving += waiting.size();
      shard.turn().add(new Leaving(waiting));
      waiting = empty();
    }
    setDeadline();
  }

  /** The queue is gone, and what waits with it. */
  void end() {
    isEnded = true;
    releaseAll();
  }

  /** Messages that go back to their places or, once the queue is gone, out of memory. */
  private final class Leaving implements Chore {
    private final PriorityQueue<Waiting> messages;

    Leaving(PriorityQueue<Waiting> messages) {
      this.messages = messages;
    }

    @Override
    public boolean isDone() {
      return messages.isEmpty();
    }

    @Override
    public int doSome(int most) {
      int left = 0;
      for (Waiting next; left < most && (next = messages.poll()) != null; left++) {
        leaving--;
        leave(next);
      }
      setDeadline();
      return Math.max(1, left);
    }
  }

  private void leave(Waiting one) {
    Message message = one.message();
    if (message != null) {
      bytesHere -= message.sizeBytes();
      if (isEnded) {
        shard.memory().drop(message);
      } else {
        whenDue.accept(one.back(message));
      }
    } else if (isEnded) {
      shard.memory().add(-one.awayBytes());
    } else {
      waiting.add(one.at(0, one.failures())); // it is read first
    }
  }

  private void release() {
    long now = shard.host().nowMillis();
    List<Waiting> away = new ArrayList<>(0);
    long awayBytes = 0;
    try {
      for (int n = 0; n < Turn.SLICE && isDue(waiting.peek(), now); n++) {
        if (waiting.element().message() != null) {
          leave(waiting.remove());
        } else if (isLoading || awayBytes > Paging.PAGE_BYTES) {
          break; // those before it go first
        } else {
          Waiting next = waiting.remove();
          away.add(next);
          awayBytes += next.awayBytes() + next.bodyBytes();
        }
      }
      if (!away.isEmpty()) {
        load(away);
      }
    } finally {
      setDeadline();
    }
  }

  private static boolean isDue(@Nullable Waiting one, long nowMillis) {
    return one != null && one.dueMillis() <= nowMillis;
  }

  private void load(List<Waiting> away) {
    if (pages == null) {
      throw new IllegalStateException("no body is away");
    }
    isLoading = true;
    leaving += away.size();
    away.sort(Comparator.comparingLong(Waiting::sequence));
    pages.load(
        custody.owner(),
        away.stream().mapToLong(Waiting::sequence).toArray(),
        loaded -> {
          isLoading = false;
          leaving -= away.size();
          for (int i = 0; i < loaded.length; i++) {
            arrived(away.get(i), loaded[i]);
          }
          release();
        });
  }

  private void arrived(Waiting one, @Nullable Message stored) {
    if (stored == null && !isEnded) {
      long again = shard.host().nowMillis() + Unreadable.waitMillis(one.failures());
      waiting.add(one.at(again, one.failures() + 1));
      return;
    }
    shard.memory().add(-one.awayBytes());
    if (stored != null && !isEnded) {
      Message noted = stored.reencoded(one.encoding());
      shard.memory().take(noted, 1);
      whenDue.accept(one.back(noted));
    }
  }

  /** While a page is on its way, what is due after it waits for that. */
  private void setDeadline() {
    Waiting first = waiting.peek();
    shard
        .deadlines()
        .set(
            deadline,
            first == null || (isLoading && first.message() == null)
                ? Deadline.NEVER
                : first.dueMillis());
  }
}
