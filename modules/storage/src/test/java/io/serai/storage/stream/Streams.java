package io.serai.storage.stream;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Streams without threads, with a clock of their own; whoever uses them does the work. */
final class Streams implements AutoCloseable, JournalListener, InstantSource {
  static final StreamOptions OPTIONS = new StreamOptions(1, 3, 10_000, 0);
  static final StreamLimits SMALL =
      new StreamLimits(StreamLimits.NONE, StreamLimits.NONE, StreamLimits.MIN_SEGMENT_BYTES);

  final List<Throwable> failures = new ArrayList<>();
  final List<Damage> damages = new ArrayList<>();
  final StreamStorage storage;
  final StreamAppender appender;
  long synced;
  long nowMillis;

  Streams(Path folder, FileSystemSeam files, StreamOptions options, long nowMillis)
      throws IOException {
    this(folder, files, options, nowMillis, Runnable::run);
  }

  /** With an executor for what is read. */
  Streams(
      Path folder, FileSystemSeam files, StreamOptions options, long nowMillis, Executor readers)
      throws IOException {
    this.nowMillis = nowMillis;
    storage = StreamStorage.open(folder, options, files, this, this, readers);
    appender = storage.appender(position -> synced = position);
  }

  Streams(Path folder) throws IOException {
    this(folder, new RealFiles(), OPTIONS, 1_000_000);
  }

  static Streams faulty(Path folder, Faults faults) throws IOException {
    return new Streams(folder, new FaultyFiles(new RealFiles(), faults), OPTIONS, 1_000_000);
  }

  StreamLog log(long stream) {
    StreamLog log = storage.log(stream);
    log.limits(SMALL);
    return log;
  }

  long append(StreamLog log, Sample record) {
    return appender.append(log, record, record.timestamp(), record.filterValue());
  }

  /** Writes and syncs what was appended. */
  Streams sync() {
    appender.flush();
    while (failures.isEmpty() && storage.step()) {}
    return this;
  }

  /** All messages from an offset on, by as many reads as it takes. */
  static List<StreamEntry> read(StreamLog log, long from, int maxBytes, StreamFilter filter) {
    List<StreamEntry> all = new ArrayList<>();
    long[] next = {from};
    boolean[] isDone = {false};
    while (!isDone[0]) {
      isDone[0] = true;
      log.read(
          next[0],
          maxBytes,
          filter,
          read -> {
            all.addAll(read.entries());
            isDone[0] = read.nextOffset() <= next[0] || read.nextOffset() >= read.endOffset();
            next[0] = read.nextOffset();
          });
    }
    return all;
  }

  static List<StreamEntry> read(StreamLog log) {
    return read(log, 0, 10_000, null);
  }

  static long since(StreamLog log, long millis) {
    long[] found = {-1};
    log.findTimestamp(millis, offset -> found[0] = offset);
    return found[0];
  }

  @Override
  public void failed(Throwable cause) {
    failures.add(cause);
  }

  @Override
  public void damaged(Damage damage) {
    damages.add(damage);
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(nowMillis);
  }

  @Override
  public void close() {
    storage.close();
  }
}
