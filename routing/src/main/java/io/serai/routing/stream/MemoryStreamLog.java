package io.serai.routing.stream;

import io.serai.model.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A stream in memory, in segments as one on disk: retention takes whole ones. */
final class MemoryStreamLog implements StreamLog {
  /** Messages that are kept and go together. At least one once anything was appended. */
  private static final class Segment {
    final List<StreamEntry> entries = new ArrayList<>();
    long bytes;

    long firstOffset() {
      return entries.getFirst().offset();
    }
  }

  private final MemoryStreams store;
  private final LongConsumer onSynced;
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private StreamSettings settings;
  private long nextOffset;
  private long syncedOffset;

  /** The next offset when the last turn ended. */
  private long cutOffset;

  private long lastChunkOffset;
  private long sizeBytes;
  private long lastTimestampMillis;
  private boolean isDeleted;

  MemoryStreamLog(MemoryStreams store, StreamSettings settings, LongConsumer onSynced) {
    this.store = store;
    this.settings = settings;
    this.onSynced = onSynced;
  }

  @Override
  public long firstOffset() {
    return segments.isEmpty() ? nextOffset : segments.getFirst().firstOffset();
  }

  @Override
  public long nextOffset() {
    return nextOffset;
  }

  @Override
  public long syncedOffset() {
    return syncedOffset;
  }

  @Override
  public long lastChunkOffset() {
    return lastChunkOffset;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long append(Message message, long timestampMillis, @Nullable String filterValue) {
    boolean isFirstOfTurn = nextOffset == cutOffset;
    if (isFirstOfTurn) {
      lastChunkOffset = nextOffset;
    }
    lastTimestampMillis = timestampMillis;
    Segment last = segments.peekLast();
    if (last == null || last.bytes >= settings.maxSegmentBytes()) {
      last = new Segment();
      segments.add(last);
    }
    last.entries.add(new StreamEntry(nextOffset, timestampMillis, filterValue, message));
    last.bytes += message.sizeBytes();
    sizeBytes += message.sizeBytes();
    if (last.entries.size() == 1) {
      retain();
    }
    store.appended(this, isFirstOfTurn);
    return nextOffset++;
  }

  private void retain() {
    while (segments.size() > 1 && (isTooOld() || isTooLarge())) {
      sizeBytes -= segments.removeFirst().bytes;
    }
  }

  private boolean isTooOld() {
    return settings.maxAgeMillis() != StreamSettings.UNLIMITED
        && segments.getFirst().entries.getLast().timestampMillis()
            < lastTimestampMillis - settings.maxAgeMillis();
  }

  private boolean isTooLarge() {
    return settings.maxLengthBytes() != StreamSettings.UNLIMITED
        && sizeBytes > settings.maxLengthBytes();
  }

  /** The turn has ended: answers the next offset. */
  long cut() {
    cutOffset = nextOffset;
    return cutOffset;
  }

  /** What is below an offset can be read. */
  void synced(long offset) {
    if (!isDeleted && syncedOffset != offset) {
      syncedOffset = offset;
      onSynced.accept(syncedOffset);
    }
  }

  @Override
  public void read(long fromOffset, int maxBytes, StreamFilter filter, Consumer<StreamBatch> to) {
    store.later(() -> {
      if (!isDeleted) {
        to.accept(batch(Math.max(fromOffset, firstOffset()), maxBytes));
      }
    });
  }

  private StreamBatch batch(long from, int maxBytes) {
    List<StreamEntry> found = new ArrayList<>();
    long bytes = 0;
    for (Segment segment : segments) {
      long skipped = Math.max(0, from - segment.firstOffset());
      for (int i = (int) Math.min(skipped, segment.entries.size());
          i < segment.entries.size() && bytes < maxBytes;
          i++) {
        StreamEntry entry = segment.entries.get(i);
        if (entry.offset() >= syncedOffset) {
          break;
        }
        found.add(entry);
        bytes += entry.message().sizeBytes();
      }
    }
    return new StreamBatch(found, found.isEmpty() ? from : found.getLast().offset() + 1);
  }

  @Override
  public void findTimestamp(long millis, LongConsumer to) {
    store.later(() -> {
      if (!isDeleted) {
        to.accept(firstSince(millis));
      }
    });
  }

  private long firstSince(long millis) {
    for (Segment segment : segments) {
      for (StreamEntry entry : segment.entries) {
        if (entry.timestampMillis() >= millis) {
          return entry.offset();
        }
      }
    }
    return nextOffset;
  }

  @Override
  public void configure(StreamSettings changed) {
    settings = changed;
  }

  @Override
  public void delete() {
    isDeleted = true;
    segments.clear();
  }
}
