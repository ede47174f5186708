package io.serai.routing.queue;

import io.serai.model.Message;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands over to streams what a turn has appended, which goes to files of their own. Where the store
 * has to know first what there will be, so that after a crash nothing is appended twice, that
 * happens once the store is safe; what comes behind waits for it. Confined to the shard's loop.
 */
final class StreamHandover {
  /** A message that a stream was given. */
  record Appended(long owner, long offset, Message message) {}

  private final Store store;
  private final StreamStore streams;
  private final Safety safety;
  private boolean followsStore;

  /** What is appended while somebody wants to know; else null. */
  private @Nullable List<Appended> noted;

  /** Parts that wait for the store, bounded as what waits for the streams' writer is. */
  private int waiting;

  /** What was appended up to here was handed over or waits. */
  private long cutPosition;

  StreamHandover(Store store, StreamStore streams, Safety safety) {
    this.store = store;
    this.streams = streams;
    this.safety = safety;
  }

  /** What this turn appends to streams must not be safe before what it says to the store is. */
  void followStore() {
    followsStore = true;
  }

  /** A stream was given a message. */
  void appended(long owner, long offset, Message message) {
    if (noted != null) {
      noted.add(new Appended(owner, offset, message));
    }
  }

  /** Does something and answers what it has given to streams, in order. */
  List<Appended> noting(Runnable what) {
    List<Appended> all = new ArrayList<>();
    noted = all;
    try {
      what.run();
    } finally {
      noted = null;
    }
    return all;
  }

  /** The turn has ended. */
  void flush() {
    store.flush();
    if (!followsStore && waiting == 0) {
      streams.flush();
    } else if (streams.position() != cutPosition) {
      Runnable part = streams.cut();
      waiting++;
      safety.whenStored(() -> {
        waiting--;
        part.run();
      });
    }
    followsStore = false;
    cutPosition = streams.position();
  }
}
