package io.serai.node.store;

import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.NodeStore;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.Store;
import io.serai.storage.file.FileSystemSeam;
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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Keeps what routing stores in a journal. */
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
  private long starts;

  private JournalStore(Opened opened) {
    this.opened = opened;
    this.journal = opened.journal();
  }

  /**
   * Opens the journal in a data folder.
   *
   * @throws IOException when it is in use, newer than this program or damaged; says what to do
   */
  public static JournalStore open(
      Path dataFolder, JournalOptions options, FileSystemSeam files, JournalListener listener)
      throws IOException {
    return new JournalStore(Journal.open(dataFolder.resolve(FOLDER), options, files, listener));
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

  /** Writes that there was another start, and waits until that is safe. */
  private long countStart(List<Fact> facts) {
    long before =
        facts.stream()
            .filter(fact -> fact.is(FactKind.NODE) && java.util.Arrays.equals(fact.key(), STARTS))
            .mapToLong(fact -> ByteBuffer.wrap(fact.value()).getLong())
            .findFirst()
            .orElse(0);
    CountDownLatch isSafe = new CountDownLatch(1);
    JournalHandle handle = journal.handle(_ -> isSafe.countDown());
    handle.put(
        (byte) FactKind.NODE.number(),
        STARTS,
        ByteBuffer.allocate(Long.BYTES).putLong(before + 1).array());
    handle.flush();
    try {
      if (!isSafe.await(FIRST_SYNC_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "the first write to the journal is not safe after %d s: is the disk full?"
                .formatted(FIRST_SYNC_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the journal was opened", e);
    }
    return before + 1;
  }

  @Override
  public Store open(int loop, Executor onLoop) {
    return new LoopJournal(journal, onLoop, (starts % MOST_STARTS) << RUN_BITS);
  }

  /** The journal itself. */
  public Journal journal() {
    return journal;
  }

  @Override
  public void close() {
    journal.close();
  }
}
