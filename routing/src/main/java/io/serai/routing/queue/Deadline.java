package io.serai.routing.queue;

/** Something that is to happen at a time; set with {@link Deadlines#set}. */
final class Deadline {
  static final long NEVER = Long.MAX_VALUE;

  final Runnable whenDue;

  /** Milliseconds since 1970, {@link #NEVER} when not set. Written by {@link Deadlines}. */
  long atMillis = NEVER;

  /** Place in the heap, -1 when not in it. Written by {@link Deadlines}. */
  int place = -1;

  Deadline(Runnable whenDue) {
    this.whenDue = whenDue;
  }
}
