package io.serai.storage.stream;

import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.WriterLife;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of all streams: takes what the loops have appended, writes it as chunks, syncs
 * each stream once, and tells the loops. While it syncs the next messages gather. {@link #step} is
 * one round of it.
 */
final class StreamWriter implements WriterLife.Writer {
  private static final Logger LOG = LoggerFactory.getLogger(StreamWriter.class);
  private static final int MOST_MESSAGES = 1 << 16;
  private static final long IDLE_NANOS = 1_000_000_000;

  private final StreamOptions options;
  private final FileSystemSeam files;
  private final Path folder;
  private final JournalListener listener;
  private final InstantSource clock;
  private final OpenSegments open;
  private final Retention retention;
  private final Syncs syncs;
  private final ChunkBuilder builder = new ChunkBuilder();

  /** Bounded by the credit of the publishers: one entry per loop and turn. */
  private final Queue<Flush> submitted = new ConcurrentLinkedQueue<>();

  /** Streams to delete. */
  private final Queue<StreamLog> deleted = new ConcurrentLinkedQueue<>();

  private final List<StreamLog> touched = new ArrayList<>();
  private final List<StreamAppender> told = new ArrayList<>();
  private boolean isFull;
  private volatile boolean isParked;
  private volatile boolean isClosing;
  private volatile Thread thread;

  @SuppressWarnings("NullAway.Init") // the thread, until run() says which
  StreamWriter(
      StreamOptions options,
      FileSystemSeam files,
      Path folder,
      JournalListener listener,
      InstantSource clock,
      Executor syncers,
      Iterable<StreamLog> logs) {
    this.options = options;
    this.files = files;
    this.folder = folder;
    this.listener = listener;
    this.clock = clock;
    open = new OpenSegments(options.mostOpen(), files, clock, this::awaitSpace);
    syncs = new Syncs(files, syncers);
    retention = new Retention(options.retentionMillis(), clock, logs);
  }

  /** Takes messages from any loop. */
  void submit(Flush flush) {
    submitted.add(flush);
    wake();
  }

  /** Takes a stream that is to be deleted. */
  void delete(StreamLog log) {
    deleted.add(log);
    wake();
  }

  private void wake() {
    if (isParked) {
      LockSupport.unpark(thread);
    }
  }

  /** Works until {@link #close}; what is thrown is fatal. */
  @Override
  public void run() throws IOException {
    thread = Thread.currentThread();
    try {
      work();
    } catch (DiskFullException e) {
      if (!isClosing) {
        throw e;
      }
      // what was told is synced, and what waits is given up
    }
  }

  private void work() throws IOException {
    while (true) {
      boolean isLast = isClosing; // read first: what was submitted before it is seen by this round
      if (step()) {
        continue;
      }
      if (isLast) {
        open.closeAll();
        return;
      }
      isParked = true;
      if (submitted.isEmpty() && deleted.isEmpty() && !isClosing) {
        LockSupport.parkNanos(this, IDLE_NANOS);
      }
      isParked = false;
    }
  }

  /** Ends {@link #run} when all that can be written is. */
  void close() {
    isClosing = true;
    wake();
  }

  @Override
  public boolean step() throws IOException {
    boolean worked = deleteStreams();
    worked |= writeRound();
    worked |= retention.step();
    return worked;
  }

  private boolean deleteStreams() {
    boolean worked = false;
    for (StreamLog log = deleted.poll(); log != null; log = deleted.poll()) {
      worked = true;
      try {
        open.forget(log);
        if (log.isMade) {
          log.folder.markDeleted();
          log.folder.delete();
          files.syncFolder(folder);
        }
      } catch (IOException e) {
        LOG.atError()
            .addKeyValue("stream", log.stream())
            .addKeyValue("folder", log.folder.folder())
            .setCause(e)
            .log("stream cannot be deleted, it is tried again at the next start");
      }
    }
    return worked;
  }

  private boolean writeRound() throws IOException {
    if (!gather()) {
      return false;
    }
    for (StreamLog log : touched) {
      write(log);
    }
    List<ActiveSegment> written = new ArrayList<>();
    for (StreamLog log : touched) {
      ActiveSegment segment = open.ifOpen(log); // closed ones were synced and shown then
      if (segment != null && !log.isDeleted) {
        written.add(segment);
      }
    }
    syncs.force(written);
    for (StreamLog log : touched) {
      log.isTouched = false;
      ActiveSegment segment = open.ifOpen(log);
      if (segment != null && segment.isSynced()) {
        log.view = new StreamView(log.sealed, segment.info(), segment.index());
      }
    }
    touched.clear();
    tell();
    return true;
  }

  /** Sorts what waits by stream. */
  private boolean gather() {
    int messages = 0;
    while (messages < MOST_MESSAGES) {
      Flush flush = submitted.poll();
      if (flush == null) {
        break;
      }
      for (Appends appends : flush.appends()) {
        messages += appends.size;
        gather(appends);
      }
      StreamAppender appender = flush.appender();
      appender.syncedPosition = flush.endPosition();
      if (!appender.isTellPending) {
        appender.isTellPending = true;
        told.add(appender);
      }
    }
    return messages > 0;
  }

  private void gather(Appends appends) {
    StreamLog log = appends.log;
    if (!log.isTouched) {
      log.isTouched = true;
      touched.add(log);
    }
    log.gathered.add(appends);
  }

  private void write(StreamLog log) throws IOException {
    try {
      for (Appends appends : log.gathered) {
        write(log, appends);
      }
      if (!builder.isEmpty()) {
        writeChunk(log);
      }
    } catch (AbandonedException _) {
      // nobody will read it
    }
    builder.clear();
    log.gathered.clear();
  }

  private void write(StreamLog log, Appends appends) throws IOException {
    for (int i = 0; i < appends.size; i++) {
      if (log.isDeleted) {
        throw new AbandonedException();
      }
      int size = appends.records[i].encodedSize();
      if (builder.isFullFor(size)) {
        writeChunk(log);
      }
      if (builder.isEmpty()) {
        builder.begin(appends.firstOffset + i);
      }
      builder.add(appends.records[i], size, appends.timestamps[i], appends.filterValue(i));
    }
  }

  private void writeChunk(StreamLog log) throws IOException {
    ActiveSegment segment = open.get(log);
    SegmentInfo info = segment.info();
    if (info.endPlace() >= log.limits.segmentBytes() && !info.isEmpty()) {
      segment = open.roll(log, segment);
      retention.hurry();
    }
    segment.write(builder);
    builder.clear();
  }

  private void tell() {
    if (isFull) {
      isFull = false;
      listener.spaceAgain();
    }
    for (StreamAppender appender : told) {
      appender.isTellPending = false;
      appender.synced.accept(appender.syncedPosition);
    }
    told.clear();
  }

  /** There is no space: what is deleted meanwhile may help, and then it goes on by itself. */
  private void awaitSpace(DiskFullException cause, StreamLog log) throws IOException {
    if (isClosing) {
      throw cause;
    }
    if (!isFull) {
      isFull = true;
      listener.full(files.usableBytes(folder), ChunkBuilder.TARGET_BYTES);
    }
    boolean hasFreed = deleteStreams();
    retention.hurry();
    hasFreed |= retention.step();
    if (log.isDeleted) {
      throw new AbandonedException();
    }
    if (!hasFreed) {
      LockSupport.parkNanos(this, options.fullPollMillis() * 1_000_000);
    }
  }
}
