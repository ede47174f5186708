package io.serai.routing.queue;

import io.serai.model.Message;
import io.serai.routing.selector.Selector;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One run of ready messages as one consumer sees it: those its selector lets through, from where it
 * last looked. What it has looked at is not looked at again unless it comes back.
 */
final class RunView {
  /** Sequences behind the cursor that may be gone again before they are tidied up. */
  private static final int STALE = 64;

  private final ReadyMessages run;
  private final Selector selector;

  /** Messages from this sequence on are not seen. */
  private final long end;

  private final RunCursor cursor = new RunCursor();

  /** Stands at what was found behind the cursor. */
  private final RunCursor back = new RunCursor();

  /**
   * Sequences of messages behind the cursor that came back. Some may be with others again; at most
   * twice as many as came back and are here, and {@link #STALE}.
   */
  private @Nullable TreeSet<Long> behind;

  /** Where the message stands that {@link #look} found last, null when it found none. */
  private @Nullable RunCursor found;

  RunView(ReadyMessages run, Selector selector, long end) {
    this.run = run;
    this.selector = selector;
    this.end = end;
  }

  /** What has to be loaded before it can go on; null when nothing has. */
  @Nullable MessageChunk awaited() {
    return found == null ? cursor.awaited : null;
  }

  ReadyMessages run() {
    return run;
  }

  /** Whether there is nothing that was not looked at. Takes constant time. */
  boolean isAtEnd() {
    return cursor.position >= Math.min(end, run.nextSequence())
        && (behind == null || behind.isEmpty());
  }

  /**
   * Looks for the first message to show.
   *
   * @param most messages to look at; one counts as several where the selector is hard on it
   * @return how many it looked at
   */
  int look(int most) {
    found = null;
    cursor.awaited = null;
    int looked = 0;
    for (; looked < most && behind != null && !behind.isEmpty(); behind.pollFirst()) {
      looked++;
      Returned one = run.returned(behind.first());
      if (one == null) {
        continue;
      }
      looked += selector.effort(one.message());
      if (selector.matches(one.message())) {
        back.position = one.sequence();
        back.returned = one;
        back.message = one.message();
        found = back;
        return looked;
      }
    }
    for (;
        looked < most && cursor.position < Math.min(end, run.nextSequence());
        cursor.position++) {
      looked++;
      Message message = run.seek(cursor);
      if (message == null || cursor.position >= end) {
        break;
      }
      looked += selector.effort(message);
      if (selector.matches(message)) {
        found = cursor;
        return looked;
      }
    }
    return looked;
  }

  @Nullable RunCursor found() {
    return found;
  }

  /** Takes away what {@link #look} found, just now. */
  void removeFound() {
    RunCursor at = found;
    if (at != null) {
      run.remove(at);
    }
  }

  /** Goes past what {@link #look} found, which stays. */
  void passFound() {
    if (found == cursor) {
      cursor.position++;
    } else if (behind != null) {
      behind.pollFirst();
    }
    found = null;
  }

  /** A message is back at its old place. */
  void cameBack(long sequence) {
    if (sequence >= cursor.position) {
      return;
    }
    TreeSet<Long> sequences = behind;
    if (sequences == null) {
      sequences = new TreeSet<>();
      behind = sequences;
    }
    if (sequences.size() > 2 * run.returnedCount() + STALE) {
      sequences.removeIf(one -> run.returned(one) == null);
    }
    sequences.add(sequence);
  }
}
