package io.serai.node.store;

import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.JournalHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What a start writes into the journal before anything else: how many starts there were, so that
 * each run has sequences of its own.
 */
final class FirstWrite {
  private static final byte[] STARTS = "starts".getBytes(StandardCharsets.US_ASCII);

  /** Sequences of a run share the upper of their 48 bits: the number of the start. */
  static final int RUN_BITS = 32;

  private static final long MOST_STARTS = 1L << (Store.SEQUENCE_BITS - RUN_BITS);

  private FirstWrite() {}

  /** The lowest sequence of a run. */
  static long firstSequence(long run) {
    return (run % MOST_STARTS) << RUN_BITS;
  }

  /** How often the node was started before. */
  static long starts(List<Fact> facts) {
    return facts.stream()
        .filter(fact -> fact.is(FactKind.NODE) && Arrays.equals(fact.key(), STARTS))
        .mapToLong(fact -> ByteBuffer.wrap(fact.value()).getLong())
        .findFirst()
        .orElse(0);
  }

  /** Notes how often it was started. */
  static void putStarts(JournalHandle into, long starts) {
    into.put(
        (byte) FactKind.NODE.number(),
        STARTS,
        ByteBuffer.allocate(Long.BYTES).putLong(starts).array());
  }

  /**
   * Hands something over as one unit.
   *
   * @return completes when it is safe
   */
  static CompletableFuture<?> write(Journal journal, Consumer<JournalHandle> what) {
    CompletableFuture<Object> isSafe = new CompletableFuture<>();
    JournalHandle handle = journal.handle(isSafe::complete);
    handle.begin();
    what.accept(handle);
    handle.commit();
    handle.flush();
    return isSafe;
  }
}
