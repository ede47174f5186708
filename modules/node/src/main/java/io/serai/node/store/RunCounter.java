package io.serai.node.store;

import io.serai.routing.store.Store;
import io.serai.storage.journal.JournalHandle;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sees to it that no sequence is given out by two runs of the node. Each run has 2^32 for every
 * queue; a queue that needs more takes those of the next run, which then begins behind them. Shared
 * by all loops.
 */
final class RunCounter {
  /** Bits of a sequence that are counted up. */
  static final long COUNTED_BITS = (1L << Store.SEQUENCE_BITS) - 1;

  private final long run;
  private final AtomicLong last;

  /**
   * @param run the number of this run
   */
  RunCounter(long run) {
    this.run = run;
    this.last = new AtomicLong(run);
  }

  /** The lowest sequence of this run. */
  long firstSequence() {
    return FirstWrite.firstSequence(run);
  }

  /** The lowest sequence of the run behind the one that a sequence belongs to. */
  long firstSequenceAfter(long sequence) {
    return ((sequence & COUNTED_BITS) >>> FirstWrite.RUN_BITS) + 1 << FirstWrite.RUN_BITS;
  }

  /**
   * A sequence of a later run is given out: notes in the same unit that the next start has to begin
   * behind it.
   *
   * @return the lowest sequence that is not noted so
   */
  long take(long sequence, JournalHandle into) {
    long ahead = ((sequence & COUNTED_BITS) - firstSequence()) >>> FirstWrite.RUN_BITS;
    FirstWrite.putStarts(into, last.accumulateAndGet(run + ahead, Math::max));
    return firstSequenceAfter(sequence);
  }
}
