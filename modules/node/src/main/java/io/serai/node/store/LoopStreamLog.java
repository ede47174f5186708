package io.serai.node.store;

import io.netty.buffer.Unpooled;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.routing.stream.StreamBatch;
import io.serai.routing.stream.StreamEntry;
import io.serai.routing.stream.StreamFilter;
import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import io.serai.storage.stream.StreamAppender;
import io.serai.storage.stream.StreamRead;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream as its loop sees it. Confined to the loop, but for what readers' threads do. */
final class LoopStreamLog implements StreamLog {
  private static final Logger LOG = LoggerFactory.getLogger(LoopStreamLog.class);

  private final LoopStreams streams;
  private final io.serai.storage.stream.StreamLog log;
  private final StreamAppender appender;
  private final LongConsumer onSynced;
  private long syncedOffset;
  private boolean isAwaiting;
  private boolean isDeleted;

  LoopStreamLog(
      LoopStreams streams,
      io.serai.storage.stream.StreamLog log,
      StreamAppender appender,
      LongConsumer onSynced) {
    this.streams = streams;
    this.log = log;
    this.appender = appender;
    this.onSynced = onSynced;
    syncedOffset = log.endOffset();
  }

  @Override
  public long firstOffset() {
    return log.firstOffset();
  }

  @Override
  public long nextOffset() {
    return log.nextOffset();
  }

  @Override
  public long syncedOffset() {
    return syncedOffset;
  }

  @Override
  public long lastChunkOffset() {
    return log.firstOffset() == log.endOffset() ? nextOffset() : log.lastChunkOffset();
  }

  @Override
  public long sizeBytes() {
    return log.diskBytes();
  }

  @Override
  public long append(Message message, long timestampMillis, @Nullable String filterValue) {
    if (!isAwaiting) {
      isAwaiting = true;
      streams.awaits(this);
    }
    return appender.append(log, MessagePayload.of(message), timestampMillis, filterValue);
  }

  /** Something was synced; returns whether there is more to wait for. */
  boolean tell() {
    if (isDeleted) {
      return false;
    }
    long end = log.endOffset();
    isAwaiting = end < log.nextOffset();
    if (end > syncedOffset) {
      syncedOffset = end;
      onSynced.accept(end);
    }
    return isAwaiting;
  }

  @Override
  public void read(long fromOffset, int maxBytes, StreamFilter filter, Consumer<StreamBatch> to) {
    log.read(
        fromOffset,
        maxBytes,
        filter.isAll()
            ? null
            : io.serai.storage.stream.StreamFilter.of(filter.values(), filter.takesUnfiltered()),
        read -> {
          StreamBatch batch = batch(read);
          answer(() -> to.accept(batch));
        });
  }

  /** On a reader's thread. */
  private StreamBatch batch(StreamRead read) {
    StoredMessages reader = new StoredMessages();
    List<StreamEntry> entries = new ArrayList<>(read.entries().size());
    for (var entry : read.entries()) {
      try {
        Message message =
            reader.read(Unpooled.wrappedBuffer(entry.data(), entry.from(), entry.length()));
        entries.add(
            new StreamEntry(entry.offset(), entry.timestampMillis(), entry.filterValue(), message));
      } catch (RuntimeException e) {
        LOG.atError()
            .addKeyValue("stream", log.stream())
            .addKeyValue("offset", entry.offset())
            .addKeyValue("reason", e.getMessage())
            .log("a message of a stream is not readable, it stays in the stream");
      }
    }
    return new StreamBatch(entries, read.nextOffset());
  }

  private void answer(Runnable task) {
    streams.onLoop(() -> {
      if (!isDeleted) {
        task.run();
      }
    });
  }

  @Override
  public void findTimestamp(long millis, LongConsumer to) {
    log.findTimestamp(millis, offset -> answer(() -> to.accept(offset)));
  }

  @Override
  public void configure(StreamSettings settings) {
    log.limits(DiskStreams.limits(settings));
  }

  @Override
  public void delete() {
    isDeleted = true;
    log.delete();
  }
}
