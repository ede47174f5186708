package io.serai.bus;

import io.serai.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a shard is told about the queues it owns; no answer is awaited. */
public sealed interface ShardCommand {
  /**
   * Messages to append.
   *
   * @param publisher who gets the {@link SessionEvent.Appended} answer
   * @param batchId the publisher's batch
   * @param confirm whether an answer is wanted
   * @param once entries that their publisher may repeat after a restart, ascending by index
   */
  record Append(
      SessionRef publisher, long batchId, boolean confirm, List<Entry> entries, List<Once> once)
      implements ShardCommand {
    /** A batch without anything of that kind. */
    public Append(SessionRef publisher, long batchId, boolean confirm, List<Entry> entries) {
      this(publisher, batchId, confirm, entries, List.of());
    }

    /** Approximate heap bytes of its messages. */
    long sizeBytes() {
      long bytes = 0;
      for (int i = 0; i < entries.size(); i++) {
        bytes += entries.get(i).message().sizeBytes();
      }
      return bytes;
    }
  }

  /**
   * One message and the places on this shard that get it.
   *
   * @param slots empty for a message that waits here until its delay is over and is published only
   *     then; {@link #ROUTED_ON} for a copy that came to a delayed exchange from another one
   * @param confirm index within the batch, {@link #alsoElsewhere} of it when other entries have the
   *     message as well, -1 when this message asks for no confirm
   */
  record Entry(Message message, List<Slot> slots, int confirm) {
    private static final int ROUTED_ON_SLOT = -1;
    private static final int HISTORY_SLOT = -2;

    /** No queue: the copy waits here, and rules for what is published have had their say. */
    public static final List<Slot> ROUTED_ON =
        List.of(new Slot(new QueueRef("", "", -1, ROUTED_ON_SLOT, -1), List.of()));

    /** For a message that has other places than those of one entry. */
    public static int alsoElsewhere(int confirmIndex) {
      return -2 - confirmIndex;
    }

    /** Index within the batch, -1 when this message asks for no confirm. */
    public int confirmIndex() {
      return confirm < -1 ? -2 - confirm : confirm;
    }

    /** Whether the message has other places than these. */
    public boolean isAlsoElsewhere() {
      return confirm < -1;
    }

    /** Whether a slot is the one of {@link #ROUTED_ON}. */
    public static boolean isRoutedOn(Slot slot) {
      return slot.queue().slot() == ROUTED_ON_SLOT;
    }

    /** No queue: the history of an exchange gets the message, on the shard that keeps it. */
    public static List<Slot> toHistory(String vhost, String exchange, int shard) {
      return List.of(
          new Slot(new QueueRef(vhost, exchange, shard, HISTORY_SLOT, HISTORY_SLOT), List.of()));
    }

    /** Whether a slot is one of {@link #toHistory}: its queue has the exchange's name. */
    public static boolean isToHistory(Slot slot) {
      return slot.queue().slot() == HISTORY_SLOT;
    }
  }

  /**
   * Says of {@code entries[entryIndex]} that each durable queue gets it once, also after a crash.
   */
  record Once(int entryIndex, PublishOnce publish) {}

  /**
   * One queue that gets a message.
   *
   * @param matches match data of every binding it came through; empty for bindings without any
   * @param window of an exchange it came through that knows repeats; null for almost every message
   */
  record Slot(QueueRef queue, List<MatchData> matches, @Nullable RepeatWindow window) {
    /** Of exchanges that do not look for repeats. */
    public Slot(QueueRef queue, List<MatchData> matches) {
      this(queue, matches, null);
    }
  }

  /** Settles deliveries of this shard's queues. */
  record Settle(List<Delivery> deliveries, Outcome outcome) implements ShardCommand {}

  /**
   * Adds credit to a consumer.
   *
   * @param drain give back at once what no ready message uses
   */
  record GrantCredit(ConsumerRef consumer, int credit, boolean drain) implements ShardCommand {}

  /**
   * Notes about things under way in client sessions. Stored in one unit with the settles of the
   * same turn.
   */
  record WriteNotes(List<NoteEntry> notes) implements ShardCommand {}

  /**
   * A note of one session.
   *
   * @param from whose it is, told {@link SessionEvent.Noted} once it is safe
   * @param token the session's own
   */
  record NoteEntry(SessionRef from, long token, SessionNote note) {}

  /** A connection ended: its consumers go and their unsettled deliveries return. */
  record SessionEnded(SessionRef session) implements ShardCommand {}
}
