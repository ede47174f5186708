package io.serai.storage.journal;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.LockFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's journal: takes what loops append and settle, makes it safe in group commits, and reads
 * payloads back. Safe for use from any thread; each loop writes through a {@link JournalHandle} of
 * its own.
 */
public final class Journal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final String LOCK_FILE = "journal.lock";

  private final AutoCloseable lock;
  private final JournalListener listener;
  private final JournalWriter writer;
  private final Workers workers;
  private final WriterLife life;
  private volatile boolean closed;

  private Journal(
      Path folder,
      AutoCloseable lock,
      JournalOptions options,
      FileSystemSeam files,
      JournalListener listener,
      Workers workers,
      Recovery.Result found) {
    this.lock = lock;
    this.listener = listener;
    this.workers = workers;
    JournalWriter[] later = new JournalWriter[1];
    SegmentAllocator allocator =
        new SegmentAllocator(
            folder,
            files,
            workers.allocating(),
            Clock.systemUTC(),
            found.nextNumber(),
            () -> later[0].wake());
    writer =
        new JournalWriter(
            found.live(),
            allocator,
            options,
            files,
            folder,
            listener,
            workers.reading(),
            System::nanoTime);
    later[0] = writer;
    if (found.ready() == null) {
      allocator.prepare(options.segmentBytes());
    } else {
      allocator.found(found.ready());
    }
    writer.settleLost(found.lost());
    life = new WriterLife(writer, this::failed, workers.isThreaded());
    life.begin("serai-journal-writer");
  }

  private void failed(Throwable cause) {
    writer.giveUpBatches();
    lookUpWithoutWriter();
    listener.failed(cause);
  }

  /**
   * Opens the journal of a folder, which is made where there is none, and recovers what was live.
   * Blocks while it reads.
   *
   * @throws JournalRefused when another process has it, a newer program wrote it, or it is damaged
   */
  public static Opened open(
      Path folder, JournalOptions options, FileSystemSeam files, JournalListener listener)
      throws IOException {
    return open(folder, options, files, listener, Workers.threads(options.readerThreads()));
  }

  /** As above, with the threads to use. */
  static Opened open(
      Path folder,
      JournalOptions options,
      FileSystemSeam files,
      JournalListener listener,
      Workers workers)
      throws IOException {
    files.createFolders(folder);
    AutoCloseable lock = lock(folder, files);
    try {
      Recovery.Result found = new Recovery(folder, options, files).run();
      LOG.atInfo()
          .addKeyValue("folder", folder)
          .addKeyValue("segments", found.report().segments())
          .addKeyValue("references", found.report().liveReferences())
          .addKeyValue("facts", found.report().facts())
          .addKeyValue("cut_bytes", found.report().cutBytes())
          .addKeyValue("took_ms", found.report().took().toMillis())
          .log("journal opened");
      for (Damage damage : found.report().damage()) {
        LOG.atWarn().addKeyValue("damage", damage).log("journal opened without what is damaged");
      }
      Journal journal = new Journal(folder, lock, options, files, listener, workers, found);
      return new Opened(journal, found.report(), found.recovered());
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      release(lock);
      throw e;
    }
  }

  /** Keeps other processes off a folder. */
  static AutoCloseable lock(Path folder, FileSystemSeam files) throws JournalRefused {
    try {
      return files.lock(folder.resolve(LOCK_FILE));
    } catch (IOException e) {
      throw new JournalRefused(LockFailure.text("journal", folder, e), e);
    }
  }

  /**
   * A way to write for one event loop.
   *
   * @param synced told, on the writer's thread and once per sync, up to which {@link
   *     JournalHandle#position} everything is safe; never falls
   */
  public JournalHandle handle(LongConsumer synced) {
    return new JournalHandle(
        batch -> {
          if (!life.hasFailed()) {
            writer.submit(batch);
          }
        },
        synced);
  }

  /** Reads payloads by the ids that {@link StoredPayload#journalId} or recovery gave. */
  public void read(long[] ids, ReadCallback callback) {
    long[] wanted = ids.clone();
    if (closed) {
      callback.read(new byte[ids.length][], new IOException("the journal is closed"));
      return;
    }
    lookUp(() -> find(wanted, callback));
  }

  /** Reads what an owner has under some sequences, as far as it was synced. */
  public void read(long owner, long[] sequences, ReadCallback callback) {
    long[] wanted = sequences.clone();
    if (closed) {
      callback.read(new byte[wanted.length][], new IOException("the journal is closed"));
      return;
    }
    lookUp(() -> {
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = ReferenceTable.payloadId(writer.live.references.get(owner, wanted[i]));
      }
      find(wanted, callback);
    });
  }

  /** Heap bytes, about, that it takes to know where every live message is. From any thread. */
  public long indexBytes() {
    return writer.indexBytes();
  }

  /** Whether it takes and reads nothing any more. One that has failed is still read. */
  public boolean isClosed() {
    return closed;
  }

  /** Does what changes nothing on the writer thread, or where nothing changes any more. */
  private void lookUp(Runnable lookup) {
    writer.lookUp(lookup);
    if (life.hasFailed()) {
      lookUpWithoutWriter();
    }
  }

  /** The writer has failed: a thread that has nothing else to do then takes its place. */
  private void lookUpWithoutWriter() {
    try {
      workers.allocating().execute(writer::doLookups);
    } catch (RejectedExecutionException _) {
      // closed meanwhile
    }
  }

  /** In {@link #lookUp}: where they are now, held there until they are read. */
  private void find(long[] ids, ReadCallback callback) {
    PayloadReader.Wanted[] wanted = new PayloadReader.Wanted[ids.length];
    int count = 0;
    for (int i = 0; i < ids.length; i++) {
      long place = writer.live.payloads.place(ids[i]);
      if (place != 0) {
        Segment segment = writer.live.segments.bySlot(PayloadIndex.slot(place));
        segment.pins.incrementAndGet();
        wanted[count++] =
            new PayloadReader.Wanted(
                i, ids[i], segment, PayloadIndex.offset(place), PayloadIndex.isShared(place));
      }
    }
    PayloadReader.Wanted[] found = Arrays.copyOf(wanted, count);
    workers.reading().execute(() -> read(found, ids.length, callback));
  }

  private void read(PayloadReader.Wanted[] wanted, int count, ReadCallback callback) {
    byte[] @Nullable [] payloads = new byte[count] @Nullable [];
    IOException failure = null;
    try {
      Arrays.sort(
          wanted,
          Comparator.<PayloadReader.Wanted>comparingLong(it -> it.segment.number)
              .thenComparingLong(it -> it.offset));
      Damage damage = PayloadReader.read(wanted);
      if (damage != null) {
        listener.damaged(damage);
        failure = new IOException("the journal is damaged: " + damage);
      }
      for (PayloadReader.Wanted one : wanted) {
        payloads[one.index] = one.content;
      }
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException | OutOfMemoryError e) {
      // Who reads is told whatever it is: there is none to be had of the memory outside the heap.
      failure = new IOException("payloads cannot be read: " + e, e);
    } finally {
      for (PayloadReader.Wanted one : wanted) {
        one.segment.pins.decrementAndGet();
      }
    }
    callback.read(payloads, failure);
  }

  /** Counts what there is, and hands it over on a thread of the journal. */
  public void stats(Consumer<JournalStats> callback) {
    lookUp(() -> callback.accept(JournalStats.of(writer.live, writer.isFull())));
  }

  /**
   * The journal as it is now, to be copied. Everything that was said to be safe is in it. It has to
   * be closed.
   */
  public CompletableFuture<JournalSnapshot> snapshot() {
    CompletableFuture<JournalSnapshot> taken = new CompletableFuture<>();
    if (life.hasFailed() || closed) {
      taken.completeExceptionally(new IOException("the journal is closed"));
    } else {
      writer.execute(() -> taken.complete(JournalSnapshot.of(writer)));
    }
    return taken;
  }

  /**
   * Without threads: does what there is to do.
   *
   * @return false when there was nothing
   */
  boolean step() {
    return life.step();
  }

  /** Without threads: how many batches cannot be written yet. */
  int waitingBatches() {
    return writer.waitingCount();
  }

  /**
   * Writes what was handed over, syncs, and gives the folder back. Blocks: not for a loop. While
   * the disk is full what waits is given up; it was never confirmed.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    writer.close();
    life.awaitEnd();
    workers.close();
    writer.closeFiles();
    release(lock);
  }

  static void release(AutoCloseable lock) {
    try {
      lock.close();
    } catch (Exception e) {
      LOG.warn("journal lock cannot be given back", e);
    }
  }
}
