package io.serai.routing.queue;

import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.routing.store.StreamPlace;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far the readers of one stream that have a name have come. Outlives them and the node. */
final class StreamPlaces {
  /** Names that one stream knows at most. */
  static final int MOST = 100_000;

  /** Of a name: MQTT's could be of 64 KiB, and so many of them would fill the heap. */
  static final int MOST_NAME_CHARS = 1_024;

  private final long owner;
  private final Store store;

  /** The offset each goes on with. */
  private final Map<String, Long> places = new HashMap<>(4);

  /**
   * @param owner the stream's number in the store
   */
  StreamPlaces(long owner, Store store) {
    this.owner = owner;
    this.store = store;
  }

  /** The offset that readers of that name go on with, or null when there was none. */
  @Nullable Long of(String name) {
    return places.get(name);
  }

  /** Whether one more name is too many. */
  boolean isFullFor(String name) {
    return places.size() >= MOST && !places.containsKey(name);
  }

  /** It was so when the node ended. */
  void restore(String name, long offset) {
    places.put(name, offset);
  }

  /** Everything before the offset is done with; nobody goes back. */
  void reached(String name, long offset) {
    Long before = places.get(name);
    if (before == null || offset > before) {
      places.put(name, offset);
      store.put(FactKind.STREAM_PLACE, StreamPlace.key(owner, name), StreamPlace.value(offset));
    }
  }

  /** Those that have the most before them, of the lowest offset first. */
  List<StreamPlace> furthestBack(int most) {
    return places.entrySet().stream()
        .map(entry -> new StreamPlace(owner, entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(StreamPlace::offset).thenComparing(StreamPlace::name))
        .limit(most)
        .toList();
  }

  /** Forgets one, if it is there. */
  void forget(String name) {
    if (places.remove(name) != null) {
      removed(name);
    }
  }

  /** Forgets places behind which nothing is left to read, but for names that are in use. */
  void forgetBefore(long offset, Set<String> inUse) {
    places
        .entrySet()
        .removeIf(entry -> {
          boolean isOver = entry.getValue() < offset && !inUse.contains(entry.getKey());
          if (isOver) {
            removed(entry.getKey());
          }
          return isOver;
        });
  }

  /** The stream is gone. */
  void forgetAll() {
    places.keySet().forEach(this::removed);
    places.clear();
  }

  private void removed(String name) {
    store.remove(FactKind.STREAM_PLACE, StreamPlace.key(owner, name));
  }
}
