package io.serai.node.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.storage.journal.Journal;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
 * missing is tried once more alone; those that fail again are reported and stay in the journal.
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
   * As {@link io.serai.routing.store.Store.Pages#load}; nobody is told when the journal has ended.
   */
  void load(long owner, long[] sequences, Consumer<@Nullable T[]> loaded) {
    journal.read(
        owner,
        sequences,
        (payloads, failure) -> {
          if (!journal.isOpen()) {
            return;
          }
          @Nullable T[] messages = arrays.apply(payloads.length);
          Function<ByteBuf, T> reader = decoders.get();
          for (int i = 0; i < payloads.length; i++) {
            messages[i] = decoded(reader, owner, sequences[i], payloads[i]);
          }
          if (failure == null) {
            answer(messages, loaded);
          } else {
            tryAgain(owner, sequences, messages, 0, loaded);
          }
        });
  }

  /** Reads what is missing from an index on, one by one. */
  private void tryAgain(
      long owner,
      long[] sequences,
      @Nullable T[] messages,
      int from,
      Consumer<@Nullable T[]> loaded) {
    int next = from;
    while (next < messages.length && messages[next] != null) {
      next++;
    }
    if (next == messages.length) {
      answer(messages, loaded);
      return;
    }
    int index = next;
    journal.read(
        owner,
        new long[] {sequences[index]},
        (payloads, failure) -> {
          if (!journal.isOpen()) {
            return;
          }
          if (failure == null) {
            messages[index] = decoded(decoders.get(), owner, sequences[index], payloads[0]);
          } else {
            report(owner, sequences[index], failure);
          }
          tryAgain(owner, sequences, messages, index + 1, loaded);
        });
  }

  private static <T> @Nullable T decoded(
      Function<ByteBuf, T> reader, long owner, long sequence, byte @Nullable [] payload) {
    if (payload == null) {
      return null;
    }
    try {
      return reader.apply(Unpooled.wrappedBuffer(payload));
    } catch (RuntimeException e) {
      report(owner, sequence, e);
      return null;
    }
  }

  private static void report(long owner, long sequence, Exception why) {
    log.atError()
        .addKeyValue("owner", owner)
        .addKeyValue("sequence", sequence)
        .addKeyValue("reason", why.getMessage())
        .log("a message cannot be read and is skipped, it stays in the journal");
  }

  private void answer(@Nullable T[] messages, Consumer<@Nullable T[]> loaded) {
    try {
      onLoop.execute(() -> loaded.accept(messages));
    } catch (RejectedExecutionException _) {
      // the loop has ended and nobody there waits
    }
  }
}
