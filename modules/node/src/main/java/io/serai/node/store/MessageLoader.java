package io.serai.node.store;

import io.netty.buffer.Unpooled;
import io.serai.model.Message;
import io.serai.model.StoredMessages;
import io.serai.model.UnknownFormatException;
import io.serai.routing.store.Fact;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StoredDelay;
import io.serai.routing.store.StoredMessage;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.RefAttributes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a journal that was just opened has for a node to start: of queues which messages there
 * are and when delayed ones are due, and the retained values themselves. What no installed module
 * reads stays in the journal and is counted. Used once.
 */
final class MessageLoader {
  private static final Logger log = LoggerFactory.getLogger(MessageLoader.class);

  /** Bytes and messages read at a time, and how many of such reads are under way. */
  private static final long READ_BYTES = 2 << 20;

  private static final int READ_AT_ONCE = 1024;

  private static final int READS_UNDER_WAY = 4;
  private static final long PROGRESS_NANOS = 2_000_000_000;

  private final Journal journal;
  private final io.serai.storage.journal.Recovered recovered;
  private final StoredMessages reader = new StoredMessages();

  /** By journal id. */
  private final Map<Long, Message> messages = new HashMap<>();

  private final TreeSet<Integer> unknownFormats = new TreeSet<>();
  private int unreadable;

  MessageLoader(Journal journal, io.serai.storage.journal.Recovered recovered) {
    this.journal = journal;
    this.recovered = recovered;
  }

  /**
   * The store's content.
   *
   * @throws IllegalStateException when the journal cannot be read
   */
  io.serai.routing.store.Recovered load(List<Fact> facts) {
    readAll();
    List<StoredMessage> retained = new ArrayList<>();
    recovered.forEachReference(
        Store.RETAINED_OWNER,
        (sequence, id, attributes) -> add(retained, sequence, id, attributes));
    recovered.release(Store.RETAINED_OWNER);
    List<StoredDelay> delayed = new ArrayList<>();
    recovered.drainReferences(
        Store.DELAYED_OWNER,
        (sequence, _, attributes) ->
            delayed.add(
                new StoredDelay(
                    sequence, Notes.note(attributes.opaque()), attributes.bodyBytes())));
    Map<Long, StoredBacklog> backlogs = new TreeMap<>();
    for (long owner : recovered.owners()) {
      backlogs.put(owner, new JournalBacklog(recovered, owner));
    }
    if (!unknownFormats.isEmpty()) {
      log.atError()
          .addKeyValue("messages", unreadable)
          .addKeyValue("formats", unknownFormats)
          .log("messages in formats that this program does not know stay in the journal");
    }
    return new io.serai.routing.store.Recovered(facts, retained, delayed, backlogs, unreadable);
  }

  private void add(List<StoredMessage> own, long sequence, long id, RefAttributes attributes) {
    Message message = messages.get(id);
    if (message == null) {
      unreadable++;
      return;
    }
    try {
      own.add(Notes.read(sequence, message, attributes));
    } catch (UnknownFormatException e) {
      unknownFormats.add(e.id());
      unreadable++;
    }
  }

  private void readAll() {
    long began = System.nanoTime();
    long nextReport = began + PROGRESS_NANOS;
    TreeMap<Long, Integer> wanted = payloads();
    Deque<Read> underWay = new ArrayDeque<>();
    LongStream.Builder ids = LongStream.builder();
    int count = 0;
    long bytes = 0;
    for (Map.Entry<Long, Integer> payload : wanted.entrySet()) {
      ids.add(payload.getKey());
      count++;
      bytes += payload.getValue();
      if (count == READ_AT_ONCE || bytes >= READ_BYTES) {
        underWay.add(begin(ids.build().toArray()));
        ids = LongStream.builder();
        count = 0;
        bytes = 0;
        if (underWay.size() > READS_UNDER_WAY) {
          take(underWay.remove());
        }
      }
      if (System.nanoTime() > nextReport) {
        nextReport += PROGRESS_NANOS;
        report("journal being read", wanted.size(), began);
      }
    }
    underWay.add(begin(ids.build().toArray()));
    underWay.forEach(this::take);
    if (!wanted.isEmpty()) {
      report("journal read", wanted.size(), began);
    }
  }

  /** The payloads of retained values, in the order they were written: bytes each. */
  private TreeMap<Long, Integer> payloads() {
    TreeMap<Long, Integer> bytes = new TreeMap<>();
    recovered.forEachReference(
        Store.RETAINED_OWNER, (_, id, attributes) -> bytes.put(id, attributes.bodyBytes()));
    return bytes;
  }

  private void report(String what, int all, long began) {
    log.atInfo()
        .addKeyValue("messages", messages.size())
        .addKeyValue("of", all)
        .addKeyValue("took_ms", (System.nanoTime() - began) / 1_000_000)
        .log(what);
  }

  private record Read(long[] ids, CompletableFuture<byte[] @Nullable []> payloads) {}

  private Read begin(long[] ids) {
    CompletableFuture<byte[] @Nullable []> payloads = new CompletableFuture<>();
    journal.read(
        ids,
        (found, failure) -> {
          if (failure == null) {
            payloads.complete(found);
          } else {
            payloads.completeExceptionally(failure);
          }
        });
    return new Read(ids, payloads);
  }

  private void take(Read read) {
    byte[] @Nullable [] payloads = join(read.payloads());
    for (int i = 0; i < payloads.length; i++) {
      byte[] bytes = payloads[i];
      if (bytes != null) {
        read(read.ids()[i], bytes);
      }
    }
  }

  /**
   * Waits for what is read.
   *
   * @throws IllegalStateException when it cannot be read; says what to do
   */
  static <T> T join(CompletableFuture<T> read) {
    try {
      return read.join();
    } catch (java.util.concurrent.CompletionException e) {
      throw new IllegalStateException(
          "the journal cannot be read: "
              + reason(e)
              + ". Run `serai store check`, restore the data folder from a backup, or create the"
              + " empty file journal/accept-damage in it to go on without what cannot be read.",
          e);
    }
  }

  private static @Nullable String reason(Exception e) {
    return e.getCause() instanceof IOException cause ? cause.getMessage() : e.getMessage();
  }

  private void read(long id, byte[] bytes) {
    try {
      Message message = reader.read(Unpooled.wrappedBuffer(bytes));
      MessagePayload.restored(message, id);
      messages.put(id, message);
    } catch (UnknownFormatException e) {
      unknownFormats.add(e.id());
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("journal_id", id)
          .addKeyValue("reason", e.getMessage())
          .log("a message is not readable, it stays in the journal");
    }
  }
}
