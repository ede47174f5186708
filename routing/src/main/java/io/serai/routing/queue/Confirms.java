package io.serai.routing.queue;

import io.serai.bus.SessionEvent;
import java.util.ArrayDeque;

/**
 * Answers to publish batches that wait until the store has synced them. Holds one entry per batch;
 * publishers' windows bound how many. Confined to the shard's loop.
 */
final class Confirms {
  private record Waiting(long position, SessionEvent.Appended answer) {}

  private final ShardHost host;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

  Confirms(ShardHost host) {
    this.host = host;
  }

  /** Sends the answer once the store has synced {@code position}. */
  void send(SessionEvent.Appended answer, long position) {
    waiting.add(new Waiting(position, answer));
  }

  /** The store is safe up to {@code position}. */
  void synced(long position) {
    for (Waiting next; (next = waiting.peek()) != null && next.position() <= position; ) {
      waiting.remove();
      host.send(next.answer());
    }
  }
}
