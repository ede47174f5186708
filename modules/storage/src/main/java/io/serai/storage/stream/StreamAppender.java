package io.serai.storage.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's way to write to streams. Each call notes a message; {@link #flush} hands over
 * what was noted since the last one, without lock or I/O. Confined to its loop; a stream is
 * appended to by one loop only.
 */
public final class StreamAppender {
  private final Consumer<Flush> submit;

  /** Told on the writer thread. */
  final LongConsumer synced;

  /** Up to where {@link #synced} has to be told; the writer's. */
  long syncedPosition;

  boolean isTellPending;

  private final List<Appends> noted = new ArrayList<>();
  private long position;

  StreamAppender(Consumer<Flush> submit, LongConsumer synced) {
    this.submit = submit;
    this.synced = synced;
  }

  /**
   * Adds a message to the end of a stream.
   *
   * @param timestampMillis when, ms since 1970
   * @param filterValue what readers can select it by
   * @return its offset
   */
  public long append(
      StreamLog log, StreamRecord record, long timestampMillis, @Nullable String filterValue) {
    Appends appends = log.noted;
    if (appends == null) {
      appends = new Appends(log, log.nextOffset);
      log.noted = appends;
      noted.add(appends);
    }
    appends.add(record, timestampMillis, filterValue);
    position++;
    return log.nextOffset++;
  }

  /** Counts the messages appended so far. */
  public long position() {
    return position;
  }

  /** Hands over what was appended since the last time. */
  public void flush() {
    if (!noted.isEmpty()) {
      submit.accept(take());
    }
  }

  /**
   * Sets apart what was appended since the last time: it is handed over when the answer is run.
   * Those have to be run in the order they were given out, and before the next {@link #flush}.
   */
  public Runnable cut() {
    if (noted.isEmpty()) {
      return () -> {};
    }
    Flush part = take();
    return () -> submit.accept(part);
  }

  private Flush take() {
    for (Appends appends : noted) {
      appends.log.noted = null;
    }
    Flush taken = new Flush(this, List.copyOf(noted), position);
    noted.clear();
    return taken;
  }
}
