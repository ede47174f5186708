package io.serai.routing.queue;

import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.routing.store.Spill;
import io.serai.routing.store.Store;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what pages have of messages that the store does not keep, and reads it back: one page of
 * the {@link Spill} for each chunk, which it has until its last message is gone. So a page that
 * comes in and goes out again is written once. Confined to the shard's loop.
 */
final class Spilling {
  /** How far the messages of a chunk are from being on disk. */
  enum Progress {
    /** They all are: in the store or in the spill. */
    DONE,
    /** It is being written. */
    UNDER_WAY,
    /** It cannot be written, or not yet. */
    IMPOSSIBLE
  }

  private final Store.Pages pages;
  private final Spill spill;
  private long writtenPosition;

  /**
   * @param whenWritten told each time more can go out
   */
  Spilling(Store.Pages pages, Runnable whenWritten) {
    this.pages = pages;
    this.spill = pages.spill();
    spill.onWritten(position -> {
      writtenPosition = position;
      whenWritten.run();
    });
  }

  /** Hands over what is to be written and forgotten. Called when a turn ends. */
  void flush() {
    spill.flush();
  }

  /** Begins to write what the store does not have of a chunk to which nothing is added any more. */
  Progress write(MessageChunk chunk, Custody custody) {
    if (!chunk.hasTransient) {
      return Progress.DONE;
    }
    if (spill.isOpen() && chunk.spilledAt <= spill.openedAt()) {
      forget(chunk.takeSpilled()); // that device has failed since: all of it is here, and goes anew
    }
    if (chunk.spilledAt == MessageChunk.NOT_WRITTEN) {
      Spill.Page page = chunk.isPinned || !spill.isOpen() ? null : page(chunk, custody);
      if (page == null) {
        return Progress.IMPOSSIBLE;
      }
      chunk.spilled = new long[] {spill.write(page)};
      chunk.spilledAt = spill.position();
    }
    if (chunk.spilledAt > spill.openedAt() && chunk.spilledAt <= writtenPosition) {
      return Progress.DONE;
    }
    return spill.isOpen() ? Progress.UNDER_WAY : Progress.IMPOSSIBLE;
  }

  /** What is to be written of a chunk; null when not all of it can be. */
  private static Spill.@Nullable Page page(MessageChunk chunk, Custody custody) {
    long[] sequences = new long[chunk.to - chunk.from];
    Message[] messages = new Message[sequences.length];
    int count = 0;
    for (int slot = chunk.from; slot < chunk.to; slot++) {
      Message message = chunk.messages[slot];
      if (message != null && !custody.isStored(message)) {
        if (!StoredMessages.canWrite(message)) {
          chunk.isPinned = true;
          return null;
        }
        sequences[count] = chunk.base + slot;
        messages[count++] = message;
      }
    }
    return new Spill.Page(Arrays.copyOf(sequences, count), Arrays.copyOf(messages, count));
  }

  /** Nothing of a chunk is left. */
  void forget(MessageChunk chunk) {
    forget(chunk.spilled);
  }

  /** Pages are not needed any more. */
  void forget(long[] spilled) {
    for (long page : spilled) {
      spill.forget(page);
    }
  }

  /**
   * Reads messages of one queue.
   *
   * @param spilled pages with those that the store does not have
   * @param sequences theirs, in ascending order
   * @param loaded told once, by sequence; null for what cannot be read or is settled
   */
  void load(
      long[] spilled, Custody custody, long[] sequences, Consumer<@Nullable Message[]> loaded) {
    if (spilled.length == 0) {
      pages.load(custody.owner(), sequences, loaded);
      return;
    }
    spill.read(
        spilled,
        read -> {
          @Nullable Message[] messages = find(sequences, read);
          long[] missing = missing(sequences, messages);
          if (missing.length == 0 || !custody.isStoring()) {
            loaded.accept(messages);
          } else {
            pages.load(
                custody.owner(),
                missing,
                fromStore -> {
                  fill(messages, fromStore);
                  loaded.accept(messages);
                });
          }
        });
  }

  /** The pages of a chunk are in the order of their sequences, as what is asked for. */
  private static @Nullable Message[] find(long[] sequences, Spill.@Nullable Page[] pages) {
    @Nullable Message[] found = new Message[sequences.length];
    int next = 0;
    for (Spill.Page page : pages) {
      for (int i = 0; page != null && i < page.sequences().length; i++) {
        while (next < sequences.length && sequences[next] < page.sequences()[i]) {
          next++;
        }
        if (next < sequences.length && sequences[next] == page.sequences()[i]) {
          found[next++] = page.messages()[i];
        }
      }
    }
    return found;
  }

  private static long[] missing(long[] sequences, @Nullable Message[] messages) {
    long[] missing = new long[sequences.length];
    int count = 0;
    for (int i = 0; i < sequences.length; i++) {
      if (messages[i] == null) {
        missing[count++] = sequences[i];
      }
    }
    return Arrays.copyOf(missing, count);
  }

  /** Puts messages, in order, where there are none. */
  private static void fill(@Nullable Message[] messages, @Nullable Message[] from) {
    int next = 0;
    for (int i = 0; i < messages.length; i++) {
      if (messages[i] == null) {
        messages[i] = from[next++];
      }
    }
  }
}
