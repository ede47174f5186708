package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the durable messages of one shard's durable queues are kept beyond the process. The shard
 * says what happened in order; {@link #flush} hands a turn's worth over in one batch; the store
 * says up to which {@link #position} everything is safe. Confirms wait for that, deliveries do not.
 *
 * <p>A message appended to several queues is the same {@link Message} instance each time: one
 * payload, several references. It may be forgotten when each of them is settled or its queue
 * removed. Confined to the shard's loop, callback included; a store whose device fails stops the
 * node and calls nothing.
 */
public interface Store {
  /** Keeps a message of a queue under its sequence. */
  void append(QueueRef queue, long sequence, Message message, @Nullable MatchData match);

  /** Forgets one message of a queue. */
  void settle(QueueRef queue, long sequence);

  /** Forgets all messages of a queue that is gone. */
  void removed(QueueRef queue);

  /** Counts what was said so far: grows with each call above, never falls. */
  long position();

  /** Hands over what was said since the last flush. Called when a turn ends. */
  void flush();

  /**
   * Says who learns that everything up to a position is as safe as the store makes it.
   *
   * @param synced called on the shard's loop with positions that never fall
   */
  void onSynced(LongConsumer synced);
}
