package io.serai.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredNotes.Holder;
import io.serai.routing.stream.StreamBatch;
import io.serai.routing.stream.StreamEntry;
import io.serai.routing.stream.StreamFilter;
import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the journal says of streams, whose files are their own, when the node ended in between. */
class LeftoversTest {
  private static final JournalListener SILENT = _ -> {};
  private static final long STREAM = 20;

  @TempDir Path folder;
  private final TestLoop loop = new TestLoop();

  private static JournalStore open(Path folder) throws IOException {
    return JournalStore.open(
        folder, JournalOptions.defaults().withSegmentBytes(1 << 20), new RealFiles(), SILENT);
  }

  private static Message message(String body) {
    return new Message(
        Address.ofQueue("q"),
        new Encoding.Neutral(Properties.builder().durable(true).build(), Headers.NONE),
        Body.ofUtf8(body),
        Origin.ofBroker("/"),
        1_000);
  }

  /** Appends to a stream and waits until it is safe. */
  private void append(JournalStore journal, String... texts) throws Exception {
    StreamStore streams = journal.openStreams(0, loop);
    StreamLog log = streams.open(STREAM, StreamSettings.DEFAULT, _ -> {});
    for (String text : texts) {
      log.append(message(text), 1_000, null);
    }
    loop.sync(streams);
  }

  private List<String> streamed(JournalStore journal) throws Exception {
    CompletableFuture<StreamBatch> read = new CompletableFuture<>();
    journal
        .openStreams(0, loop)
        .open(STREAM, StreamSettings.DEFAULT, _ -> {})
        .read(0, 1 << 20, StreamFilter.ALL, read::complete);
    return loop.await(read).entries().stream()
        .map(entry -> entry.message().body().toUtf8())
        .toList();
  }

  /**
   * The stream has two messages of others. A committed transaction gives it "a" and "b", and a
   * queue of the same loop "q"; the node ends when so many of the two are there.
   *
   * @param isNoted whether the loop had noted its part, with offsets 2 and 3, before that
   */
  private Path committedIntoAStream(boolean isNoted, String... appended) throws Exception {
    Path own = folder.resolve("stream" + isNoted + appended.length);
    try (JournalStore journal = open(own)) {
      journal.recover();
      Store store = journal.open(0, loop);
      long first = store.firstSequence();
      append(journal, "0", "1");
      store.append(Store.TRANSACTION_OWNER, first + 1, message("q"), null, false, 0);
      store.append(Store.TRANSACTION_OWNER, first + 2, message("a"), null, false, 0);
      store.append(Store.TRANSACTION_OWNER, first + 3, message("b"), null, false, 0);
      var part =
          new CommittedTransaction.Part(
              0,
              List.of(
                  new CommittedTransaction.Enqueue(first + 1, 17, 0),
                  new CommittedTransaction.Enqueue(first + 2, STREAM, 0, true),
                  new CommittedTransaction.Enqueue(first + 3, STREAM, 0, true)),
              List.of());
      var transaction = new CommittedTransaction(first, List.of(part));
      store.put(FactKind.TRANSACTION, CommittedTransaction.key(first), transaction.write());
      loop.sync(store);
      if (isNoted) {
        store.append(17, first, message("q"), null, false, 0);
        store.put(
            FactKind.TRANSACTION,
            CommittedTransaction.key(first, 0),
            CommittedTransaction.done(List.of(2L, 3L)));
        loop.sync(store);
      }
      if (appended.length > 0) {
        append(journal, appended);
      }
    }
    return own;
  }

  @Test
  void aStreamGetsWhatItMissesOfACommittedTransactionOnceWhereverTheNodeEnded() throws Exception {
    for (Path own :
        List.of(
            committedIntoAStream(false),
            committedIntoAStream(true),
            committedIntoAStream(true, "a"),
            committedIntoAStream(true, "a", "b"))) {
      for (int start = 0; start < 2; start++) {
        try (JournalStore journal = open(own)) {
          Recovered recovered = journal.recover();
          assertThat(streamed(journal)).as("%s", own).containsExactly("0", "1", "a", "b");
          assertThat(recovered.facts()).noneMatch(fact -> fact.is(FactKind.TRANSACTION));
          assertThat(recovered.backlogs()).containsOnlyKeys(17L);
          assertThat(recovered.backlogs().get(17L).count()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void whatIsHalfDoneRefusesAStartOnAFullDiskAtOnceAndSaysHowMuchIsNeeded() throws Exception {
    Path own = committedIntoAStream(false);
    JournalOptions larger = JournalOptions.defaults().withSegmentBytes(2 << 20); // none is ready
    FaultyFiles full = new FaultyFiles(new RealFiles(), new Faults(1).diskBytes(1_000));
    long began = System.nanoTime();
    assertThatThrownBy(() -> JournalStore.open(own, larger, full, SILENT))
        .hasMessageContaining("the journal cannot be written: the disk is full")
        .hasMessageContaining("0 bytes are free and 2097152 are needed to complete what");
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(20));
    assertIsCompleted(own);
  }

  @Test
  void soDoesAStreamThatHasNoRoomForWhatItMissesOfATransaction() throws Exception {
    Path own = committedIntoAStream(true, "a");
    JournalOptions ready = JournalOptions.defaults().withSegmentBytes(1 << 20);
    FaultyFiles full = new FaultyFiles(new RealFiles(), new Faults(1).diskBytes(1_000));
    assertThatThrownBy(() -> JournalStore.open(own, ready, full, SILENT))
        .hasMessageContaining("streams cannot be written: the disk is full")
        .hasMessageContaining("131072 are needed to complete what");
    assertIsCompleted(own);
  }

  private void assertIsCompleted(Path own) throws Exception {
    try (JournalStore journal = open(own)) {
      Recovered recovered = journal.recover();
      assertThat(streamed(journal)).containsExactly("0", "1", "a", "b");
      assertThat(recovered.facts()).noneMatch(fact -> fact.is(FactKind.TRANSACTION));
      assertThat(recovered.backlogs().get(17L).count()).isEqualTo(1);
    }
  }

  @Test
  void committedTransactionsAreCompletedInTheOrderTheyWereCommittedIn() throws Exception {
    try (JournalStore journal = open(folder)) {
      journal.recover();
      Store store = journal.open(0, loop);
      for (int number = 0; number < 40; number++) {
        long id = store.firstSequence() + 3 * number;
        store.append(Store.TRANSACTION_OWNER, id + 1, message("q" + number), null, false, 0);
        store.append(Store.TRANSACTION_OWNER, id + 2, message("s" + number), null, false, 0);
        List<CommittedTransaction.Enqueue> enqueues =
            List.of(
                new CommittedTransaction.Enqueue(id + 1, 17, 0),
                new CommittedTransaction.Enqueue(id + 2, STREAM, 0, true));
        var part = new CommittedTransaction.Part(0, enqueues, List.of());
        store.put(
            FactKind.TRANSACTION,
            CommittedTransaction.key(id),
            new CommittedTransaction(id, List.of(part)).write());
      }
      loop.sync(store);
    }
    try (JournalStore journal = open(folder)) {
      Recovered recovered = journal.recover();
      assertThat(streamed(journal)).isEqualTo(numbered("s", 40));
      List<Long> sequences = new ArrayList<>();
      recovered.backlogs().get(17L).forEach((sequence, _, _, _, _) -> sequences.add(sequence));
      CompletableFuture<Message[]> loaded = new CompletableFuture<>();
      journal
          .open(0, loop)
          .pages()
          .load(
              17,
              sequences.stream().mapToLong(Long::longValue).sorted().toArray(),
              loaded::complete);
      assertThat(loop.await(loaded))
          .extracting(message -> message.body().toUtf8())
          .containsExactlyElementsOf(numbered("q", 40));
    }
  }

  @Test
  void largeMessagesThatAStreamMissesAreReadAFewAtATimeAndComeInOrder() throws Exception {
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      bodies.add(i + "x".repeat(i % 50 == 7 ? 5 << 20 : i % 10 == 3 ? 300_000 : 10));
    }
    try (JournalStore journal = open(folder)) {
      journal.recover();
      Store store = journal.open(0, loop);
      long id = store.firstSequence();
      List<CommittedTransaction.Enqueue> enqueues = new ArrayList<>();
      for (int i = 0; i < bodies.size(); i++) {
        long held = id + 1 + i;
        store.append(Store.TRANSACTION_OWNER, held, message(bodies.get(i)), null, false, 0);
        enqueues.add(new CommittedTransaction.Enqueue(held, STREAM, 0, true));
      }
      var part = new CommittedTransaction.Part(0, enqueues, List.of());
      store.put(
          FactKind.TRANSACTION,
          CommittedTransaction.key(id),
          new CommittedTransaction(id, List.of(part)).write());
      loop.sync(store);
    }
    try (JournalStore journal = open(folder)) {
      journal.recover();
      StreamLog log = journal.openStreams(0, loop).open(STREAM, StreamSettings.DEFAULT, _ -> {});
      List<String> found = new ArrayList<>();
      while (found.size() < bodies.size()) {
        CompletableFuture<StreamBatch> read = new CompletableFuture<>();
        log.read(found.size(), 1 << 20, StreamFilter.ALL, read::complete);
        List<StreamEntry> entries = loop.await(read).entries();
        assertThat(entries).isNotEmpty();
        entries.forEach(entry -> found.add(entry.message().body().toUtf8()));
      }
      assertThat(found).hasSameSizeAs(bodies);
      assertThat(found.equals(bodies)).isTrue();
    }
  }

  private static List<String> numbered(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
  }

  @Test
  void whatAStreamHasOfAPublishIsFoundOutBeforeItsOffsetIsAnothers() throws Exception {
    byte[] there = {1};
    byte[] missing = {2};
    try (JournalStore journal = open(folder)) {
      journal.recover();
      Store store = journal.open(0, loop);
      append(journal, "0", "1");
      store.put(
          FactKind.PUBLISHED_ONCE,
          there,
          StoredNotes.value(List.of(Holder.of(17), new Holder(STREAM, 1))));
      store.put(
          FactKind.PUBLISHED_ONCE,
          missing,
          StoredNotes.value(List.of(Holder.of(17), new Holder(STREAM, 2))));
      loop.sync(store);
    }
    for (int start = 0; start < 2; start++) {
      try (JournalStore journal = open(folder)) {
        for (Fact fact : journal.recover().facts()) {
          if (fact.is(FactKind.PUBLISHED_ONCE)) {
            assertThat(StoredNotes.holders(fact.value()))
                .isEqualTo(
                    Arrays.equals(fact.key(), there)
                        ? List.of(Holder.of(17), Holder.of(STREAM))
                        : List.of(Holder.of(17)));
          }
        }
        append(journal, "another"); // at the offset that was meant for the missing one
      }
    }
  }

  @Test
  void aMessageThatASessionHasClaimedLeavesItsQueueForTheSessionsNote() throws Exception {
    byte[] key = {1};
    byte[] gone = {2};
    try (JournalStore journal = open(folder)) {
      journal.recover();
      Store store = journal.open(0, loop);
      long first = store.firstSequence();
      store.append(17, first, message("claimed"), null, true, 0);
      store.append(17, first + 1, message("free"), null, false, 0);
      store.put(FactKind.SESSION_NOTE, key, claim(17, first));
      store.put(FactKind.SESSION_NOTE, gone, claim(17, first + 7));
      loop.sync(store);
    }
    for (int start = 0; start < 2; start++) {
      try (JournalStore journal = open(folder)) {
        Recovered recovered = journal.recover();
        assertThat(recovered.backlogs().get(17L).count()).isEqualTo(1);
        for (Fact fact : recovered.facts()) {
          if (fact.is(FactKind.SESSION_NOTE)) {
            assertThat(StoredNotes.claimed(fact.value())).isNull();
            assertThat(new String(fact.value(), StandardCharsets.ISO_8859_1).contains("claimed"))
                .isEqualTo(Arrays.equals(fact.key(), key));
          }
        }
      }
    }
  }

  @Test
  void claimedMessagesThatAreTooLargeForOneUnitAreMovedAFewAtATime() throws Exception {
    int count = 12;
    String large = "x".repeat(4 << 20);
    try (JournalStore journal = open(folder)) {
      journal.recover();
      Store store = journal.open(0, loop);
      long first = store.firstSequence();
      for (int i = 0; i < count; i++) {
        store.append(17, first + i, message(large), null, true, 0);
        store.put(FactKind.SESSION_NOTE, new byte[] {(byte) i}, claim(17, first + i));
        loop.sync(store);
      }
    }
    try (JournalStore journal = open(folder)) {
      Recovered recovered = journal.recover();
      assertThat(recovered.backlogs()).doesNotContainKey(17L);
      assertThat(recovered.facts().stream().filter(fact -> fact.is(FactKind.SESSION_NOTE)))
          .hasSize(count)
          .allMatch(fact -> fact.value().length > large.length());
    }
    try (Stream<Path> files = Files.list(folder.resolve(JournalStore.FOLDER))) {
      assertThat(files).allMatch(file -> file.toFile().length() < 6L * large.length());
    }
  }

  /** A note about a message that is in a queue; how the session takes it is nobody's here. */
  private static byte[] claim(long owner, long sequence) {
    return ByteBuffer.allocate(Integer.BYTES + 3 * Long.BYTES + 1)
        .putInt(1)
        .putLong(-1)
        .put((byte) 1)
        .putLong(owner)
        .putLong(sequence)
        .array();
  }
}
