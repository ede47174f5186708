package io.serai.storage.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Indexes of segments that were read lately. Safe for use by several threads. */
final class IndexCache {
  /** Bound: the one used longest ago goes. An index of 64 MiB takes 24 KiB. */
  private static final int MOST = 128;

  /** A segment as it was at some time: one that has grown is another. */
  record Key(long stream, long segment, long endPlace) {}

  @SuppressWarnings("serial") // never serialized
  private final Map<Key, SparseIndex.View> indexes =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, SparseIndex.View> eldest) {
          return size() > MOST;
        }
      };

  synchronized SparseIndex.@Nullable View get(Key key) {
    return indexes.get(key);
  }

  synchronized void put(Key key, SparseIndex.View index) {
    indexes.put(key, index);
  }
}
