package io.serai.node.store;

import io.serai.storage.journal.Journal;
import io.serai.storage.journal.Recovered;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the node had begun and not ended when it ended itself, and that has to be whole before
 * anything else is written. Each step can be repeated by the next start, should this one end in the
 * middle.
 */
final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private final UnfinishedTransactions transactions;
  private final UnsureHolders holders;
  private final ClaimedMessages claimed;
  private final MissingInStreams missing;
  private final long run;

  /**
   * @param starts how often the node was started
   */
  Leftovers(Recovered recovered, DiskStreams streams, long starts) {
    transactions = new UnfinishedTransactions(recovered);
    holders = new UnsureHolders(recovered, streams);
    claimed = new ClaimedMessages(recovered);
    missing = new MissingInStreams(streams);
    run = starts + 1; // of its own, for what it gives to queues
  }

  boolean isEmpty() {
    return transactions.isEmpty() && holders.isEmpty() && claimed.isEmpty();
  }

  /**
   * Ends it, and waits until that is safe. Loops cannot begin before that: what they say would come
   * ahead of it, into sequences and offsets that it has to have.
   *
   * @param disk the journal's
   * @throws IllegalStateException when it cannot be written, as on a full disk; says what to do
   */
  void finish(Journal journal, WatchedDisk disk) {
    if (!transactions.isEmpty()) {
      log.atInfo()
          .addKeyValue("transactions", transactions.count())
          .log("committed transactions are completed");
    }
    claimed.move(journal, disk);
    disk.await(
        FirstWrite.write(
            journal,
            handle -> {
              transactions.doParts(handle, FirstWrite.firstSequence(run), missing);
              holders.write(handle);
              FirstWrite.putStarts(handle, run);
              if (missing.isEmpty()) {
                transactions.forget(handle);
              } else {
                transactions.noteOffsets(handle);
              }
            }));
    if (!missing.isEmpty()) {
      missing.append(journal);
      disk.await(FirstWrite.write(journal, transactions::forget));
    }
  }

  /**
   * Reads payloads.
   *
   * @throws IllegalStateException when one cannot be read
   */
  static List<byte[]> read(Journal journal, long[] ids) {
    CompletableFuture<List<byte[]>> found = new CompletableFuture<>();
    journal.read(
        ids,
        (payloads, failure) -> {
          if (failure == null) {
            found.complete(List.of(payloads)); // all are live
          } else {
            found.completeExceptionally(failure);
          }
        });
    return MessageLoader.join(found);
  }
}
