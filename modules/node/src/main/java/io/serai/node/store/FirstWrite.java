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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What a start writes into the journal before anything else: how many starts there were, so that
 * each run has sequences of its own.
 */
final class FirstWrite {
  private static final byte[] STARTS = "starts".getBytes(StandardCharsets.US_ASCII);
  private static final long SYNC_SECONDS = 60;

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
   * Writes something as one unit and waits until it is safe.
   *
   * @param enough what else ends the waiting; a {@link Throwable} is why it cannot be written
   * @throws IllegalStateException when it cannot be written, or is not safe in time
   */
  static void write(
      Journal journal, Consumer<JournalHandle> what, List<CompletableFuture<?>> enough) {
    CompletableFuture<Object> isSafe = new CompletableFuture<>();
    JournalHandle handle = journal.handle(isSafe::complete);
    handle.begin();
    what.accept(handle);
    handle.commit();
    handle.flush();
    CompletableFuture<?>[] any = enough.toArray(new CompletableFuture<?>[enough.size() + 1]);
    any[enough.size()] = isSafe;
    await("the journal", CompletableFuture.anyOf(any));
  }

  /**
   * Waits until what was written is safe.
   *
   * @param what was written to, for the error
   * @param first a {@link Throwable} it ends with is why it cannot be written
   * @throws IllegalStateException when it cannot be written, or is not safe in time
   */
  static void await(String what, CompletableFuture<?> first) {
    try {
      if (first.get(SYNC_SECONDS, TimeUnit.SECONDS) instanceof Throwable cause) {
        throw new IllegalStateException(what + " cannot be written: " + reason(cause), cause);
      }
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "the first write to %s is not safe after %d s: does the disk answer, has it room?"
              .formatted(what, SYNC_SECONDS),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the journal was opened", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static String reason(Throwable cause) {
    Throwable deeper = cause.getCause();
    return deeper == null
        ? String.valueOf(cause.getMessage())
        : cause.getMessage() + ": " + deeper.getMessage();
  }
}
