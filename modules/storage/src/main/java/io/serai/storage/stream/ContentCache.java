package io.serai.storage.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Contents of chunks that were read lately: a reader that takes a little at a time, and readers
 * that follow each other, find them here. Safe for use by several threads.
 */
final class ContentCache {
  /** Bound: the one used longest ago goes. */
  private static final long MOST_BYTES = 8L << 20;

  /** Where a chunk is; that place is never written again. */
  record Key(long stream, long segment, long place) {}

  private final LinkedHashMap<Key, byte[]> contents = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  synchronized byte @Nullable [] get(Key key) {
    return contents.get(key);
  }

  synchronized void put(Key key, byte[] content) {
    if (content.length > ChunkBuilder.TARGET_BYTES) {
      return;
    }
    byte[] before = contents.put(key, content);
    bytes += content.length - (before == null ? 0 : before.length);
    while (bytes > MOST_BYTES) {
      Map.Entry<Key, byte[]> oldest = contents.pollFirstEntry();
      bytes -= oldest.getValue().length;
    }
  }
}
