package io.serai.routing.queue;

import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;
import java.util.function.LongConsumer;

/**
 * Lets a shard's answers wait until what they speak of is safe, in the store or in its streams.
 * Confined to the shard's loop.
 */
final class Safety {
  private final Store store;
  private final StreamStore streams;
  private final ShardHost host;
  private final Confirms stored = new Confirms();
  private final Confirms streamed = new Confirms();

  /**
   * @param alsoStored told, too, up to which position the store is safe
   */
  Safety(Store store, StreamStore streams, ShardHost host, LongConsumer alsoStored) {
    this.store = store;
    this.streams = streams;
    this.host = host;
    store.onSynced(position -> {
      stored.synced(position);
      alsoStored.accept(position);
    });
    streams.onSynced(streamed::synced);
  }

  /** Runs something once everything said to the store so far is safe. */
  void whenStored(Runnable then) {
    when(stored, store.position(), then);
  }

  /** Runs something once everything appended to streams so far is safe. */
  void whenStreamed(Runnable then) {
    when(streamed, streams.position(), then);
  }

  private void when(Confirms confirms, long position, Runnable then) {
    if (confirms.isSynced(position)) {
      then.run();
    } else {
      confirms.await(position, then);
      host.wake();
    }
  }
}
