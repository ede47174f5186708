package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredMessage;
import org.jspecify.annotations.Nullable;

/**
 * The messages one queue answers for, from when it takes them until somebody else has or nobody
 * wants them: they count towards memory and, where they must survive, are in the store.
 */
final class Custody {
  private final ShardServices shard;

  /** Whose they are in the store; {@link Store#NOT_STORED} when they need not survive. */
  private long owner;

  /** Whether the owner is durable for transient messages too (a quorum queue). */
  private final boolean isForAll;

  /** What is kept about deliveries; null when nothing is stored. */
  private final @Nullable DeliveryNotes notes;

  Custody(long owner, ShardServices shard, boolean isForAll) {
    this.owner = owner;
    this.shard = shard;
    this.isForAll = isForAll;
    this.notes = owner == Store.NOT_STORED ? null : new DeliveryNotes(owner, shard.store());
  }

  /**
   * Takes a message that is being appended to the shard's queues.
   *
   * @param isDelivered whether it goes to a consumer at once
   */
  void take(long sequence, Message message, @Nullable MatchData match, boolean isDelivered) {
    shard.memory().hold(message);
    if (isStored(message)) {
      shard.store().append(owner, sequence, message, match, isDelivered, 0);
    }
  }

  /** Takes a message with a note that comes back with it after a restart. */
  void take(long sequence, Message message, long note) {
    shard.memory().hold(message);
    if (isStored(message)) {
      shard.store().append(owner, sequence, message, null, false, note);
    }
  }

  /** Whether the store has messages of the queue. */
  boolean isStoring() {
    return owner != Store.NOT_STORED;
  }

  /** Whose they are in the store; {@link Store#NOT_STORED} when they need not survive. */
  long owner() {
    return owner;
  }

  /** A message is on disk only. */
  void pagedOut(Message message) {
    shard.memory().drop(message);
  }

  /** A message is here again. */
  void pagedIn(Message message) {
    shard.memory().take(message, 1);
  }

  /** The queue is done with a message that is on disk only. */
  void letGoUnseen(long sequence) {
    if (owner != Store.NOT_STORED) {
      shard.store().settle(owner, sequence);
    }
  }

  /** Takes back a message that the store has, with its content. */
  void restore(StoredMessage stored) {
    shard.memory().take(stored.message(), 1);
  }

  /** What the store knows of deliveries of one priority in earlier runs. */
  void wasDelivered(int priority, long mark) {
    if (notes != null) {
      notes.restore(priority, mark);
    }
  }

  /** A message that was kept is on its way to a consumer. */
  void delivered(long sequence, Message message) {
    if (notes != null && isStored(message) && notes.delivered(sequence)) {
      shard.turn().note(notes);
    }
  }

  /** A message that was kept is on its way to a consumer, and those before it are not. */
  void deliveredAmid(Delivery delivery) {
    returned(delivery);
  }

  /** A message came back, once more than {@code held} says, and its queue counts that. */
  void returned(Delivery held) {
    if (isStored(held.message())) {
      shard
          .store()
          .update(owner, held.sequence(), held.message(), held.match(), held.deliveryCount() + 1);
    }
  }

  /** The queue is done with a message it took. */
  void letGo(long sequence, Message message) {
    if (isStored(message)) {
      shard.store().settle(owner, sequence);
    }
    shard.memory().drop(message);
  }

  /** The queue is gone, and from the store all it had; what it still holds is let go of later. */
  void queueRemoved() {
    if (notes != null && owner != Store.NOT_STORED) {
      shard.store().removed(owner);
      notes.removed();
      owner = Store.NOT_STORED;
    }
  }

  /** The owner of a message in the store; {@link Store#NOT_STORED} when it need not survive. */
  long ownerOf(Message message) {
    return isStored(message) ? owner : Store.NOT_STORED;
  }

  /** Whether the store has a message that was taken. */
  boolean isStored(Message message) {
    return owner != Store.NOT_STORED && (isForAll || message.encoding().isDurable());
  }
}
