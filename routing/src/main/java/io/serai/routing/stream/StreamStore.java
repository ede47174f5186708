package io.serai.routing.stream;

import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Where one loop keeps its streams. Works as {@link io.serai.routing.store.Store} does: the loop
 * says what happened, {@link #flush} hands a turn's worth over, and the store says up to which
 * {@link #position} everything is safe. A device that fails stops the node.
 *
 * <p>Confined to the loop, callbacks included.
 */
public interface StreamStore {
  /**
   * Opens a stream, a new one if there is none: what is there has been read when the node's store
   * was recovered, so that this does not wait.
   *
   * @param owner the queue's number in the store, see {@link
   *     io.serai.routing.store.QueueDefinition#owner}
   * @param onSynced told the new {@link StreamLog#syncedOffset} each time it rises, before {@link
   *     #onSynced} hears of it
   */
  StreamLog open(long owner, StreamSettings settings, LongConsumer onSynced);

  /**
   * Deletes streams that were recovered, belong to no queue and have not been opened: what a crash
   * leaves of one that was deleted. Asked once, on one loop, while the node starts.
   *
   * @param owners all that queues have, open or not
   */
  void deleteAllBut(Set<Long> owners);

  /** Counts the messages appended so far to all its streams. */
  long position();

  /** Hands over what was appended since the last flush. Called when a turn ends. */
  void flush();

  /**
   * Sets apart what was appended since the last flush: it is handed over when the answer is run,
   * which happens on the loop, in the order of the cuts and before the next {@link #flush}.
   */
  Runnable cut();

  /**
   * Says who learns that everything up to a position is safe.
   *
   * @param synced called on the loop with positions that never fall
   */
  void onSynced(LongConsumer synced);
}
