package io.serai.storage.stream;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.LockFailure;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.WriterLife;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All streams of a node, each in a folder of its own: appended to in group commits by one writer
 * thread, read on reader threads. Safe for use from any thread; each loop writes through a {@link
 * StreamAppender} of its own. A stream that nobody uses takes no file, no thread and some hundred
 * bytes.
 */
public final class StreamStorage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamStorage.class);
  private static final String LOCK_FILE = "streams.lock";

  /** Streams that are synced at the same time. */
  private static final int SYNCERS = 4;

  private static final int IDLE_SECONDS = 60;
  private static final long READ_AGAIN_MILLIS = 500;
  private static final int RECOVERY_WINDOW_BYTES = 1 << 20;

  private final FileSystemSeam files;
  private final Path folder;
  private final AutoCloseable lock;
  private final JournalListener listener;
  private final Map<Long, StreamLog> logs = new ConcurrentHashMap<>();
  private final IndexCache indexes = new IndexCache();
  private final ContentCache contents = new ContentCache();
  private final StreamWriter writer;
  private final Executor readers;
  private final Executor syncers;
  private final WriterLife life;
  private volatile boolean isClosed;

  private StreamStorage(
      Path folder,
      AutoCloseable lock,
      StreamOptions options,
      FileSystemSeam files,
      JournalListener listener,
      InstantSource clock,
      @Nullable Executor readers) {
    this.folder = folder;
    this.lock = lock;
    this.files = files;
    this.listener = listener;
    this.readers =
        readers == null ? threads(options.readerThreads(), "serai-stream-reader") : readers;
    syncers = readers == null ? threads(SYNCERS, "serai-stream-sync") : readers;
    writer = new StreamWriter(options, files, folder, listener, clock, syncers, logs.values());
    life = new WriterLife(writer, listener, readers == null);
  }

  /** Ends threads that have nothing to do: most nodes have few streams, or none. */
  private static Executor threads(int most, String name) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name(name).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /**
   * Opens the streams in a folder, which is made where there is none, and recovers what is in them.
   * Blocks while it reads.
   *
   * @throws StreamRefused when another process has them, a newer program wrote one, or one is
   *     damaged
   */
  public static StreamStorage open(
      Path folder, StreamOptions options, FileSystemSeam files, JournalListener listener)
      throws IOException {
    return open(folder, options, files, listener, InstantSource.system(), null);
  }

  /** As above; with readers given there is no thread, and {@link #step} does the work. */
  static StreamStorage open(
      Path folder,
      StreamOptions options,
      FileSystemSeam files,
      JournalListener listener,
      InstantSource clock,
      @Nullable Executor readers)
      throws IOException {
    files.createFolders(folder);
    AutoCloseable lock = lock(folder, files);
    try {
      StreamStorage storage =
          new StreamStorage(folder, lock, options, files, listener, clock, readers);
      storage.recover(clock.millis());
      storage.life.begin("serai-stream-writer");
      return storage;
    } catch (IOException | RuntimeException e) {
      release(lock);
      throw e;
    }
  }

  /** Keeps other processes off a folder. */
  static AutoCloseable lock(Path folder, FileSystemSeam files) throws StreamRefused {
    try {
      return files.lock(folder.resolve(LOCK_FILE));
    } catch (IOException e) {
      throw new StreamRefused(LockFailure.text("stream", folder, e), e);
    }
  }

  private void recover(long nowMillis) throws IOException {
    long started = System.nanoTime();
    ByteBuffer window = ByteBuffer.allocateDirect(RECOVERY_WINDOW_BYTES);
    List<String> refusals = new ArrayList<>();
    long cutBytes = 0;
    for (Path path : files.folders(folder)) {
      Long stream = StreamFolder.streamOf(path);
      if (stream == null) {
        continue;
      }
      StreamFolder one = StreamFolder.of(files, folder, stream);
      if (one.isMarkedDeleted()) {
        deleteRest(one);
        continue;
      }
      try {
        StreamRecovery.Result found = new StreamRecovery(one, window, nowMillis).run();
        cutBytes += found.cutBytes();
        for (Damage damage : found.damage()) {
          LOG.atWarn()
              .addKeyValue("stream", stream)
              .addKeyValue("damage", damage)
              .log("stream opened without what is damaged");
        }
        logs.put(stream, new StreamLog(this, one, found.view(), true));
      } catch (StreamRefused e) {
        refusals.add(e.getMessage());
      }
    }
    if (!refusals.isEmpty()) {
      throw new StreamRefused(String.join("\n", refusals));
    }
    if (!logs.isEmpty()) {
      LOG.atInfo()
          .addKeyValue("folder", folder)
          .addKeyValue("streams", logs.size())
          .addKeyValue("cut_bytes", cutBytes)
          .addKeyValue("took_ms", (System.nanoTime() - started) / 1_000_000)
          .log("streams opened");
    }
  }

  /** What nobody wants any more keeps no node from starting. */
  private void deleteRest(StreamFolder deleted) throws IOException {
    try {
      deleted.delete();
      files.syncFolder(folder);
    } catch (FileSystemException e) {
      LOG.atError()
          .addKeyValue("stream", deleted.stream())
          .addKeyValue("folder", deleted.folder())
          .setCause(e)
          .log("stream cannot be deleted, it is tried again at the next start");
    }
  }

  /** A stream by its number; a new one where there is none. A number is never used twice. */
  public StreamLog log(long stream) {
    return logs.computeIfAbsent(
        stream,
        number ->
            new StreamLog(this, StreamFolder.of(files, folder, number), StreamView.EMPTY, false));
  }

  /** A stream by its number, if there is one. */
  public @Nullable StreamLog find(long stream) {
    return logs.get(stream);
  }

  /** The numbers of all streams there are. */
  public Set<Long> streams() {
    return Set.copyOf(logs.keySet());
  }

  /**
   * A way to append for one event loop.
   *
   * @param synced told, on the writer's thread and once per round of syncs, up to which {@link
   *     StreamAppender#position} everything is safe; never falls
   */
  public StreamAppender appender(LongConsumer synced) {
    return new StreamAppender(
        flush -> {
          if (!life.hasFailed()) {
            writer.submit(flush);
          }
        },
        synced);
  }

  /** Answers on a reader's thread; never when the stream is deleted or all is closed by then. */
  <T> void read(StreamLog log, Function<StreamReader, T> what, Consumer<T> to) {
    execute(readers, () -> readNow(log, what, to));
  }

  private <T> void readNow(StreamLog log, Function<StreamReader, T> what, Consumer<T> to) {
    if (log.isDeleted || isClosed) {
      return;
    }
    T found;
    try {
      found = what.apply(new StreamReader(log, indexes, contents, listener::damaged));
    } catch (UncheckedIOException e) {
      LOG.atError()
          .addKeyValue("stream", log.stream())
          .addKeyValue("retry_ms", READ_AGAIN_MILLIS)
          .setCause(e)
          .log("stream cannot be read, its reader waits");
      Executor later =
          CompletableFuture.delayedExecutor(READ_AGAIN_MILLIS, TimeUnit.MILLISECONDS, readers);
      execute(later, () -> readNow(log, what, to));
      return;
    }
    if (!log.isDeleted) {
      to.accept(found);
    }
  }

  private static void execute(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException _) {
      // all is closed: nobody waits any more
    }
  }

  void delete(StreamLog log) {
    logs.remove(log.stream());
    writer.delete(log);
  }

  /**
   * Without threads: does what there is to do.
   *
   * @return false when there was nothing
   */
  boolean step() {
    return life.step();
  }

  /**
   * Writes what was handed over, syncs, and gives the folder back. Blocks: not for a loop. While
   * the disk is full what waits is given up; it was never confirmed.
   */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    writer.close();
    life.awaitEnd();
    for (Executor executor : new Executor[] {readers, syncers}) {
      if (executor instanceof ExecutorService service) {
        service.close();
      }
    }
    release(lock);
  }

  static void release(AutoCloseable lock) {
    try {
      lock.close();
    } catch (Exception e) {
      LOG.warn("stream lock cannot be given back", e);
    }
  }
}
