package io.serai.routing.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/**
 * Streams that end with the process, for tests and nodes without a data folder: everything is
 * "synced" when the turn ends.
 */
public final class MemoryStreams implements StreamStore {
  private final Executor onLoop;

  /** Logs with messages of this turn, each once. */
  private final List<MemoryStreamLog> appended = new ArrayList<>();

  private long position;
  private long synced;
  private LongConsumer onSynced = _ -> {};

  /**
   * Streams of a loop.
   *
   * @param onLoop runs what it is given on that loop, later
   */
  public MemoryStreams(Executor onLoop) {
    this.onLoop = onLoop;
  }

  @Override
  public StreamLog open(long owner, StreamSettings settings, LongConsumer onSynced) {
    return new MemoryStreamLog(this, settings, onSynced);
  }

  @Override
  public void deleteAllBut(Set<Long> owners) {
    // nothing outlives its queue here
  }

  /** A log has one message more. */
  void appended(MemoryStreamLog log, boolean isFirstOfTurn) {
    position++;
    if (isFirstOfTurn) {
      appended.add(log);
    }
  }

  /** Answers as if a disk had been asked. */
  void later(Runnable answer) {
    onLoop.execute(answer);
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public void flush() {
    cut().run();
  }

  @Override
  public Runnable cut() {
    List<MemoryStreamLog> logs = List.copyOf(appended);
    long[] ends = logs.stream().mapToLong(MemoryStreamLog::cut).toArray();
    long end = position;
    appended.clear();
    return () -> {
      if (synced == end) {
        return;
      }
      synced = end;
      for (int i = 0; i < ends.length; i++) {
        logs.get(i).synced(ends[i]);
      }
      onSynced.accept(synced);
    };
  }

  @Override
  public void onSynced(LongConsumer synced) {
    this.onSynced = synced;
  }
}
