package io.serai.routing.store;

/** What a fact is about. The numbers are in every store and never change their meaning. */
public enum FactKind {
  /** The node itself: how often it was started. */
  NODE(1),
  /** An exchange's definition. */
  EXCHANGE(2),
  /** A queue's definition. */
  QUEUE(3),
  /** A binding. */
  BINDING(4),
  /** Up to which sequence the messages of an owner may have been delivered. */
  DELIVERED(5),
  /** A client session. */
  SESSION(6),
  /** How far something under way in a session is, beside its record. */
  SESSION_NOTE(7),
  /** Which owners have a message that its session may publish again. */
  PUBLISHED_ONCE(8),
  /** How far the readers of one name have come in a stream. */
  STREAM_PLACE(9),
  /** A transaction that is committed, and which loops have done their part of it. */
  TRANSACTION(10);

  private final int number;

  FactKind(int number) {
    this.number = number;
  }

  /** Stands for this kind in a store, 1 to 255. */
  public int number() {
    return number;
  }
}
