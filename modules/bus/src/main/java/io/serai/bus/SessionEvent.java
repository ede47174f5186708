package io.serai.bus;

import java.util.List;

/** What the broker tells a session; arrives on the session's loop in the order it was said. */
public sealed interface SessionEvent {
  /** The session it is for. */
  SessionRef to();

  /** Messages for the session's consumers, in order per queue. At least one. */
  record Deliver(SessionRef to, List<Delivery> deliveries) implements SessionEvent {}

  /**
   * One shard has stored its part of a publish batch as safely as each message asks.
   *
   * @param refused batch indexes that a queue refused, ascending; empty when all were accepted
   */
  record Appended(SessionRef to, long batchId, List<Integer> refused) implements SessionEvent {}

  /**
   * A queue had messages of a publish batch before and did not take them again. Comes before the
   * shard's {@link Appended}, which accepts them.
   *
   * @param indexes batch indexes, ascending; at least one
   */
  record Repeated(SessionRef to, long batchId, List<Integer> indexes) implements SessionEvent {}

  /**
   * Messages of a publish batch came to nobody: the queues they were for are gone. Comes before the
   * shard's {@link Appended}, which does not refuse them.
   *
   * @param indexes batch indexes, ascending; at least one
   */
  record Unrouted(SessionRef to, long batchId, List<Integer> indexes) implements SessionEvent {}

  /**
   * Notes of the session are safe.
   *
   * @param tokens of the notes, as they were given; at least one
   */
  record Noted(SessionRef to, List<Long> tokens) implements SessionEvent {}

  /** A {@link CreditMode#SHARED} consumer has messages waiting and no credit. */
  record Ready(SessionRef to, ConsumerRef consumer) implements SessionEvent {}

  /** Credit granted with drain that found no message. */
  record Drained(SessionRef to, ConsumerRef consumer, int unused) implements SessionEvent {}

  /** The queue went away under the consumer; nothing more will come from it. */
  record ConsumerCancelled(SessionRef to, ConsumerRef consumer) implements SessionEvent {}

  /**
   * A consumer that reads without taking ({@link ConsumerView.Mode#BROWSE}) has seen everything: it
   * is detached, and what it was sent may still be settled.
   */
  record BrowseEnded(SessionRef to, ConsumerRef consumer) implements SessionEvent {}

  /**
   * A consumer has left a delivery unsettled for longer than its queue allows. What it holds comes
   * back when the session settles it so, or ends.
   */
  record AckTimedOut(SessionRef to, ConsumerRef consumer, long timeoutMillis)
      implements SessionEvent {}

  /** Another connection claims this session's client id: close and release it. */
  record TakenOver(SessionRef to, String clientId, long epoch) implements SessionEvent {}

  /** Memory or disk runs low: publishers must pause, consumers go on. */
  record PublishersBlocked(SessionRef to, String reason) implements SessionEvent {}

  /** Publishing may go on. */
  record PublishersUnblocked(SessionRef to) implements SessionEvent {}
}
