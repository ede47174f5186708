package io.serai.routing.store;

import io.serai.bus.MatchData;
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
  public long firstSequence() {
    return 0;
  }

  @Override
  public void append(
      long owner,
      long sequence,
      Message message,
      @Nullable MatchData match,
      boolean isDelivered,
      long note) {
    position++;
  }

  @Override
  public void update(
      long owner, long sequence, Message message, @Nullable MatchData match, int deliveryCount) {
    position++;
  }

  @Override
  public void settle(long owner, long sequence) {
    position++;
  }

  @Override
  public void removed(long owner) {
    position++;
  }

  @Override
  public void put(FactKind kind, byte[] key, byte[] value) {
    position++;
  }

  @Override
  public void remove(FactKind kind, byte[] key) {
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
  public @Nullable Pages pages() {
    return null;
  }

  @Override
  public void onSynced(LongConsumer synced) {
    this.onSynced = synced;
  }
}
