package io.serai.routing.queue;

import java.util.ArrayDeque;

/**
 * Answers to batches of messages that wait until the store has synced them. Holds one entry per
 * batch; publishers' windows bound how many. Confined to the shard's loop.
 */
final class Confirms {
  private record Waiting(long position, Runnable answer) {}

  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long synced;

  /** Whether the store is safe up to {@code position} already. */
  boolean isSynced(long position) {
    return position <= synced;
  }

  /** Runs {@code answer} once the store has synced {@code position}. */
  void await(long position, Runnable answer) {
    waiting.add(new Waiting(position, answer));
  }

  /** The store is safe up to {@code position}. */
  void synced(long position) {
    synced = position;
    RuntimeException failure = null;
    for (Waiting next; (next = waiting.peek()) != null && next.position() <= position; ) {
      waiting.remove();
      try {
        next.answer().run();
      } catch (RuntimeException e) {
        failure = e; // ours; those behind it are told all the same
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
