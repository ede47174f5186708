package io.serai.node.store;

import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.NodeStore;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.journal.Damage;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import io.serai.storage.journal.Opened;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Keeps what routing stores in a journal, and streams in folders of their own. */
public final class JournalStore implements NodeStore {
  /** In the data folder. */
  public static final String FOLDER = "journal";

  private static final byte[] STARTS = "starts".getBytes(StandardCharsets.US_ASCII);
  private static final long FIRST_SYNC_SECONDS = 60;

  /** Sequences of a run share the upper of their 48 bits: the number of the start. */
  private static final int RUN_BITS = 32;

  private static final long MOST_STARTS = 1L << (Store.SEQUENCE_BITS - RUN_BITS);

  private final Journal journal;
  private final Opened opened;
  private final DiskStreams streams;
  private final Watched watched;
  private long starts;

  private JournalStore(Opened opened, DiskStreams streams, Watched watched) {
    this.opened = opened;
    this.streams = streams;
    this.watched = watched;
    this.journal = opened.journal();
  }

  /**
   * Opens the journal and the streams in a data folder.
   *
   * @throws IOException when they are in use, newer than this program or damaged; says what to do
   */
  public static JournalStore open(
      Path dataFolder,
      JournalOptions options,
      FileSystemSeam files,
      JournalListener listener,
      JournalListener streamListener)
      throws IOException {
    Watched watched = new Watched(listener, new CompletableFuture<>(), new CompletableFuture<>());
    Opened opened = Journal.open(dataFolder.resolve(FOLDER), options, files, watched);
    try {
      boolean isComplete = opened.report().damage().isEmpty();
      DiskStreams streams = DiskStreams.open(dataFolder, isComplete, files, streamListener);
      return new JournalStore(opened, streams, watched);
    } catch (IOException | RuntimeException e) {
      opened.journal().close();
      throw e;
    }
  }

  /** As above, with one listener for both. */
  public static JournalStore open(
      Path dataFolder, JournalOptions options, FileSystemSeam files, JournalListener listener)
      throws IOException {
    return open(dataFolder, options, files, listener, listener);
  }

  /** Tells the store, too, what keeps the journal from being written: it may be waiting for it. */
  private record Watched(
      JournalListener listener,
      CompletableFuture<Throwable> failure,
      CompletableFuture<Boolean> isFull)
      implements JournalListener {
    @Override
    public void failed(Throwable cause) {
      failure.complete(cause);
      listener.failed(cause);
    }

    @Override
    public void full(long freeBytes, long neededBytes) {
      isFull.complete(true);
      listener.full(freeBytes, neededBytes);
    }

    @Override
    public void spaceAgain() {
      listener.spaceAgain();
    }

    @Override
    public void damaged(Damage damage) {
      listener.damaged(damage);
    }
  }

  @Override
  public Recovered recover() {
    List<Fact> facts = new ArrayList<>();
    opened
        .recovered()
        .forEachFact(
            (kind, key, value) -> facts.add(new Fact(Byte.toUnsignedInt(kind), key, value)));
    MessageLoader loader = new MessageLoader(journal, opened.recovered());
    Recovered recovered = loader.load(facts);
    starts = countStart(facts);
    return recovered;
  }

  /**
   * Writes that there was another start, and waits until that is safe. Not on a full disk, where it
   * waits in the journal ahead of everything that this run has to say: if it is lost, so is that,
   * and its sequences can be given out again.
   */
  private long countStart(List<Fact> facts) {
    long before =
        facts.stream()
            .filter(fact -> fact.is(FactKind.NODE) && Arrays.equals(fact.key(), STARTS))
            .mapToLong(fact -> ByteBuffer.wrap(fact.value()).getLong())
            .findFirst()
            .orElse(0);
    CompletableFuture<Object> isSafe = new CompletableFuture<>();
    JournalHandle handle = journal.handle(isSafe::complete);
    handle.put(
        (byte) FactKind.NODE.number(),
        STARTS,
        ByteBuffer.allocate(Long.BYTES).putLong(before + 1).array());
    handle.flush();
    try {
      Object first =
          CompletableFuture.anyOf(isSafe, watched.failure(), watched.isFull())
              .get(FIRST_SYNC_SECONDS, TimeUnit.SECONDS);
      if (first instanceof Throwable cause) {
        throw new IllegalStateException("the journal cannot be written: " + reason(cause), cause);
      }
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the first write to the journal is not safe after %d s: does the disk answer?"
              .formatted(FIRST_SYNC_SECONDS),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the journal was opened", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return before + 1;
  }

  private static String reason(Throwable cause) {
    Throwable deeper = cause.getCause();
    return deeper == null
        ? String.valueOf(cause.getMessage())
        : cause.getMessage() + ": " + deeper.getMessage();
  }

  @Override
  public Store open(int loop, Executor onLoop) {
    return new LoopJournal(journal, onLoop, (starts % MOST_STARTS) << RUN_BITS);
  }

  @Override
  public StreamStore openStreams(int loop, Executor onLoop) {
    return streams.ofLoop(onLoop);
  }

  /** The journal itself. */
  public Journal journal() {
    return journal;
  }

  @Override
  public void close() {
    streams.close();
    journal.close();
  }
}
