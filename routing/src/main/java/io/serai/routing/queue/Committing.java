package io.serai.routing.queue;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.model.Message;
import io.serai.routing.store.CommittedTransaction;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part of transactions: first room is reserved and deliveries are taken out of their
 * consumers' hands, which can be undone; then the part is done as a whole. Bounded by the
 * transactions under way, one a connection. Confined to the shard's loop.
 */
final class Committing {
  /** A message for a queue that has room kept for it. */
  private record Reserved(ShardQueue queue, Message message) {}

  /** A delivery that only waits to be settled. */
  private record Taken(ShardQueue queue, Delivery held, Outcome outcome) {}

  private record Prepared(
      SessionRef by,
      List<ShardCommand.Entry> entries,
      List<Reserved> reserved,
      List<Taken> taken,
      List<ShardCall.StoredEnqueue> enqueues) {}

  private final int loop;
  private final ShardServices services;
  private final QueueTable queues;
  private final Intake intake;
  private final Map<ShardCall.TransactionId, Prepared> prepared = new HashMap<>();
  private long nextSequence;

  /**
   * @param loop the shard's
   */
  Committing(int loop, ShardServices services, QueueTable queues, Intake intake) {
    this.loop = loop;
    this.services = services;
    this.queues = queues;
    this.intake = intake;
    this.nextSequence = Store.sequenceOfLoop(loop, services.store().firstSequence());
  }

  // ---- as one of the shards with a part

  /** Makes sure that the part can be done, and answers what of it has to be stored. */
  ShardCall.PreparedPart prepare(ShardCall.Prepare call) {
    List<ShardCall.StoredEnqueue> enqueues = new ArrayList<>();
    Prepared part =
        new Prepared(call.by(), call.entries(), new ArrayList<>(), new ArrayList<>(), enqueues);
    List<CommittedTransaction.Settle> settles = new ArrayList<>();
    boolean isPossible = true;
    for (ShardCommand.Entry entry : call.entries()) {
      isPossible = isPossible && reserve(entry, part);
    }
    for (ShardCall.SettleOne one : call.settles()) {
      isPossible &= take(one, part, settles);
    }
    if (!isPossible) {
      undo(part);
      return ShardCall.PreparedPart.REFUSED;
    }
    prepared.put(call.id(), part);
    return new ShardCall.PreparedPart(true, enqueues, settles);
  }

  private boolean reserve(ShardCommand.Entry entry, Prepared part) {
    List<ShardCall.StoredEnqueue> enqueues = part.enqueues;
    Message message = entry.message();
    if (entry.slots().isEmpty()) {
      delay(message, false, enqueues);
    }
    for (ShardCommand.Slot slot : entry.slots()) {
      ShardQueue queue = queues.find(slot.queue());
      if (queue != null) {
        if (!queue.accepts(message)) {
          continue; // not for this queue: as it should be
        }
        if (!queue.reserve(message)) {
          return false;
        }
        part.reserved.add(new Reserved(queue, message));
        boolean isStream = queue instanceof StreamQueue;
        long owner = queue instanceof StreamQueue to ? to.owner() : queue.ownerOf(message);
        if (owner != Store.NOT_STORED) {
          enqueues.add(
              new ShardCall.StoredEnqueue(
                  new CommittedTransaction.Stored(
                      message, Intake.match(message, slot.matches()), 0),
                  owner,
                  queue.levelOf(message),
                  isStream));
        }
      } else if (ShardCommand.Entry.isRoutedOn(slot)) {
        delay(message, true, enqueues);
      }
    }
    return true;
  }

  private void delay(Message message, boolean isRouted, List<ShardCall.StoredEnqueue> enqueues) {
    if (message.encoding().isDurable()) {
      long note = DelayedMessages.note(message, isRouted, services.host().nowMillis());
      enqueues.add(
          new ShardCall.StoredEnqueue(
              new CommittedTransaction.Stored(message, null, note), Store.DELAYED_OWNER, 0, false));
    }
  }

  private boolean take(
      ShardCall.SettleOne one, Prepared part, List<CommittedTransaction.Settle> settles) {
    ConsumerRef ref = one.delivery().consumer();
    ShardQueue queue = queues.find(ref.queue());
    if (queue == null) {
      return true; // it is gone with all it had
    }
    QueueConsumer consumer = queue.consumer(ref);
    if (consumer != null && consumer.isBrowser()) {
      queue.settle(consumer, one.delivery(), one.outcome()); // the message is not its to settle
      return true;
    }
    Delivery held = consumer == null ? null : queue.takeUnsettled(consumer, one.delivery());
    if (held == null) {
      return false; // it went back meanwhile, and somebody else may have it
    }
    part.taken.add(new Taken(queue, held, one.outcome()));
    long owner = queue.ownerOf(held.message());
    if (owner != Store.NOT_STORED && one.outcome() == Outcome.ACCEPTED) {
      settles.add(new CommittedTransaction.Settle(owner, held.sequence()));
    }
    return true;
  }

  /** Gives up what was prepared. */
  void undo(ShardCall.TransactionId id) {
    Prepared part = prepared.remove(id);
    if (part != null) {
      undo(part);
    }
  }

  private static void undo(Prepared part) {
    part.reserved.forEach(one -> one.queue.unreserve(one.message));
    part.taken.forEach(one -> one.queue.settleTaken(one.held, Outcome.RETURNED));
  }

  /**
   * Does what was prepared.
   *
   * @param committed the stored transaction it belongs to, null for one that is whole without
   */
  void apply(ShardCall.TransactionId id, @Nullable Long committed) {
    Prepared part = prepared.remove(id);
    if (part == null) {
      return;
    }
    part.reserved.forEach(one -> one.queue.unreserve(one.message));
    List<StreamHandover.Appended> streamed =
        services
            .handover()
            .noting(() -> {
              if (!part.entries.isEmpty()) {
                intake.append(new ShardCommand.Append(part.by, 0, false, part.entries));
              }
            });
    part.taken.forEach(one -> one.queue.settleTaken(one.held, one.outcome));
    if (committed != null) {
      if (!streamed.isEmpty()) {
        services.handover().followStore();
      }
      services
          .store()
          .put(
              FactKind.TRANSACTION,
              CommittedTransaction.key(committed, loop),
              CommittedTransaction.done(offsets(part, streamed)));
    }
  }

  /** Where the part's messages for streams have come to; a stream may know one from before. */
  private static List<Long> offsets(Prepared part, List<StreamHandover.Appended> streamed) {
    List<Long> offsets = new ArrayList<>();
    Deque<StreamHandover.Appended> left = new ArrayDeque<>(streamed);
    for (ShardCall.StoredEnqueue one : part.enqueues) {
      if (one.isStream()) {
        left.stream()
            .filter(appended -> isOf(one, appended))
            .findFirst()
            .ifPresentOrElse(
                appended -> {
                  left.remove(appended);
                  offsets.add(appended.offset());
                },
                () -> offsets.add(CommittedTransaction.NOT_GIVEN));
      }
    }
    return offsets;
  }

  @SuppressWarnings("ReferenceEquality") // the very message, which a stream may get twice
  private static boolean isOf(ShardCall.StoredEnqueue one, StreamHandover.Appended appended) {
    return one.owner() == appended.owner() && one.stored().message() == appended.message();
  }

  // ---- as the shard that stores the whole

  /** Stores a transaction, to be answered once that is safe. */
  CommittedTransaction keep(List<ShardCall.KeptPart> parts) {
    Store store = services.store();
    long id = nextSequence++;
    List<CommittedTransaction.Part> all = new ArrayList<>();
    for (ShardCall.KeptPart part : parts) {
      List<CommittedTransaction.Enqueue> enqueues = new ArrayList<>();
      for (ShardCall.StoredEnqueue one : part.prepared().enqueues()) {
        CommittedTransaction.Stored stored = one.stored();
        long held = nextSequence++;
        store.append(
            Store.TRANSACTION_OWNER, held, stored.message(), stored.match(), false, stored.note());
        enqueues.add(
            new CommittedTransaction.Enqueue(held, one.owner(), one.level(), one.isStream()));
      }
      all.add(new CommittedTransaction.Part(part.loop(), enqueues, part.prepared().settles()));
    }
    CommittedTransaction transaction = new CommittedTransaction(id, all);
    store.put(FactKind.TRANSACTION, CommittedTransaction.key(id), transaction.write());
    return transaction;
  }

  /** Every part of a transaction is safe. */
  void forget(CommittedTransaction transaction) {
    Store store = services.store();
    store.remove(FactKind.TRANSACTION, CommittedTransaction.key(transaction.id()));
    for (CommittedTransaction.Part part : transaction.parts()) {
      store.remove(FactKind.TRANSACTION, CommittedTransaction.key(transaction.id(), part.loop()));
      part.enqueues().forEach(one -> store.settle(Store.TRANSACTION_OWNER, one.held()));
    }
  }
}
