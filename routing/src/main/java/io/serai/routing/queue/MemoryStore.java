package io.serai.routing.queue;

import io.serai.bus.MatchData;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A store that promises nothing beyond the process: the queues themselves hold the messages. For
 * tests and nodes without a data folder; everything is "synced" when the turn ends.
 */
public final class MemoryStore implements Store {
  private long position;
  private long synced;
  private LongConsumer onSynced = _ -> {};

  @Override
  public void append(QueueRef queue, long sequence, Message message, @Nullable MatchData match) {
    position++;
  }

  @Override
  public void settle(QueueRef queue, long sequence) {
    position++;
  }

  @Override
  public void removed(QueueRef queue) {
    position++;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void flush() {
    if (synced != position) {
      synced = position;
      onSynced.accept(position);
    }
  }

  @Override
  public void onSynced(LongConsumer synced) {
    this.onSynced = synced;
  }
}
