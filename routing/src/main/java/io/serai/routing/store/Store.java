package io.serai.routing.store;

import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one loop keeps beyond the process. The loop says what happened in order; {@link #flush}
 * hands a turn's worth over in one batch; the store says up to which {@link #position} everything
 * is safe. Confirms wait for that, deliveries do not.
 *
 * <p>Messages belong to owners: durable queues, and what else holds messages. An owner's number
 * stays the same as long as the owner lives, over restarts and whatever loop it is on. A message
 * appended to several owners is the same {@link Message} instance each time: one payload, several
 * references. It may be forgotten when each of them is settled or its owner removed.
 *
 * <p>Confined to the loop, callback included; a store whose device fails stops the node and calls
 * nothing.
 */
public interface Store {
  /** No owner: what it holds is not stored. */
  long NOT_STORED = 0;

  /** Bits of a sequence that count; what is above tells priorities or loops apart. */
  int SEQUENCE_BITS = Delivery.SEQUENCE_BITS;

  /** Messages that wait for their delay to end. */
  long DELAYED_OWNER = 1;

  /** Retained values. */
  long RETAINED_OWNER = 2;

  /** Messages of transactions that are committed and not yet in every queue. */
  long TRANSACTION_OWNER = 3;

  /** Where the sequences of a loop start, for an owner that several loops share. */
  static long sequenceOfLoop(int loop, long firstSequence) {
    return (long) loop << SEQUENCE_BITS | firstSequence;
  }

  /** Whether one sequence of an owner that several loops share was given out after another. */
  static boolean isLater(long one, long other) {
    long counted = (1L << SEQUENCE_BITS) - 1;
    return (one & counted) > (other & counted);
  }

  /** The lowest sequence that nothing of an earlier run has; sequences of this run start here. */
  long firstSequence();

  /**
   * Keeps a message of an owner under its sequence.
   *
   * @param isDelivered whether it is delivered now, so that after a restart it was delivered before
   * @param note comes back as {@link StoredMessage#note}
   */
  void append(
      long owner,
      long sequence,
      Message message,
      @Nullable MatchData match,
      boolean isDelivered,
      long note);

  /** Changes how often a message was delivered; the rest is as it was appended. */
  void update(
      long owner, long sequence, Message message, @Nullable MatchData match, int deliveryCount);

  /** Forgets one message of an owner. */
  void settle(long owner, long sequence);

  /** Forgets all messages of an owner that is gone. */
  void removed(long owner);

  /** A fact that holds from now on, in place of the one with the same kind and key. */
  void put(FactKind kind, byte[] key, byte[] value);

  /** A fact that does not hold any more. */
  void remove(FactKind kind, byte[] key);

  /** Counts what was said so far: grows with each call above, never falls. */
  long position();

  /** Hands over what was said since the last flush. Called when a turn ends. */
  void flush();

  /**
   * What reads messages back, so that who has them need not hold them; null for a store that does
   * not.
   */
  @Nullable Pages pages();

  /**
   * Says who learns that everything up to a position is as safe as the store makes it.
   *
   * @param synced called on the loop with positions that never fall
   */
  void onSynced(LongConsumer synced);

  /** Reads messages back, and those that are not kept here from where they are meanwhile. */
  interface Pages {
    /**
     * Reads messages that an owner has and that are safe.
     *
     * @param sequences theirs, in ascending order
     * @param loaded told once on the loop, never in the middle of this call: the messages by
     *     sequence, each an instance of its own. Null for one that cannot be read, which the store
     *     has reported, or that was settled meanwhile
     */
    void load(long owner, long[] sequences, Consumer<@Nullable Message[]> loaded);

    /** Where messages go that are not kept here, when they take too much memory. */
    Spill spill();
  }
}
