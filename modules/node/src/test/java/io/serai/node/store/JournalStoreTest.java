package io.serai.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Recovered;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StoredDelay;
import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalListener;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalStoreTest {
  private static final JournalOptions SMALL = JournalOptions.defaults().withSegmentBytes(1 << 20);
  private static final JournalListener SILENT = _ -> {};

  @TempDir Path folder;
  private final TestLoop loop = new TestLoop();

  private JournalStore open() throws IOException {
    return JournalStore.open(folder, SMALL, new RealFiles(), SILENT);
  }

  private static Message message(String body) {
    return new Message(
        Address.ofQueue("q"),
        new Encoding.Neutral(
            Properties.builder().durable(true).build(), Headers.of(Header.of("k", body))),
        Body.ofUtf8(body),
        Origin.ofBroker("/"),
        1_000);
  }

  private static Map<Long, Integer> deliveryCounts(Recovered recovered, long owner) {
    Map<Long, Integer> counts = new LinkedHashMap<>();
    StoredBacklog backlog = recovered.backlogs().get(owner);
    backlog.forEach((sequence, _, _, count, _) -> counts.put(sequence, count));
    assertThat(backlog.count()).isEqualTo(counts.size());
    return counts;
  }

  private Message[] load(Store store, long owner, long... sequences) throws Exception {
    CompletableFuture<Message[]> loaded = new CompletableFuture<>();
    store.pages().load(owner, sequences, loaded::complete);
    return loop.await(loaded);
  }

  @Test
  void whatOwnersHaveAndWhatIsSoComesBackAfterEveryStart() throws Exception {
    long first;
    try (JournalStore journal = open()) {
      assertThat(journal.recover().backlogs()).isEmpty();
      Store store = journal.open(0, loop);
      first = store.firstSequence();
      Message shared = message("shared");
      store.append(17, first, shared, null, false, 0);
      store.append(18, first, shared, null, true, 0);
      store.append(17, first + 1, message("settled"), null, false, 0);
      store.append(Store.DELAYED_OWNER, first, message("late"), null, false, 1_234);
      store.append(19, first, message("gone"), null, false, 0);
      store.update(17, first, shared, null, 3);
      store.settle(17, first + 1);
      store.removed(19);
      store.put(FactKind.QUEUE, new byte[] {1}, new byte[] {2});
      store.put(FactKind.QUEUE, new byte[] {3}, new byte[] {4});
      store.remove(FactKind.QUEUE, new byte[] {3});
      loop.sync(store);
    }
    for (int start = 0; start < 2; start++) {
      try (JournalStore journal = open()) {
        Recovered recovered = journal.recover();
        assertThat(recovered.backlogs()).containsOnlyKeys(17L, 18L);
        assertThat(deliveryCounts(recovered, 17)).containsExactly(Map.entry(first, 3));
        assertThat(deliveryCounts(recovered, 18)).containsExactly(Map.entry(first, 1));
        Store store = journal.open(0, loop);
        for (long owner : new long[] {17, 18}) {
          Message one = load(store, owner, first)[0];
          assertThat(one.body().toUtf8()).isEqualTo("shared");
          assertThat(one.headers().first("k")).isNotNull();
        }
        assertThat(load(store, 17, first + 1)).containsExactly((Message) null);
        assertThat(recovered.retained()).isEmpty();
        assertThat(recovered.delayed()).containsExactly(new StoredDelay(first, 1_234, 4));
        Message late = load(store, Store.DELAYED_OWNER, first)[0];
        assertThat(late.body().toUtf8()).isEqualTo("late");
        assertThat(recovered.facts())
            .filteredOn(fact -> fact.is(FactKind.QUEUE))
            .singleElement()
            .satisfies(fact -> assertThat(fact.value()).containsExactly(2));
        assertThat(store.firstSequence()).isGreaterThan(first);
      }
    }
  }

  @Test
  void aQueueThatUsesUpTheSequencesOfARunDoesNotRunIntoThoseOfTheNext() throws Exception {
    long far;
    try (JournalStore journal = open()) {
      journal.recover();
      Store store = journal.open(0, loop);
      far = store.firstSequence() + (3L << 32) + 5;
      store.append(17, 7L << Store.SEQUENCE_BITS | far, message("late"), null, false, 0);
      store.append(17, 7L << Store.SEQUENCE_BITS | far + 1, message("later"), null, false, 0);
      loop.sync(store);
    }
    try (JournalStore journal = open()) {
      journal.recover();
      assertThat(journal.open(0, loop).firstSequence()).isGreaterThan(far + 1);
    }
  }

  /** Two queues on two loops, 17 and 18, get a message each, and 19 lets go of one. */
  private CommittedTransaction commit(Store store, Store queueStore) throws InterruptedException {
    queueStore.append(19, store.firstSequence(), message("consumed"), null, false, 0);
    queueStore.append(17, store.firstSequence(), message("before"), null, false, 0);
    loop.sync(queueStore);
    long held = Store.sequenceOfLoop(1, store.firstSequence());
    var both = message("both");
    store.append(Store.TRANSACTION_OWNER, held + 1, both, null, false, 0);
    store.append(Store.TRANSACTION_OWNER, held + 2, both, null, false, 0);
    var transaction =
        new CommittedTransaction(
            held,
            List.of(
                new CommittedTransaction.Part(
                    0,
                    List.of(new CommittedTransaction.Enqueue(held + 1, 17, 0)),
                    List.of(new CommittedTransaction.Settle(19, store.firstSequence()))),
                new CommittedTransaction.Part(
                    1, List.of(new CommittedTransaction.Enqueue(held + 2, 18, 5)), List.of())));
    store.put(FactKind.TRANSACTION, CommittedTransaction.key(held), transaction.write());
    return transaction;
  }

  private static long[] sequences(Recovered recovered, long owner) {
    return deliveryCounts(recovered, owner).keySet().stream().mapToLong(Long::longValue).toArray();
  }

  private List<String> bodies(Store store, long owner, long[] sequences) throws Exception {
    return Stream.of(load(store, owner, sequences))
        .map(message -> message.body().toUtf8())
        .toList();
  }

  @Test
  void aCommittedTransactionIsCompletedByTheNextStartWhicheverPartsWereDone() throws Exception {
    for (int partsDone = 0; partsDone <= 2; partsDone++) {
      Path own = folder.resolve("parts" + partsDone);
      long firstOfRun;
      try (JournalStore journal = JournalStore.open(own, SMALL, new RealFiles(), SILENT)) {
        journal.recover();
        Store store = journal.open(1, loop);
        Store queues = journal.open(0, loop);
        firstOfRun = store.firstSequence();
        CommittedTransaction transaction = commit(store, queues);
        loop.sync(store);
        if (partsDone > 0) {
          queues.append(17, firstOfRun + 1, message("both"), null, false, 0);
          queues.settle(19, firstOfRun);
          queues.put(
              FactKind.TRANSACTION, CommittedTransaction.key(transaction.id(), 0), new byte[0]);
          loop.sync(queues);
        }
        if (partsDone > 1) {
          store.append(18, 5L << Store.SEQUENCE_BITS | firstOfRun, message("both"), null, false, 0);
          store.put(
              FactKind.TRANSACTION, CommittedTransaction.key(transaction.id(), 1), new byte[0]);
          loop.sync(store);
        }
      }
      for (int start = 0; start < 2; start++) {
        try (JournalStore journal = JournalStore.open(own, SMALL, new RealFiles(), SILENT)) {
          Recovered recovered = journal.recover();
          Store store = journal.open(0, loop);
          assertThat(recovered.backlogs()).containsOnlyKeys(17L, 18L);
          long[] in17 = sequences(recovered, 17);
          assertThat(bodies(store, 17, in17)).containsExactly("before", "both");
          assertThat(in17[1]).isLessThan(store.firstSequence());
          long[] in18 = sequences(recovered, 18);
          assertThat(bodies(store, 18, in18)).containsExactly("both");
          assertThat(in18[0] >>> Store.SEQUENCE_BITS).as("its priority").isEqualTo(5);
          assertThat(recovered.facts()).noneMatch(fact -> fact.is(FactKind.TRANSACTION));
        }
      }
    }
  }

  @Test
  void aTransactionThatWasNotStoredLeavesNothing() throws Exception {
    try (JournalStore journal = open()) {
      journal.recover();
      commit(journal.open(1, loop), journal.open(0, loop)); // never handed over
    }
    try (JournalStore journal = open()) {
      Recovered recovered = journal.recover();
      long[] in17 = sequences(recovered, 17);
      assertThat(bodies(journal.open(0, loop), 17, in17)).containsExactly("before");
      assertThat(recovered.backlogs()).containsOnlyKeys(17L, 19L);
    }
  }

  @Test
  void manyMessagesOfManySizesAreReadBackInOrder() throws Exception {
    int count = 5_000;
    try (JournalStore journal = open()) {
      journal.recover();
      Store store = journal.open(0, loop);
      for (int i = 0; i < count; i++) {
        Message message = message(i + "x".repeat(i % 700));
        store.append(17, store.firstSequence() + i, message, null, false, 0);
        if (i % 100 == 0) {
          store.flush();
        }
      }
      loop.sync(store);
    }
    try (JournalStore journal = open()) {
      long[] all =
          deliveryCounts(journal.recover(), 17).keySet().stream()
              .mapToLong(Long::longValue)
              .toArray();
      assertThat(all).hasSize(count);
      Message[] read = load(journal.open(0, loop), 17, all);
      for (int i = 0; i < count; i++) {
        assertThat(read[i].body().toUtf8()).isEqualTo(i + "x".repeat(i % 700));
      }
    }
  }

  @Test
  void aMessageThatIsDamagedOnDiskIsMissingFromItsPageAndTheOthersAreNot() throws Exception {
    try (JournalStore journal = open()) {
      journal.recover();
      Store store = journal.open(0, loop);
      long first = store.firstSequence();
      for (String letter : List.of("a", "b", "c")) {
        store.append(17, first + letter.charAt(0), message(letter.repeat(1_000)), null, false, 0);
      }
      loop.sync(store);
      flipOneByteOf("b".repeat(1_000));
      Message[] page = load(store, 17, first + 'a', first + 'b', first + 'c');
      assertThat(page[0].body().toUtf8()).startsWith("a");
      assertThat(page[1]).isNull();
      assertThat(page[2].body().toUtf8()).startsWith("c");
    }
  }

  private void flipOneByteOf(String text) throws IOException {
    try (var files = Files.list(folder.resolve(JournalStore.FOLDER))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".journal")).toList()) {
        int at = Files.readString(file, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at >= 0) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0}), at + 500L);
          }
          return;
        }
      }
    }
    throw new AssertionError("no segment has the text");
  }

  @Test
  void aStartOnAFullDiskServesWhatThereIsAndGoesOnWhenThereIsSpace() throws Exception {
    JournalOptions tiny = JournalOptions.defaults().withSegmentBytes(32 << 10);
    FullDisk disk = new FullDisk(new AtomicBoolean());
    Faults faults = new Faults(1).diskBytes(10 * (32 << 10));
    try (JournalStore journal =
        JournalStore.open(folder, tiny, new FaultyFiles(new RealFiles(), faults), disk)) {
      journal.recover();
      Store store = journal.open(0, loop);
      for (int i = 0; !disk.isFull().get(); i++) {
        store.append(17, store.firstSequence() + i, message("x".repeat(2_000)), null, false, 0);
        loop.syncUnless(disk.isFull()::get, store);
      }
    }
    Faults full = new Faults(2).diskBytes(1); // as full as can be
    try (JournalStore journal =
        JournalStore.open(folder, tiny, new FaultyFiles(new RealFiles(), full), disk)) {
      Set<Long> old = deliveryCounts(journal.recover(), 17).keySet();
      Store store = journal.open(0, loop);
      long first = store.firstSequence();
      assertThat(old).isNotEmpty().allMatch(sequence -> sequence < first);
      assertThat(load(store, 17, old.iterator().next())[0].body().length()).isEqualTo(2_000);
      store.append(17, first, message("waits"), null, false, 0);
      old.forEach(sequence -> store.settle(17, sequence));
      full.diskBytes(Long.MAX_VALUE);
      loop.sync(store);
    }
    try (JournalStore journal = open()) {
      assertThat(deliveryCounts(journal.recover(), 17)).hasSize(1);
    }
  }

  private record FullDisk(AtomicBoolean isFull) implements JournalListener {
    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }

    @Override
    public void full(long freeBytes, long neededBytes) {
      isFull.set(true);
    }
  }

  @Test
  void aLoopThatHasEndedDoesNotKeepTheOthersFromBeingWritten() throws Exception {
    CountDownLatch isRejected = new CountDownLatch(1);
    try (JournalStore journal = open()) {
      journal.recover();
      Store ended =
          journal.open(
              0,
              _ -> {
                isRejected.countDown();
                throw new RejectedExecutionException("event executor terminated");
              });
      Store other = journal.open(1, loop);
      ended.append(17, ended.firstSequence(), message("last"), null, false, 0);
      ended.flush();
      assertThat(isRejected.await(60, TimeUnit.SECONDS)).isTrue();
      other.append(18, other.firstSequence(), message("later"), null, false, 0);
      loop.sync(other);
    }
    try (JournalStore journal = open()) {
      assertThat(journal.recover().backlogs()).containsOnlyKeys(17L, 18L);
    }
  }
}
