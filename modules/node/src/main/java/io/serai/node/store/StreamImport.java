package io.serai.node.store;

import io.serai.storage.file.RealFiles;
import io.serai.storage.stream.StreamAppender;
import io.serai.storage.stream.StreamBeginning;
import io.serai.storage.stream.StreamLimits;
import io.serai.storage.stream.StreamLog;
import io.serai.storage.stream.StreamOptions;
import io.serai.storage.stream.StreamStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Writes the streams of an import, each message at the offset it had. */
final class StreamImport implements AutoCloseable {
  /** What is handed over at once, and so in memory. */
  private static final long BATCH_BYTES = 4 << 20;

  private final Path folder;
  private final Map<Long, StreamLines.Found> streams;
  private final RealFiles files = new RealFiles();
  private ImportProgress progress = new ImportProgress();
  private StreamStorage storage;
  private StreamAppender appender;
  private long waitingBytes;

  /** Begins streams where their first messages are. */
  StreamImport(Path dataFolder, Map<Long, StreamLines.Found> streams) throws IOException {
    this.folder = dataFolder.resolve(DiskStreams.FOLDER);
    this.streams = streams;
    files.createFolders(folder);
    for (var one : streams.entrySet()) {
      if (one.getValue().firstOffset() > 0) {
        StreamBeginning.at(files, folder, one.getKey(), 0, one.getValue().firstOffset());
      }
    }
    storage = StreamStorage.open(folder, StreamOptions.defaults(), files, progress);
    appender = storage.appender(progress::synced);
  }

  void append(StreamLines.Entry entry) throws IOException {
    StreamLog log = at(entry.stream(), entry.offset());
    appender.append(
        log, new StoredBytes(entry.payload()), entry.timestampMillis(), entry.filterValue());
    waitingBytes += entry.payload().length;
    if (waitingBytes >= BATCH_BYTES) {
      sync();
    }
  }

  /** Returns when all is safe and each stream goes on where it did. */
  void finish() throws IOException {
    for (var one : streams.entrySet()) {
      at(one.getKey(), one.getValue().nextOffset());
    }
    sync();
  }

  private StreamLog at(long stream, long offset) throws IOException {
    StreamLog log = log(stream);
    if (log.nextOffset() < offset) { // messages were lost before the export: it stays so
      sync();
      storage.close();
      StreamBeginning.at(files, folder, stream, log.endOffset(), offset);
      progress = new ImportProgress();
      storage = StreamStorage.open(folder, StreamOptions.defaults(), files, progress);
      appender = storage.appender(progress::synced);
      log = log(stream);
    }
    return log;
  }

  /** Nothing is too old yet: what is kept is the node's to say. */
  private StreamLog log(long stream) {
    StreamLog log = storage.log(stream);
    StreamLines.Found found = streams.get(stream);
    if (found != null && log.endOffset() == log.nextOffset()) {
      log.limits(new StreamLimits(StreamLimits.NONE, StreamLimits.NONE, found.segmentBytes()));
    }
    return log;
  }

  private void sync() throws IOException {
    appender.flush();
    progress.await(appender.position());
    waitingBytes = 0;
  }

  @Override
  public void close() {
    storage.close();
  }
}
