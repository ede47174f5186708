package io.serai.node.store;

import io.serai.routing.stream.StreamSettings;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.stream.StreamAppender;
import io.serai.storage.stream.StreamLimits;
import io.serai.storage.stream.StreamLog;
import io.serai.storage.stream.StreamOptions;
import io.serai.storage.stream.StreamStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams of a node on disk. Used by all loops, each through a {@link StreamStore} of its own.
 */
final class DiskStreams implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DiskStreams.class);

  /** In the data folder. */
  static final String FOLDER = "streams";

  /** A stream with a limit in bytes has about so many segments. */
  private static final int SEGMENTS_KEPT = 8;

  /** But none is made smaller than this on account of it. */
  private static final long LEAST_PART_BYTES = 128 << 10;

  private final StreamStorage storage;
  private final WatchedDisk disk;
  private final boolean isComplete;

  /** What a loop has asked for in this run; it must not be taken for a left-over. */
  private final Set<Long> opened = ConcurrentHashMap.newKeySet();

  private DiskStreams(StreamStorage storage, WatchedDisk disk, boolean isComplete) {
    this.storage = storage;
    this.disk = disk;
    this.isComplete = isComplete;
  }

  /**
   * Opens all streams in a data folder.
   *
   * @param isComplete whether all queues that there were are known, so that a stream that belongs
   *     to none is a left-over
   * @throws IOException when they are in use, newer than this program or damaged; says what to do
   */
  static DiskStreams open(
      Path dataFolder, boolean isComplete, FileSystemSeam files, JournalListener listener)
      throws IOException {
    WatchedDisk disk = new WatchedDisk("streams", listener);
    return new DiskStreams(
        StreamStorage.open(dataFolder.resolve(FOLDER), StreamOptions.defaults(), files, disk),
        disk,
        isComplete);
  }

  StreamStore ofLoop(Executor onLoop) {
    return new LoopStreams(this, storage, onLoop);
  }

  StreamLog log(long owner, StreamSettings settings) {
    opened.add(owner);
    StreamLog found = storage.log(owner);
    found.limits(limits(settings));
    return found;
  }

  /**
   * What is kept goes by segments, so they are a small part of it, and no larger than the default
   * in any case.
   */
  static StreamLimits limits(StreamSettings settings) {
    long maxBytes = orNone(settings.maxLengthBytes());
    long segmentBytes =
        Math.min(
            Math.min(settings.maxSegmentBytes(), StreamLimits.DEFAULT_SEGMENT_BYTES),
            Math.max(LEAST_PART_BYTES, maxBytes / SEGMENTS_KEPT));
    return new StreamLimits(orNone(settings.maxAgeMillis()), maxBytes, segmentBytes);
  }

  private static long orNone(long limit) {
    return limit == StreamSettings.UNLIMITED ? StreamLimits.NONE : limit;
  }

  /** The offset of the next message of a stream, 0 where there is none. */
  long nextOffset(long owner) {
    StreamLog found = storage.find(owner);
    return found == null ? 0 : found.nextOffset();
  }

  /**
   * Appends messages before there are loops, and waits until they are safe.
   *
   * @param append does it with what it is given
   * @throws IllegalStateException when the disk does not take it; says what to do
   */
  void appendFirst(BiConsumer<StreamStorage, StreamAppender> append) {
    CompletableFuture<Long> isSafe = new CompletableFuture<>();
    StreamAppender appender = storage.appender(isSafe::complete);
    append.accept(storage, appender);
    appender.flush();
    disk.await(isSafe);
  }

  /** See {@link StreamStore#deleteAllBut}. */
  void deleteAllBut(Set<Long> owners) {
    for (long stream : storage.streams()) {
      if (owners.contains(stream) || opened.contains(stream)) {
        continue;
      }
      if (isComplete) {
        log.atInfo().addKeyValue("stream", stream).log("stream of a deleted queue deleted");
        storage.log(stream).delete();
      } else {
        log.atWarn()
            .addKeyValue("stream", stream)
            .log("stream belongs to no queue; kept, as the journal was opened without all of it");
      }
    }
  }

  @Override
  public void close() {
    storage.close();
  }
}
