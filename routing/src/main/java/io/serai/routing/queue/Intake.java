package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.MatchData;
import io.serai.bus.SessionEvent;
import io.serai.bus.ShardCommand;
import io.serai.model.Message;
import io.serai.routing.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives batches of messages to the queues of one shard and answers for them when they are safe.
 * Knows again what a publisher sends twice, where a queue or an exchange asks for that. Confined to
 * the shard's loop.
 */
final class Intake {
  private final int loop;
  private final ShardServices services;
  private final QueueTable queues;
  private final DelayedMessages delayed;
  private final LiveWatches watches;
  private final Histories histories;

  /** How often a queue was not given what it had. */
  private long repeatCount;

  /**
   * @param loop the shard's
   */
  Intake(
      int loop,
      ShardServices services,
      QueueTable queues,
      DelayedMessages delayed,
      LiveWatches watches,
      Histories histories) {
    this.loop = loop;
    this.services = services;
    this.queues = queues;
    this.delayed = delayed;
    this.watches = watches;
    this.histories = histories;
  }

  /** Appends what a connection published. */
  void append(ShardCommand.Append batch) {
    append(
        batch.entries(),
        batch,
        batch.confirm()
            ? refused ->
                services
                    .host()
                    .send(new SessionEvent.Appended(batch.publisher(), batch.batchId(), refused))
            : null);
  }

  /**
   * Appends what queues gave up.
   *
   * @param answer told which messages were refused, by confirm index, once the others are safe
   */
  void append(List<ShardCommand.Entry> entries, Consumer<List<Integer>> answer) {
    append(entries, null, answer);
  }

  /**
   * Appends a batch.
   *
   * @param published the publisher's batch they are, who may send one twice; null for others
   * @param answer told which messages were refused, by confirm index, once the others are safe
   */
  private void append(
      List<ShardCommand.Entry> entries,
      ShardCommand.@Nullable Append published,
      @Nullable Consumer<List<Integer>> answer) {
    long before = services.store().position();
    long streamedBefore = services.streams().position();
    long repeatsBefore = repeatCount;
    List<Integer> repeated = List.of();
    List<Integer> refused = List.of();
    List<Integer> unrouted = List.of();
    RuntimeException failure = null;
    OncePublishes once =
        published == null || published.once().isEmpty()
            ? null
            : new OncePublishes(loop, services.store(), published.once());
    for (int i = 0; i < entries.size(); i++) {
      ShardCommand.Entry entry = entries.get(i);
      if (once != null) {
        once.at(i);
      }
      long repeatsSoFar = repeatCount;
      Fate fate = Fate.REFUSED;
      try {
        fate = append(entry, published != null, once);
      } catch (RuntimeException e) {
        failure = e; // ours; the rest of the batch and its publisher's answer do not suffer
      }
      int confirmIndex = entry.confirmIndex();
      if (fate != Fate.ACCEPTED && confirmIndex >= 0) {
        if (fate == Fate.REFUSED || published == null) {
          refused = with(confirmIndex, refused);
        } else if (!entry.isAlsoElsewhere()) {
          unrouted = with(confirmIndex, unrouted);
        }
      }
      if (repeatCount != repeatsSoFar && confirmIndex >= 0) {
        repeated = with(confirmIndex, repeated);
      }
    }
    if (once != null) {
      once.write(services.handover());
    }
    if (published != null && !repeated.isEmpty()) {
      services
          .host()
          .send(new SessionEvent.Repeated(published.publisher(), published.batchId(), repeated));
    }
    if (published != null && published.confirm() && !unrouted.isEmpty()) {
      services
          .host()
          .send(new SessionEvent.Unrouted(published.publisher(), published.batchId(), unrouted));
    }
    if (answer != null) {
      // The first of two may not be safe yet, so the second is not before it.
      boolean isSure = repeatCount == repeatsBefore;
      List<Integer> found = refused;
      Runnable told = () -> answer.accept(found);
      if (isSure && services.streams().position() == streamedBefore) {
        answer(told, before);
      } else {
        services.safety().whenStreamed(() -> answer(told, isSure ? before : -1));
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Answers a batch, once the store is safe if the batch gave it anything. */
  private void answer(Runnable answer, long positionBefore) {
    if (services.store().position() == positionBefore) {
      answer.run();
    } else {
      services.safety().whenStored(answer);
    }
  }

  private static List<Integer> with(int index, List<Integer> indexes) {
    List<Integer> more = indexes.isEmpty() ? new ArrayList<>() : indexes;
    more.add(index);
    return more;
  }

  /** What became of a message on this shard. */
  private enum Fate {
    ACCEPTED,
    /** One of its queues refused it. */
    REFUSED,
    /**
     * None of its queues exists any more: who routed it a moment later would not have found one.
     */
    UNROUTED
  }

  /** Appends a message to its queues here. */
  private Fate append(ShardCommand.Entry entry, boolean isPublished, @Nullable OncePublishes once) {
    Message message = entry.message();
    List<ShardCommand.Slot> slots = entry.slots();
    if (slots.isEmpty()) {
      delay(message, false, once);
      return Fate.ACCEPTED;
    }
    boolean isRefused = false;
    boolean isAccepted = false;
    services.memory().begin(slots.size());
    try {
      for (int i = 0; i < slots.size(); i++) {
        ShardCommand.Slot slot = slots.get(i);
        ShardQueue queue = queues.find(slot.queue());
        if (queue != null) {
          if (once != null && once.isHeldBy(queue, message)) {
            isAccepted = true;
          } else if (isPublished && isRepeat(queue, slot, message)) {
            isAccepted = true;
          } else {
            AppendResult result = append(queue, message, slot.matches());
            isAccepted |= result != AppendResult.REFUSED;
            isRefused |= result == AppendResult.REFUSED;
            if (once != null && result != AppendResult.REFUSED) {
              once.taken(queue, message);
            }
            if (result == AppendResult.TAKEN && isPublished && queue.repeats != null) {
              queue.repeats.remember(message, slot.window(), services.host().nowMillis());
            }
          }
        } else if (ShardCommand.Entry.isRoutedOn(slot)) {
          delay(message, true, once);
          isAccepted = true;
        } else if (ShardCommand.Entry.isToHistory(slot)) {
          histories.add(slot.queue().vhost(), slot.queue().name(), message);
          isAccepted = true;
        }
        services.memory().nextSlot();
      }
    } finally {
      services.memory().end(message);
    }
    if (isRefused) {
      return Fate.REFUSED;
    }
    return isAccepted ? Fate.ACCEPTED : Fate.UNROUTED;
  }

  private void delay(Message message, boolean isRouted, @Nullable OncePublishes once) {
    if (once == null) {
      delayed.hold(message, isRouted);
    } else if (!once.isHeldBy(Store.DELAYED_OWNER)) {
      delayed.hold(message, isRouted);
      once.taken(message.encoding().isDurable() ? Store.DELAYED_OWNER : Store.NOT_STORED);
    }
  }

  /** Whether the queue has had the message before and is not given it again. */
  private boolean isRepeat(ShardQueue queue, ShardCommand.Slot slot, Message message) {
    RepeatFilter filter = queue.repeats;
    if (filter == null) {
      if (slot.window() == null) {
        return false;
      }
      filter = new RepeatFilter(null, services.memory());
      queue.repeats = filter;
    }
    boolean isRepeat = filter.knows(message, slot.window(), services.host().nowMillis());
    if (isRepeat) {
      repeatCount++;
      services.counters().add(Counter.MESSAGES_REPEATED, 1);
    }
    return isRepeat;
  }

  /** What the bindings that a message came through make of it together. */
  static @Nullable MatchData match(Message message, List<MatchData> matches) {
    return matches.isEmpty() ? null : matches.getFirst().fold(message, matches);
  }

  private AppendResult append(ShardQueue queue, Message message, List<MatchData> matches) {
    MatchData match = match(message, matches);
    if (match == null && !matches.isEmpty()) {
      return AppendResult.DROPPED; // not for this subscriber (no-local): as it should be
    }
    AppendResult result = queue.append(message, match);
    if (result != AppendResult.REFUSED && queue.isWatched) {
      watches.note(queue, message.topic());
    }
    return result;
  }
}
