package io.serai.node.store;

import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.Recovered;
import io.serai.storage.journal.RefAttributes;
import io.serai.storage.journal.StoredPayload;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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

  private final Map<Long, CommittedTransaction> transactions = new HashMap<>();
  private final Set<Done> done = new HashSet<>();
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
      done.add(new Done(id, key.getShort()));
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
   * Notes what is left to be done, and that then nothing is. To be flushed as one.
   *
   * @param firstSequence above those of every queue, below those of the run that begins
   */
  void finish(JournalHandle into, long firstSequence) {
    long next = firstSequence;
    for (CommittedTransaction transaction : transactions.values()) {
      for (CommittedTransaction.Part part : transaction.parts()) {
        boolean isDone = done.contains(new Done(transaction.id(), part.loop()));
        for (CommittedTransaction.Enqueue one : part.enqueues()) {
          Held message = held.get(one.held());
          if (message != null && !isDone) {
            long sequence = (long) one.level() << LEVEL_BITS | next++;
            into.append(
                one.owner(), sequence, new Known(message.journalId()), message.attributes());
          }
          into.settle(Store.TRANSACTION_OWNER, one.held());
        }
        if (!isDone) {
          part.settles().forEach(one -> into.settle(one.owner(), one.sequence()));
        }
        remove(into, CommittedTransaction.key(transaction.id(), part.loop()));
      }
      remove(into, CommittedTransaction.key(transaction.id()));
    }
  }

  private static void remove(JournalHandle from, byte[] key) {
    from.remove((byte) FactKind.TRANSACTION.number(), key);
  }
}
