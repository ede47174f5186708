package io.serai.node.store;

import io.netty.buffer.Unpooled;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.routing.store.Store;
import io.serai.storage.journal.Journal;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads pages of a queue's messages for one loop: the journal's threads find, read and decode them,
 * the loop gets messages. When a page cannot be read whole, each message that is missing is tried
 * once more alone; those that fail again are reported and stay in the journal.
 */
final class PageReader implements Store.Pages {
  private static final Logger log = LoggerFactory.getLogger(PageReader.class);

  private final Journal journal;
  private final Executor onLoop;

  PageReader(Journal journal, Executor onLoop) {
    this.journal = journal;
    this.onLoop = onLoop;
  }

  /** Nobody is told when the journal has ended. */
  @Override
  public void load(long owner, long[] sequences, Consumer<@Nullable Message[]> loaded) {
    journal.read(
        owner,
        sequences,
        (payloads, failure) -> {
          if (!journal.isOpen()) {
            return;
          }
          @Nullable Message[] messages = new Message[payloads.length];
          StoredMessages reader = new StoredMessages();
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
      @Nullable Message[] messages,
      int from,
      Consumer<@Nullable Message[]> loaded) {
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
            messages[index] = decoded(new StoredMessages(), owner, sequences[index], payloads[0]);
          } else {
            report(owner, sequences[index], failure);
          }
          tryAgain(owner, sequences, messages, index + 1, loaded);
        });
  }

  private static @Nullable Message decoded(
      StoredMessages reader, long owner, long sequence, byte @Nullable [] payload) {
    if (payload == null) {
      return null;
    }
    try {
      return reader.read(Unpooled.wrappedBuffer(payload));
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

  private void answer(@Nullable Message[] messages, Consumer<@Nullable Message[]> loaded) {
    try {
      onLoop.execute(() -> loaded.accept(messages));
    } catch (RejectedExecutionException _) {
      // the loop has ended and nobody there waits
    }
  }
}
