package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.PublishResult;
import io.serai.bus.ShardCommand.Entry;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Message;
import io.serai.routing.queue.DeadLetter;
import io.serai.routing.queue.LetterFate;
import io.serai.routing.queue.ShardCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes what the queues of one loop give up: one batch per target shard and turn, each letter
 * answered when all its queues have it. Queues bound what is on its way. Confined to its loop.
 */
final class DeadLetterPublisher {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterPublisher.class);

  private final SharedTable table;
  private final Bus bus;
  private final Counters counters;

  /** This turn's batches by shard. */
  private final List<Batch> open = new ArrayList<>();

  private boolean isOpenEmpty = true;

  /** What one shard gets, and who waits for each entry. */
  private static final class Batch {
    final List<Entry> entries = new ArrayList<>();
    final List<Underway> letters = new ArrayList<>();
  }

  /** A letter on its way to some shards. */
  private static final class Underway {
    final Consumer<LetterFate> answer;
    int awaited;
    boolean isRefused;

    Underway(Consumer<LetterFate> answer) {
      this.answer = answer;
    }

    void settle(boolean isAccepted) {
      isRefused |= !isAccepted;
      if (--awaited == 0) {
        answer.accept(isRefused ? LetterFate.REFUSED : LetterFate.TAKEN);
      }
    }
  }

  DeadLetterPublisher(SharedTable table, Bus bus, Counters counters) {
    this.table = table;
    this.bus = bus;
    this.counters = counters;
    for (int shard = 0; shard < bus.loopCount(); shard++) {
      open.add(new Batch());
    }
  }

  /**
   * Routes one letter. It leaves when the turn ends.
   *
   * @param answer see {@link io.serai.routing.queue.ShardHost#deadLetter}
   */
  void publish(DeadLetter letter, Consumer<LetterFate> answer) {
    VhostTable vhost = table.current().vhost(letter.vhost());
    if (vhost == null) {
      answer.accept(LetterFate.NO_VHOST);
      return;
    }
    Route route = route(vhost, letter);
    if (route == null || route.result() != PublishResult.ROUTED) {
      if (route != null && route.result() == PublishResult.DENIED) {
        counters.add(Counter.MESSAGES_DENIED, 1);
      }
      answer.accept(LetterFate.REFUSED);
      return;
    }
    Underway underway = new Underway(answer);
    for (Route.Leg leg : route.legs()) {
      Message copy = leg.copyOf(letter.message());
      for (Route.Part part : leg.parts()) {
        List<Slot> slots = allowed(part.slots(), letter.avoided());
        if (!slots.isEmpty() || part.slots().isEmpty()) {
          add(part.shard(), copy, slots, underway);
        }
      }
    }
    if (underway.awaited == 0) {
      answer.accept(LetterFate.ENDED);
    }
  }

  /** The letter's route; null when there is none, be it through our fault. */
  private @Nullable Route route(VhostTable vhost, DeadLetter letter) {
    try {
      return Router.routeDeadLetter(vhost, letter);
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("exchange", letter.message().address().exchange())
          .setCause(e)
          .log("dead letter could not be routed");
      return null;
    }
  }

  private void add(int shard, Message message, List<Slot> slots, Underway underway) {
    Batch batch = open.get(shard);
    batch.entries.add(new Entry(message, slots, batch.entries.size()));
    batch.letters.add(underway);
    underway.awaited++;
    isOpenEmpty = false;
    bus.wake();
  }

  private static List<Slot> allowed(List<Slot> slots, Set<String> avoided) {
    if (avoided.isEmpty()) {
      return slots;
    }
    List<Slot> allowed = new ArrayList<>(slots.size());
    for (Slot slot : slots) {
      if (!avoided.contains(slot.queue().name())) {
        allowed.add(slot);
      }
    }
    return allowed;
  }

  /** The turn ends: sends what was routed. What that brings about goes with the next turn. */
  void flush() {
    if (isOpenEmpty) {
      return;
    }
    isOpenEmpty = true;
    for (int shard = 0; shard < open.size(); shard++) {
      Batch batch = open.get(shard);
      if (!batch.entries.isEmpty()) {
        open.set(shard, new Batch());
        bus.call(shard, new ShardCall.AppendDeadLetters(batch.entries))
            .onSuccess(refused -> settle(batch.letters, refused));
      }
    }
  }

  private static void settle(List<Underway> letters, List<Integer> refused) {
    int nextRefused = 0;
    for (int i = 0; i < letters.size(); i++) {
      boolean isRefused = nextRefused < refused.size() && refused.get(nextRefused) == i;
      if (isRefused) {
        nextRefused++;
      }
      letters.get(i).settle(!isRefused);
    }
  }
}
