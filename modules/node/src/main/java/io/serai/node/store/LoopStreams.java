package io.serai.node.store;

import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.stream.StreamAppender;
import io.serai.storage.stream.StreamStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/** One loop's streams. Confined to the loop, but for {@link #onLoop}. */
final class LoopStreams implements StreamStore {
  private final DiskStreams streams;
  private final Executor onLoop;
  private final StreamAppender appender;

  /** Logs with messages that are not known to be safe, each once. */
  private final List<LoopStreamLog> awaiting = new ArrayList<>();

  private LongConsumer onSynced = _ -> {};

  LoopStreams(DiskStreams streams, StreamStorage storage, Executor onLoop) {
    this.streams = streams;
    this.onLoop = onLoop;
    LoopNotice notice = new LoopNotice(onLoop);
    notice.tell(this::synced);
    appender = storage.appender(notice);
  }

  @Override
  public StreamLog open(long owner, StreamSettings settings, LongConsumer onSynced) {
    return new LoopStreamLog(this, streams.log(owner, settings), appender, onSynced);
  }

  @Override
  public void deleteAllBut(Set<Long> owners) {
    streams.deleteAllBut(owners);
  }

  /** A log has messages that are not safe, and had none before. */
  void awaits(LoopStreamLog log) {
    awaiting.add(log);
  }

  /** Runs something on the loop, from any thread. */
  void onLoop(Runnable task) {
    onLoop.execute(task);
  }

  private void synced(long position) {
    List<LoopStreamLog> asked = List.copyOf(awaiting);
    awaiting.clear();
    for (LoopStreamLog log : asked) {
      if (log.tell()) {
        awaiting.add(log);
      }
    }
    onSynced.accept(position);
  }

  @Override
  public long position() {
    return appender.position();
  }

  @Override
  public void flush() {
    appender.flush();
  }

  @Override
  public Runnable cut() {
    return appender.cut();
  }

  @Override
  public void onSynced(LongConsumer synced) {
    onSynced = synced;
  }
}
