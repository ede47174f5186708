package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.storage.journal.Journal;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pages of what an owner has for one loop: the journal's threads find, read and decode
 * payloads, the loop gets what is in them. When a page cannot be read whole, each payload that is
 * missing is tried once more alone; those that fail again are reported together and left out.
 *
 * @param <T> what a payload is
 */
final class PageReader<T> {
  private static final Logger log = LoggerFactory.getLogger(PageReader.class);

  private final Journal journal;
  private final Executor onLoop;
  private final IntFunction<@Nullable T[]> arrays;
  private final Supplier<Function<ByteBuf, T>> decoders;

  /**
   * @param decoders gives one for each page, used by one thread at a time
   */
  PageReader(
      Journal journal,
      Executor onLoop,
      IntFunction<@Nullable T[]> arrays,
      Supplier<Function<ByteBuf, T>> decoders) {
    this.journal = journal;
    this.onLoop = onLoop;
    this.arrays = arrays;
    this.decoders = decoders;
  }

  /**
   * As {@link io.serai.routing.store.Store.Pages#load}; nobody is told when the journal is closed.
   */
  void load(long owner, long[] sequences, Consumer<@Nullable T[]> loaded) {
    new Reading(owner, sequences, loaded).begin();
  }

  /** One page on its way. Its steps are the callbacks of the journal, one after the other. */
  private final class Reading {
    private final long owner;
    private final long[] sequences;
    private final Consumer<@Nullable T[]> loaded;
    private final @Nullable T[] found;
    private int failures;
    private long firstFailed;
    private @Nullable Exception reason;

    Reading(long owner, long[] sequences, Consumer<@Nullable T[]> loaded) {
      this.owner = owner;
      this.sequences = sequences;
      this.loaded = loaded;
      this.found = arrays.apply(sequences.length);
    }

    void begin() {
      journal.read(
          owner,
          sequences,
          (payloads, failure) -> {
            if (journal.isClosed()) {
              return;
            }
            Function<ByteBuf, T> reader = decoders.get();
            for (int i = 0; i < payloads.length; i++) {
              decode(reader, i, payloads[i]);
            }
            if (failure == null) {
              end();
            } else {
              tryAgain(0);
            }
          });
    }

    /** Reads what is missing from an index on, one by one. */
    private void tryAgain(int from) {
      int index = from;
      while (index < found.length && found[index] != null) {
        index++;
      }
      if (index == found.length) {
        end();
        return;
      }
      int next = index;
      journal.read(
          owner,
          new long[] {sequences[next]},
          (payloads, failure) -> {
            if (journal.isClosed()) {
              return;
            }
            if (failure == null) {
              decode(decoders.get(), next, payloads[0]);
            } else {
              failed(next, failure);
            }
            tryAgain(next + 1);
          });
    }

    private void decode(Function<ByteBuf, T> reader, int index, byte @Nullable [] payload) {
      if (payload == null) {
        return;
      }
      try {
        found[index] = reader.apply(Unpooled.wrappedBuffer(payload));
      } catch (RuntimeException e) {
        failed(index, e);
      }
    }

    private void failed(int index, Exception why) {
      if (failures++ == 0) {
        firstFailed = sequences[index];
        reason = why;
      }
    }

    private void end() {
      if (reason != null) {
        log.atError()
            .addKeyValue("owner", owner)
            .addKeyValue("messages", failures)
            .addKeyValue("first_sequence", firstFailed)
            .addKeyValue("reason", reason.getMessage())
            .log("messages cannot be read; they are left out, stay on disk and are tried again");
      }
      onLoop.execute(() -> loaded.accept(found));
    }
  }
}
