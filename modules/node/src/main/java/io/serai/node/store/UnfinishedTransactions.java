package io.serai.node.store;

import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.Recovered;
import io.serai.storage.journal.RefAttributes;
import io.serai.storage.journal.StoredPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Transactions that were committed when the node ended, and that some loops had not done their part
 * of. Their messages are in the journal: they only have to be given to their queues. Read once,
 * before anything else is written.
 */
final class UnfinishedTransactions {
  private static final int LEVEL_BITS = Store.SEQUENCE_BITS;

  /** A message that the journal has, for one more owner. */
  private record Known(long journalId) implements StoredPayload {
    @Override
    public void journalId(long id) {
      throw new IllegalStateException("the journal has it");
    }

    @Override
    public int encodedSize() {
      return 0; // it is not written again
    }

    @Override
    public void encode(ByteBuffer into) {
      throw new IllegalStateException("the journal has it");
    }
  }

  private record Held(long journalId, RefAttributes attributes) {}

  private record Done(long transaction, int loop) {}

  /** By id: those of one connection in the order they were committed in. */
  private final Map<Long, CommittedTransaction> transactions = new TreeMap<>();

  /** Offsets of what streams were to get, by part that is done. */
  private final Map<Done, List<Long>> done = new HashMap<>();

  private final Map<Long, Held> held = new HashMap<>();

  UnfinishedTransactions(Recovered recovered) {
    recovered.forEachFact((kind, key, value) -> {
      if (Byte.toUnsignedInt(kind) == FactKind.TRANSACTION.number()) {
        add(ByteBuffer.wrap(key), value);
      }
    });
    recovered.forEachReference(
        Store.TRANSACTION_OWNER,
        (sequence, id, attributes) -> held.put(sequence, new Held(id, attributes)));
  }

  private void add(ByteBuffer key, byte[] value) {
    long id = key.getLong();
    if (key.hasRemaining()) {
      done.put(new Done(id, key.getShort()), CommittedTransaction.offsets(value));
    } else {
      transactions.put(id, CommittedTransaction.read(id, value));
    }
  }

  boolean isEmpty() {
    return transactions.isEmpty();
  }

  /** How many there are. */
  int count() {
    return transactions.size();
  }

  /**
   * Does what is left to be done in queues, and has the streams that miss something get it.
   *
   * @param firstSequence above those of every queue, below those of the run that begins
   * @param streams told what they miss
   */
  void doParts(JournalHandle into, long firstSequence, MissingInStreams streams) {
    long next = firstSequence;
    for (CommittedTransaction transaction : transactions.values()) {
      for (CommittedTransaction.Part part : transaction.parts()) {
        Done mark = new Done(transaction.id(), part.loop());
        boolean isDone = done.containsKey(mark);
        for (CommittedTransaction.Enqueue one : part.enqueues()) {
          Held message = held.get(one.held());
          if (message != null && !isDone && !one.isStream()) {
            long sequence = (long) one.level() << LEVEL_BITS | next++;
            into.append(
                one.owner(), sequence, new Known(message.journalId()), message.attributes());
          }
        }
        if (!isDone) {
          part.settles().forEach(one -> into.settle(one.owner(), one.sequence()));
        }
        done.put(mark, offsets(part, done.get(mark), streams));
      }
    }
  }

  /** At which offsets streams have what a part gave them, or get it now. */
  private List<Long> offsets(
      CommittedTransaction.Part part, @Nullable List<Long> noted, MissingInStreams streams) {
    List<Long> offsets = new ArrayList<>();
    for (CommittedTransaction.Enqueue one : part.enqueues()) {
      if (one.isStream()) {
        Held message = held.get(one.held());
        long offset =
            noted != null
                ? noted.get(offsets.size())
                : message == null ? CommittedTransaction.NOT_GIVEN : Long.MAX_VALUE;
        boolean isThere =
            offset == CommittedTransaction.NOT_GIVEN || streams.has(one.owner(), offset);
        offsets.add(isThere || message == null ? offset : given(one.owner(), message, streams));
      }
    }
    return offsets;
  }

  private static long given(long stream, Held message, MissingInStreams streams) {
    return streams.add(stream, message.journalId(), message.attributes().bodyBytes());
  }

  /** Notes where streams get what they miss; it has to be safe before they do. */
  void noteOffsets(JournalHandle into) {
    done.forEach((mark, offsets) ->
        into.put(
            (byte) FactKind.TRANSACTION.number(),
            CommittedTransaction.key(mark.transaction(), mark.loop()),
            CommittedTransaction.done(offsets)));
  }

  /** Forgets them: all of their parts are done. */
  void forget(JournalHandle into) {
    for (CommittedTransaction transaction : transactions.values()) {
      for (CommittedTransaction.Part part : transaction.parts()) {
        part.enqueues().forEach(one -> into.settle(Store.TRANSACTION_OWNER, one.held()));
        remove(into, CommittedTransaction.key(transaction.id(), part.loop()));
      }
      remove(into, CommittedTransaction.key(transaction.id()));
    }
  }

  private static void remove(JournalHandle from, byte[] key) {
    from.remove((byte) FactKind.TRANSACTION.number(), key);
  }
}
