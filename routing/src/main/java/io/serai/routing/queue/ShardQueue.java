package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import io.serai.routing.selector.SelectorException;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredBacklog;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a shard asks of a queue, whichever type it is. A class and not an interface for the sake of
 * the marks that the shard puts on it: they are looked at for every message.
 */
abstract sealed class ShardQueue permits Queue, StreamQueue {
  final QueueRef ref;

  /** Whether its definition is in the store. */
  final boolean isStored;

  /** Whether it waits in {@link Turn}'s list. Written there. */
  boolean isWoken;

  /** Whether somebody wants to know its live topics. Written by {@link LiveWatches}. */
  boolean isWatched;

  /** Knows what it was given lately; null where nobody asks. Used by {@link Intake}. */
  @Nullable RepeatFilter repeats;

  private final MemoryAccount memory;

  ShardQueue(QueueRef ref, boolean isStored, QueueArguments arguments, MemoryAccount memory) {
    this.ref = ref;
    this.isStored = isStored;
    this.memory = memory;
    recognise(arguments);
  }

  /** A policy or a new declaration changed how far back it knows a message again. */
  final void recognise(QueueArguments arguments) {
    if (repeats != null) {
      repeats.use(arguments.repeats());
    } else if (arguments.repeats() != null) {
      repeats = new RepeatFilter(arguments.repeats(), memory);
    }
  }

  /** The queue is gone: it knows nothing again. */
  final void forgetRepeats() {
    if (repeats != null) {
      repeats.clear();
    }
  }

  /** What is told whoever asks something of a queue that is gone. */
  static <R> Result<R> gone(QueueRef ref) {
    return Result.refused(Refusal.NOT_FOUND, "no " + QueueArguments.named(ref));
  }

  /** What is told a consumer whose selector makes no sense. */
  final <R> Result<R> badSelector(SelectorException why) {
    return Result.refused(
        Refusal.PRECONDITION_FAILED,
        "invalid arg 'x-selector' for " + QueueArguments.named(ref) + ": " + why.getMessage());
  }

  // ---- transactions

  /** Keeps room for a message of a transaction; false when there is none. */
  boolean reserve(Message message) {
    return true;
  }

  /** Room that was kept for a message is not needed any more, or will be used now. */
  void unreserve(Message message) {}

  /** The upper bits of the sequences of such a message: its priority here. */
  int levelOf(Message message) {
    return 0;
  }

  /**
   * Takes a delivery out of a consumer's hands, to be settled by {@link #settleTaken}; null when
   * the consumer does not have it.
   */
  abstract @Nullable Delivery takeUnsettled(QueueConsumer consumer, Delivery delivery);

  /** Settles what {@link #takeUnsettled} took. */
  abstract void settleTaken(Delivery held, Outcome outcome);

  // ---- messages in

  /**
   * Whose a message of it is in the store; {@link Store#NOT_STORED} when it is not there. A stream
   * keeps its messages elsewhere.
   */
  long ownerOf(Message message) {
    return Store.NOT_STORED;
  }

  /** Whether the message is for this queue at all. */
  boolean accepts(Message message) {
    return true;
  }

  /** Takes a message: delivers, keeps or drops it. */
  abstract AppendResult append(Message message, @Nullable MatchData match);

  /** Takes a retained value for its subscriber. */
  abstract boolean appendRetained(Message message, @Nullable MatchData match);

  /** Takes back what it had when the node ended, before it {@link #begin begins}. */
  abstract void restore(StoredBacklog messages);

  /** Everything is there: messages come, and its deadlines count. */
  abstract void begin();

  // ---- messages out

  /**
   * Delivers what there is to consumers with credit.
   *
   * @param most messages to handle at most
   * @return how many it handled
   */
  abstract int dispatch(int most);

  /** Whether {@link #dispatch} would get on. */
  abstract boolean canDeliver();

  /** Nothing more can be delivered now: says what sessions have to know about it. */
  abstract void finishDispatch(Consumer<SessionEvent> events);

  /**
   * Takes the first ready message out of turn (basic.get).
   *
   * @param answer told once, in this turn or a later one
   */
  abstract void take(ShardSession session, boolean noAck, Consumer<Result<Request.Got>> answer);

  // ---- consumers

  /** The consumer a reference was handed out for, or null when it is gone. */
  abstract @Nullable QueueConsumer consumer(ConsumerRef consumer);

  abstract Result<ConsumerRef> attach(ShardSession session, int id, ConsumerOptions options);

  /** The consumer takes nothing more; what it has not settled stays its session's. */
  abstract void detach(QueueConsumer consumer);

  /** The consumer's connection ended. */
  abstract void abandon(QueueConsumer consumer);

  /** Settles one delivery; one that is settled already changes nothing. */
  abstract void settle(QueueConsumer consumer, Delivery delivery, Outcome outcome);

  /** Adds credit; with {@code drain} what the turn does not use is given back when it ends. */
  abstract void grant(QueueConsumer consumer, int credit, boolean drain);

  /** Delivers nothing until {@link #letGo}: what belongs before the rest is on its way back. */
  void hold() {}

  /** Ends one {@link #hold}. */
  void letGo() {}

  // ---- life

  /** A policy changed: other limits, times and targets count from now on. */
  abstract void reconfigure(QueueArguments arguments, QueueLimits limits);

  abstract Result<Request.QueueInfo> inspect();

  /** Drops what is ready and answers how many messages that were. */
  abstract Result<Integer> purge();

  /** Takes the queue apart and answers how many messages were ready. */
  abstract long remove();
}
