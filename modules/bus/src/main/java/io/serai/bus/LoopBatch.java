package io.serai.bus;

import java.util.List;
import java.util.function.Consumer;

/**
 * Everything one loop said to another in one turn, in order: the only thing that travels on the
 * event bus.
 *
 * @param fromLoop the sender
 * @param appendBytes size of the messages that its items append
 * @param takenBytes credit given back: what the sender has taken of the target's appends
 */
record LoopBatch(int fromLoop, List<Item> items, long appendBytes, long takenBytes) {
  sealed interface Item {}

  /** A command for the target's shard. */
  record Command(ShardCommand command) implements Item {}

  /** An event for one of the target's sessions. */
  record Event(SessionEvent event) implements Item {}

  /** A request to the target's shard; {@code callId} is the sender's. */
  record Call(long callId, OwnerRequest<?> request) implements Item {}

  /** The answer to a {@link Call} of the target. */
  record Answer(long callId, Object value) implements Item {}

  /** An answer that stays on its loop, queued so that it keeps its place among the events. */
  record LocalAnswer<R>(Consumer<R> to, R value) implements Item {
    void deliver() {
      to.accept(value);
    }
  }
}
