package io.serai.routing.queue;

import io.serai.bus.Caller;
import io.serai.bus.Counter;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What one queue has given up and nobody has taken yet. A dead letter stays charged to its queue,
 * in memory and store, until every queue it is routed to has it safely; so it is not lost on the
 * way. At most {@link #WINDOW} are on their way at a time, in order; the rest waits here, where it
 * holds no more than the queue held before; while a target takes nothing, no more than {@link
 * #WINDOW} of what had to make room is kept waiting for it. Nothing waits for room in a target,
 * which takes, refuses or drops at once: no cycle of queues can block itself. One turn sends a
 * slice.
 */
final class DeadLetters implements Chore {
  /**
   * Dead letters of one queue that are routed and not yet taken: as many as one turn of the loop
   * may append, or a queue that only gives up falls behind its publishers.
   */
  static final int WINDOW = 2048;

  /** What sending one counts as among a turn's chores. */
  private static final int COST = 8;

  /** How long one that nobody took waits, where it must not be lost. */
  static final long RETRY_MILLIS = 5_000;

  /** The sequence of a message that the queue never had in its store. */
  private static final long NOT_STORED = -1;

  /** The copy is made when it is sent, so that what waits costs little. */
  private record Dead(long sequence, Message message, DeathReason reason) {}

  private final QueueRef queue;
  private DeadLetterTarget target;
  private final @Nullable Caller declaredBy;
  private final Custody custody;
  private final ShardServices shard;

  /** Bounded by what the queue held and was charged for. */
  private final ArrayDeque<Dead> waiting = new ArrayDeque<>();

  /** Not taken and to be tried again, in order; the window bounds it. */
  private final ArrayDeque<Dead> refused = new ArrayDeque<>(0);

  private int underWay;
  private boolean isSending;

  /** Whether the turns to come go on sending. */
  private boolean isChore;

  private boolean isEnding;

  /** Set while something waits to be tried again; made when it first does. */
  private @Nullable Deadline retry;

  DeadLetters(
      QueueRef queue,
      DeadLetterTarget target,
      @Nullable Caller declaredBy,
      Custody custody,
      ShardServices shard) {
    this.queue = queue;
    this.target = target;
    this.declaredBy = declaredBy;
    this.custody = custody;
    this.shard = shard;
  }

  /** Where dead letters go from now on; what is on its way goes on. */
  void toward(DeadLetterTarget changed) {
    target = changed;
  }

  /** Takes over a message that the queue has in its custody. */
  void add(long sequence, Message message, DeathReason reason) {
    if (reason == DeathReason.MAXLEN && isRetrying() && waiting.size() >= WINDOW) {
      shard.counters().add(Counter.MESSAGES_DROPPED, 1);
      letGo(sequence, message);
      return;
    }
    waiting.add(new Dead(sequence, message, reason));
    sendOn();
  }

  /** Takes a message of the current append that the queue does not keep for a moment. */
  void addUnkept(Message message, DeathReason reason) {
    shard.memory().hold(message);
    add(NOT_STORED, message, reason);
  }

  /** A full queue refused a message of the current append. */
  void refused(Message message) {
    if (target.takesRefused()) {
      addUnkept(message, DeathReason.MAXLEN);
    }
  }

  /**
   * The queue is deleted or gives nothing up any more: what it gave up before goes on its way all
   * the same, but is not tried again.
   */
  void end() {
    isEnding = true;
  }

  /** Whether more wait than can be on their way. */
  boolean isBehind() {
    return waiting.size() >= WINDOW;
  }

  /** Number of dead letters that nobody has taken yet. */
  int count() {
    return waiting.size() + refused.size() + underWay;
  }

  private void sendOn() {
    if (isSending || isChore || isRetrying()) {
      return; // the loop below, the turns to come or the deadline go on
    }
    sendSome(WINDOW);
    if (canSend()) {
      isChore = true;
      shard.turn().add(this);
    }
  }

  private int sendSome(int most) {
    int sent = 0;
    isSending = true;
    try {
      for (Dead next; sent < most && hasRoom() && (next = waiting.poll()) != null; sent++) {
        send(next);
      }
    } finally {
      isSending = false;
    }
    return sent;
  }

  private boolean canSend() {
    return hasRoom() && !waiting.isEmpty() && !isRetrying();
  }

  /** Routing a letter costs a lot more than letting go of a message. */
  @Override
  public int doSome(int most) {
    isChore = false;
    int sent = canSend() ? sendSome(Math.ceilDiv(most, COST)) : 0;
    isChore = canSend();
    return Math.max(1, sent * COST);
  }

  @Override
  public boolean isDone() {
    return !isChore;
  }

  /** What was refused at once counts, so that a target that is not there costs one window a try. */
  private boolean hasRoom() {
    return underWay + refused.size() < WINDOW;
  }

  private void send(Dead dead) {
    Message letter =
        DeathHistory.recorded(
            dead.message(), queue.name(), dead.reason(), target, shard.host().nowMillis());
    underWay++;
    shard
        .host()
        .deadLetter(
            new DeadLetter(declaredBy, queue.vhost(), letter, DeathHistory.cycle(letter), false),
            fate -> answered(dead, fate));
  }

  private void answered(Dead dead, LetterFate fate) {
    underWay--;
    boolean isRefused = fate == LetterFate.REFUSED || fate == LetterFate.NO_VHOST;
    if (isRefused && target.isAtLeastOnce() && !isEnding) {
      refused.add(dead);
      retryLater();
      return;
    }
    boolean isTaken = fate == LetterFate.TAKEN;
    shard.counters().add(isTaken ? Counter.MESSAGES_DEAD_LETTERED : Counter.MESSAGES_DROPPED, 1);
    letGo(dead.sequence(), dead.message());
    sendOn();
  }

  private void letGo(long sequence, Message message) {
    if (sequence == NOT_STORED) {
      shard.memory().drop(message);
    } else {
      custody.letGo(sequence, message);
    }
  }

  private void tryAgain() {
    for (Dead last; (last = refused.pollLast()) != null; ) {
      waiting.addFirst(last);
    }
    sendOn();
  }

  private boolean isRetrying() {
    return retry != null && retry.atMillis != Deadline.NEVER;
  }

  private void retryLater() {
    if (retry == null) {
      retry = new Deadline(this::tryAgain);
    }
    if (!isRetrying()) {
      shard.deadlines().set(retry, shard.host().nowMillis() + RETRY_MILLIS);
    }
  }
}
