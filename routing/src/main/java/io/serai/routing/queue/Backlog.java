package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is ready in a queue, with what its limits and deadlines need to know kept as messages come
 * and go: bytes only while a limit counts them, and the number of messages that expire some time,
 * so that nobody looks for deadlines where there are none.
 */
final class Backlog {
  /** Heap bytes of a message beside its body, as long as nobody has read it. */
  static final int RESTORED_OVERHEAD_BYTES = 256;

  private QueueLimits limits;

  /** Most time a message stays ready, -1 for no limit. */
  private long ttlMillis;

  /** All runs of a queue with priorities; null when its messages are equal. */
  private final @Nullable PriorityLevels levels;

  /** The run that the first message is in: the only one, or the highest priority's. */
  private ReadyMessages ready;

  private long bodyBytes;
  private int expiring;

  /** Messages below this sequence do not count towards the limits and make no room for others. */
  private long spared;

  /** How many of those are ready. */
  private int sparedReady;

  /** Messages of transactions that have room kept for them, and the bytes of their bodies. */
  private int reserved;

  private long reservedBytes;

  /**
   * An empty backlog.
   *
   * @param maxPriority the highest priority that is told apart; 0 when messages are equal
   * @param byTopic which priority messages have, null where they say themselves
   * @param paging told what comes and goes; null where every message stays in memory
   */
  Backlog(
      QueueLimits limits,
      long ttlMillis,
      int maxPriority,
      @Nullable TopicPriorities byTopic,
      @Nullable Paging paging) {
    this.limits = limits;
    this.ttlMillis = ttlMillis;
    this.levels = maxPriority == 0 ? null : new PriorityLevels(maxPriority, byTopic, paging);
    this.ready = levels == null ? new ReadyMessages(0, paging) : levels.first();
    if (levels == null && paging != null) {
      paging.add(ready);
    }
  }

  /** From now on these count, for what is ready too. */
  void reconfigure(QueueLimits changedLimits, long changedTtlMillis) {
    limits = changedLimits;
    ttlMillis = changedTtlMillis;
    bodyBytes = 0;
    expiring = 0;
    if (levels == null) {
      ready.forEach(this::cameIn, this::cameIn);
    } else {
      levels.forEach(this::cameIn, this::cameIn);
    }
  }

  /** Whether a message that is added may become the first. */
  boolean hasPriorities() {
    return levels != null;
  }

  int size() {
    return levels == null ? ready.size() : levels.size();
  }

  boolean isEmpty() {
    return ready.isEmpty();
  }

  /** Whether there is no room for the message, and older ones do not go to make some. */
  boolean isFullFor(Message message) {
    return limits.overflow() != Overflow.DROP_HEAD
        && limits.isExceeded(
            counted() + reserved + 1, bodyBytes + reservedBytes + message.body().length());
  }

  /** Keeps room for a message that is to come; only while it is not full for it. */
  void reserve(Message message) {
    reserved++;
    reservedBytes += message.body().length();
  }

  /** The room is not kept any more. */
  void unreserve(Message message) {
    reserved--;
    reservedBytes -= message.body().length();
  }

  /** The upper bits of the sequence that such a message would get. */
  int levelOf(Message message) {
    return levels == null ? 0 : levels.priority(message);
  }

  /** Whether the publisher of a message without room is told that all is well. */
  boolean dropsTail() {
    return limits.overflow() == Overflow.DROP_TAIL;
  }

  /** Whether the first message has to go to make room. */
  boolean isOverfull() {
    return limits.overflow() == Overflow.DROP_HEAD && limits.isExceeded(counted(), bodyBytes);
  }

  /** Whether there is no room for one more and no room can be made: what comes first is spared. */
  boolean isFullBehindSpared() {
    return counted() != size() && limits.isExceeded(counted() + 1, bodyBytes);
  }

  /** What is in the backlog now is delivered whatever its limits say. */
  void spareAll() {
    spared = ready.nextSequence();
    sparedReady = ready.size();
  }

  private int counted() {
    return size() - sparedReady;
  }

  /**
   * When a message expires here: by its own expiry or the queue's, whichever comes first. Both
   * count from when the broker received it.
   */
  long expiresAtMillis(Message message) {
    long own = message.expiresAtMillis();
    return ttlMillis < 0 ? own : Math.min(own, message.receivedMillis() + ttlMillis);
  }

  /**
   * When the first message expires or, where it is on disk only, may have expired; {@link
   * Deadline#NEVER} when it does not, or nothing is ready, or it is on its way here.
   */
  long headExpiresAtMillis() {
    if (expiring == 0) {
      return Deadline.NEVER;
    }
    Absent out = ready.absentHead();
    return out == null ? expiresAtMillis(ready.headMessage()) : out.firstDueMillis(ttlMillis);
  }

  /** The sequence of a message that is delivered at once; only while nothing is ready. */
  long passBy(Message message) {
    return levels == null ? ready.passBy() : levels.passBy(message);
  }

  /** Appends a message and answers its sequence. */
  long add(Message message, @Nullable MatchData match) {
    cameIn(message);
    if (levels == null) {
      return ready.add(message, match);
    }
    long sequence = levels.add(message, match);
    ready = levels.first();
    return sequence;
  }

  /** From now on sequences are at least this. */
  void startAt(long sequence) {
    if (levels == null) {
      ready.startAt(sequence);
    } else {
      levels.startAt(sequence);
    }
  }

  /** Puts a message back to its old place. */
  void giveBack(Returned back) {
    cameIn(back.message());
    if (back.sequence() < spared) {
      sparedReady++;
    }
    if (levels == null) {
      ready.giveBack(back);
    } else {
      levels.giveBack(back);
      ready = levels.first();
    }
  }

  /**
   * Notes a message that is in the store after a restart, one after the other in the order of their
   * sequences; some may be missing.
   *
   * @param sequence what {@link #add} answered for it then
   */
  void restore(
      long sequence,
      int bodyLength,
      long expiresAtMillis,
      int deliveryCount,
      @Nullable MatchData match) {
    bodyBytes += limits.countsBytes() ? bodyLength : 0;
    expiring += ttlMillis >= 0 || expiresAtMillis != Deadline.NEVER ? 1 : 0;
    ReadyMessages run = levels == null ? ready : levels.restoring(sequence);
    run.restore(
        sequence,
        bodyLength,
        RESTORED_OVERHEAD_BYTES + bodyLength,
        expiresAtMillis,
        deliveryCount,
        match);
    if (levels != null) {
      ready = levels.first();
    }
  }

  // ---- the first message

  /** Whether the first message is here; false when there is none or it is on disk only. */
  boolean hasHead() {
    return ready.hasHead();
  }

  /** The run that the first message is in. */
  ReadyMessages headRun() {
    return ready;
  }

  /** Whether the first message can go without anybody looking at it. */
  boolean canDropUnseen() {
    return expiring == 0 && !limits.countsBytes();
  }

  /** The first message; only when it is here. */
  Message headMessage() {
    return ready.headMessage();
  }

  long headSequence() {
    return ready.headSequence();
  }

  int headDeliveryCount() {
    return ready.headDeliveryCount();
  }

  @Nullable MatchData headMatch() {
    return ready.headMatch();
  }

  void removeHead() {
    if (limits.countsBytes() || expiring > 0 || sparedReady > 0) {
      wentOut(ready.headSequence(), ready.headMessage());
    }
    removeHeadUnseen();
  }

  /** Takes the first message away, here or not; only when it {@link #canDropUnseen may}. */
  void removeHeadUnseen() {
    long sequence = levels == null ? 0 : ready.headSequence();
    ready.removeHead();
    removed(sequence);
  }

  // ---- making room

  /** Whether the message that has to go to make room is here. */
  boolean hasYielding() {
    return levels == null ? ready.hasHead() : levels.yielding().hasHead();
  }

  /** Until {@link #turnBack} the first message is the one that has to go to make room. */
  void turnToYielding() {
    if (levels != null) {
      ready = levels.yielding();
    }
  }

  void turnBack() {
    if (levels != null) {
      ready = levels.first();
    }
  }

  // ---- views

  /** How many runs there are: one, or one per priority. */
  int runCount() {
    return levels == null ? 1 : levels.count();
  }

  /** A run, the higher its index the earlier it is due; null while nothing was ever in it. */
  @Nullable ReadyMessages run(int index) {
    return levels == null ? ready : levels.get(index);
  }

  /** The run that a sequence belongs to. */
  int runOf(long sequence) {
    return levels == null ? 0 : levels.levelOf(sequence);
  }

  /** The message a cursor stands at is about to be taken out of its run. */
  void removing(RunCursor at) {
    Message message = at.message;
    if (message != null) {
      wentOut(at.position, message);
    }
  }

  /** A message was taken out of its run. */
  void removed(long sequence) {
    if (levels != null) {
      levels.removed(sequence);
      ready = levels.first();
    }
  }

  /** Empties the backlog into objects of their own; sequences go on. */
  List<ReadyMessages> takeAll() {
    bodyBytes = 0;
    expiring = 0;
    sparedReady = 0;
    if (levels == null) {
      return List.of(ready.takeAll());
    }
    List<ReadyMessages> all = levels.takeAll();
    ready = levels.first();
    return all;
  }

  // ---- what limits and deadlines count

  /**
   * Messages are here that were on disk only.
   *
   * @param was what stood for them
   * @param lost how many of them are not ready any more because they could not be read
   */
  void pagedIn(ReadyMessages run, MessageChunk chunk, Absent was, int lost) {
    if (limits.countsBytes() || lost > 0) {
      bodyBytes -= limits.countsBytes() ? was.bodyBytes : 0;
      expiring -= was.expiring(ttlMillis);
      for (int slot = was.slots.nextSetBit(0); slot >= 0; slot = was.slots.nextSetBit(slot + 1)) {
        Message message = chunk.messages[slot];
        if (message != null) {
          cameIn(message);
        }
      }
    }
    if (levels != null && lost > 0) {
      levels.lost(run, lost);
      ready = levels.first();
    }
  }

  private void cameIn(Absent out) {
    if (limits.countsBytes()) {
      bodyBytes += out.bodyBytes;
    }
    expiring += out.expiring(ttlMillis);
  }

  private void cameIn(Message message) {
    if (limits.countsBytes()) {
      bodyBytes += message.body().length();
    }
    if (expiresAtMillis(message) != Deadline.NEVER) {
      expiring++;
    }
  }

  private void wentOut(long sequence, Message message) {
    if (sequence < spared) {
      sparedReady--;
    }
    if (limits.countsBytes()) {
      bodyBytes -= message.body().length();
    }
    if (expiring > 0 && expiresAtMillis(message) != Deadline.NEVER) {
      expiring--;
    }
  }
}
