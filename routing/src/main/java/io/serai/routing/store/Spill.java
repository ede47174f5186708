package io.serai.routing.store;

import io.serai.model.Message;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one loop puts messages that need not outlive the node, while there are too many of them to
 * be kept in memory: a page of a queue at a time, written once and read back when consumers come
 * near. Nothing of it is there after a restart, so nothing is synced and no confirm waits for it.
 *
 * <p>Confined to the loop, callbacks included. One whose device fails takes no pages until it is
 * opened again, and gives back what can be read of those it has.
 */
public interface Spill {
  /**
   * Messages of a page.
   *
   * @param sequences theirs in their queue, in ascending order
   */
  record Page(long[] sequences, Message[] messages) {}

  /**
   * Whether it takes pages now: not before it is open, not while the disk is full, and not from a
   * failed write until it is opened again. The first one who asks has it opened, and {@link
   * #onWritten} tells when any of these has passed.
   */
  boolean isOpen();

  /** Writes a page and answers its number, above 0; only while it {@link #isOpen}. */
  long write(Page page);

  /** A page is not needed any more. */
  void forget(long page);

  /**
   * Reads pages back that are written.
   *
   * @param read told once on the loop, never in the middle of this call; null for one that cannot
   *     be read, which has been reported
   */
  void read(long[] pages, Consumer<@Nullable Page[]> read);

  /** Counts what was said so far: grows with each page that is written or forgotten. */
  long position();

  /**
   * The {@link #position} at which it was opened, or last opened again. Of a page that was written
   * up to there nobody learns any more whether it can be read back.
   */
  long openedAt();

  /** Hands over what was said since the last flush. Called when a turn ends. */
  void flush();

  /**
   * Says who learns up to which position everything can be read back that was written since {@link
   * #openedAt}.
   *
   * @param written called on the loop with positions that never fall, also where only more can be
   *     written than before
   */
  void onWritten(LongConsumer written);
}
