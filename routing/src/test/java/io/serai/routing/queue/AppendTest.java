package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.durable;
import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.bus.ShardCommand;
import io.serai.model.Message;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.MemoryStore;
import io.serai.routing.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AppendTest {
  /** Folds to the sum; 0 means not for this one; negative ones are delivered at most once. */
  private record Weight(int value) implements MatchData {
    @Override
    public @Nullable MatchData fold(Message message, List<MatchData> matches) {
      int sum = matches.stream().mapToInt(match -> ((Weight) match).value()).sum();
      return sum == 0 ? null : new Weight(sum);
    }

    @Override
    public boolean isAtMostOnce(Message message) {
      return value < 0;
    }
  }

  /** A store that syncs when the test says so. */
  private static final class SlowStore implements Store {
    final List<String> said = new ArrayList<>();
    private long position;
    private LongConsumer synced = _ -> {};

    @Override
    public long firstSequence() {
      return 0;
    }

    @Override
    public void append(
        long owner,
        long sequence,
        Message message,
        @Nullable MatchData match,
        boolean isDelivered,
        long note) {
      position++;
      said.add("append " + owner + " " + sequence + (isDelivered ? " delivered" : ""));
    }

    @Override
    public void update(
        long owner, long sequence, Message message, @Nullable MatchData match, int count) {
      position++;
      said.add("update " + owner + " " + sequence + " " + count);
    }

    @Override
    public void settle(long owner, long sequence) {
      position++;
      said.add("settle " + owner + " " + sequence);
    }

    @Override
    public void removed(long owner) {
      position++;
      said.add("removed " + owner);
    }

    @Override
    public void put(FactKind kind, byte[] key, byte[] value) {
      position++;
    }

    @Override
    public void remove(FactKind kind, byte[] key) {
      position++;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void flush() {}

    @Override
    public @Nullable Pages pages() {
      return null;
    }

    @Override
    public void onSynced(LongConsumer synced) {
      this.synced = synced;
    }

    void sync() {
      synced.accept(position);
    }
  }

  private final ShardHarness shard = new ShardHarness();

  @Test
  void allMatchesOfAMessageBecomeOneDelivery() {
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 5);
    shard.append(queue, message("a"), List.of(new Weight(3), new Weight(4)));
    assertThat(shard.deliveries())
        .singleElement()
        .extracting(Delivery::match)
        .isEqualTo(new Weight(7));
  }

  @Test
  void matchDataStaysWithAMessageThatWaitsAndReturns() {
    var queue = shard.queue("q");
    shard.append(queue, message("a"), List.of(new Weight(3)));
    shard.prefetching(queue, 1, 1);
    var first = shard.deliveries();
    assertThat(first).singleElement().extracting(Delivery::match).isEqualTo(new Weight(3));
    shard.settle(Outcome.RETURNED, first);
    assertThat(shard.deliveries())
        .singleElement()
        .extracting(Delivery::match)
        .isEqualTo(new Weight(3));
  }

  @Test
  void aMessageThatFoldsToNothingIsNotDeliveredAndCountsAsAccepted() {
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 5);
    shard.append(queue, message("own"), List.of(new Weight(0)));
    assertThat(shard.deliveries()).isEmpty();
    assertThat(shard.readyIn(queue)).isZero();
  }

  @Test
  void aMessageDeliveredAtMostOnceIsNotKeptForAnAbsentConsumer() {
    var queue = shard.queue("q");
    shard.append(queue, message("lost"), List.of(new Weight(-1)));
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    var consumer = shard.prefetching(queue, 1, 1);
    shard.append(queue, message("a"), List.of(new Weight(-1)));
    shard.append(queue, message("b"), List.of(new Weight(-1)));
    assertThat(shard.delivered()).containsExactly("a");
    assertThat(shard.readyIn(queue)).as("its consumer is there, only without credit").isOne();
    shard.call(new ShardCall.Detach(consumer));
    shard.append(queue, message("kept"), List.of(new Weight(1)));
    assertThat(shard.readyIn(queue)).isEqualTo(2);
  }

  @Test
  void whatIsDeliveredAtMostOnceGoesFirstWhenAConsumerDoesNotKeepUp() {
    var bounded = new ShardHarness(new MemoryStore(), new ShardLimits(3, 10, 10_000));
    var queue = bounded.queue("q");
    bounded.prefetching(queue, 1, 1);
    for (String name : List.of("a0", "b1", "c0", "d1", "e0", "f1")) {
      Weight qos = new Weight(name.endsWith("0") ? -1 : 1);
      bounded.append(queue, message(name), List.of(qos));
    }
    assertThat(bounded.delivered()).containsExactly("a0");
    assertThat(bounded.readyIn(queue)).as("b1, c0, d1 and f1").isEqualTo(4);
    assertThat(bounded.count(Counter.MESSAGES_DROPPED)).as("e0").isEqualTo(1);
  }

  @Test
  void aMessageForAVanishedQueueIsUnroutedNotRefused() {
    var queue = shard.queue("q");
    shard.call(new ShardCall.RemoveQueue(queue));
    long batch = shard.publish(List.of(message("a"), message("b")), queue);
    assertThat(shard.events())
        .containsExactly(
            new SessionEvent.Unrouted(session(1), batch, List.of(0, 1)),
            new SessionEvent.Appended(session(1), batch, List.of()));
  }

  @Test
  void aMessageThatIsAlsoOnOtherShardsIsNotUnroutedWhenItsQueuesHereHaveVanished() {
    var gone = shard.queue("gone");
    shard.call(new ShardCall.RemoveQueue(gone));
    var slots = List.of(new ShardCommand.Slot(gone, List.of()));
    shard.shard.onCommand(
        new ShardCommand.Append(
            session(1),
            1,
            true,
            List.of(
                new ShardCommand.Entry(message("a"), slots, 0),
                new ShardCommand.Entry(message("b"), slots, ShardCommand.Entry.alsoElsewhere(1)))));
    assertThat(shard.events())
        .containsExactly(
            new SessionEvent.Unrouted(session(1), 1, List.of(0)),
            new SessionEvent.Appended(session(1), 1, List.of()));
  }

  @Test
  void aMessageThatOneQueueRefusesIsRefusedThoughAnotherHasVanished() {
    var gone = shard.queue("gone");
    var full = shard.queueWith("full", "x-max-length", 1, "x-overflow", "reject-publish");
    shard.call(new ShardCall.RemoveQueue(gone));
    long first = shard.publish(List.of(message("a")), full);
    long batch = shard.publish(List.of(message("b")), gone, full);
    assertThat(shard.events())
        .containsExactly(
            new SessionEvent.Appended(session(1), first, List.of()),
            new SessionEvent.Appended(session(1), batch, List.of(0)));
  }

  @Test
  void aMessageIsAcceptedWhenOneOfItsQueuesIsStillThere() {
    var gone = shard.queue("gone");
    var there = shard.queue("there");
    shard.call(new ShardCall.RemoveQueue(gone));
    long batch = shard.publish(List.of(message("a")), gone, there);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of()));
    assertThat(shard.readyIn(there)).isEqualTo(1);
  }

  @Test
  void aBatchWithoutConfirmIsNotAnswered() {
    var queue = shard.queue("q");
    shard.append(queue, "a");
    assertThat(shard.events()).isEmpty();
  }

  @Test
  void aDurableMessageIsDeliveredAtOnceAndConfirmedWhenSynced() {
    var store = new SlowStore();
    var shard = new ShardHarness(store, ShardLimits.DEFAULT);
    var queue = shard.queue(spec("d", QueueKind.CLASSIC, Lifetime.DURABLE, false));
    shard.prefetching(queue, 2, 1);
    long first = shard.publish(List.of(durable("a"), message("b")), queue);
    assertThat(shard.events()).singleElement().isInstanceOf(SessionEvent.Deliver.class);
    long second = shard.publish(List.of(durable("c")), queue);
    assertThat(shard.events()).isEmpty();
    store.sync();
    assertThat(shard.events())
        .containsExactly(
            new SessionEvent.Appended(session(1), first, List.of()),
            new SessionEvent.Appended(session(1), second, List.of()));
  }

  @Test
  void aBatchWithoutDurableMessagesIsConfirmedWithoutWaiting() {
    var store = new SlowStore();
    var shard = new ShardHarness(store, ShardLimits.DEFAULT);
    var durableQueue = shard.queue(spec("d", QueueKind.CLASSIC, Lifetime.DURABLE, false));
    var transientQueue = shard.queue("t");
    shard.publish(List.of(message("a")), durableQueue);
    shard.publish(List.of(durable("b")), transientQueue);
    assertThat(shard.events()).hasSize(2);
    assertThat(store.said).isEmpty();
  }

  @Test
  void theStoreHearsOfEveryDurableMessageAndItsEnd() {
    var store = new SlowStore();
    var shard = new ShardHarness(store, ShardLimits.DEFAULT);
    var queue = shard.queue(spec("d", QueueKind.CLASSIC, Lifetime.DURABLE, false));
    shard.append(queue, durable("purged"));
    shard.call(new ShardCall.Purge(queue));
    shard.turn();
    shard.append(queue, durable("taken"));
    shard.get(queue, 1, true);
    shard.prefetching(queue, 2, 2);
    shard.append(queue, durable("settled"));
    shard.append(queue, durable("rejected"));
    var deliveries = shard.deliveries();
    shard.settle(Outcome.ACCEPTED, deliveries.get(0));
    shard.settle(Outcome.REJECTED, deliveries.get(1));
    shard.append(queue, durable("left"));
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(store.said)
        .containsExactly(
            "append 17 0",
            "settle 17 0",
            "append 17 1",
            "settle 17 1",
            "append 17 2 delivered",
            "append 17 3 delivered",
            "settle 17 2",
            "settle 17 3",
            "append 17 4 delivered",
            "removed 17");
  }

  @Test
  void aDurableMessageSentToANoAckConsumerNeedsNoStore() {
    var store = new SlowStore();
    var shard = new ShardHarness(store, ShardLimits.DEFAULT);
    var queue = shard.queue(spec("d", QueueKind.CLASSIC, Lifetime.DURABLE, false));
    shard.noAck(queue, 2);
    shard.publish(List.of(durable("a")), queue);
    assertThat(shard.events()).hasSize(2);
    assertThat(store.said).isEmpty();
  }

  @Test
  void aMessageCountsOnceHoweverManyQueuesHoldIt() {
    List<QueueRef> queues = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      queues.add(shard.queue("q" + i));
    }
    Message message = message("a");
    shard.publish(List.of(message), queues.toArray(QueueRef[]::new));
    assertThat(message.holderCount()).isEqualTo(10);
    assertThat(shard.shard.heldBytes()).isEqualTo(message.sizeBytes());
    for (int i = 0; i < 9; i++) {
      shard.get(queues.get(i), 1, true);
    }
    assertThat(shard.shard.heldBytes()).isEqualTo(message.sizeBytes());
    shard.get(queues.get(9), 1, true);
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(message.holderCount()).isZero();
  }

  @Test
  void onlyTheQueuesThatKeepAMessageHoldIt() {
    var keeps = shard.queue("keeps");
    var full = shard.queueWith("full", "x-max-length", 0);
    var refuses = shard.queueWith("refuses", "x-max-length", 0, "x-overflow", "reject-publish");
    var sendsOn = shard.queue("sends on");
    shard.noAck(sendsOn, 2);
    Message message = message("a");
    shard.publish(List.of(message), sendsOn, full, keeps, refuses, sendsOn);
    shard.turn();
    assertThat(message.holderCount()).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isEqualTo(message.sizeBytes());
  }

  @Test
  void aMessageHeldOnTwoShardsCountsOnceInTheSum() {
    var other = new ShardHarness();
    var here = shard.queue("q");
    var there = other.queue("q");
    Message message = message("a");
    shard.append(here, message);
    other.append(there, message);
    assertThat(shard.shard.heldBytes() + other.shard.heldBytes()).isEqualTo(message.sizeBytes());
    shard.get(here, 1, true);
    assertThat(shard.shard.heldBytes() + other.shard.heldBytes()).isEqualTo(message.sizeBytes());
    other.get(there, 1, true);
    assertThat(shard.shard.heldBytes() + other.shard.heldBytes()).isZero();
  }

  @Test
  void aFaultWithOneMessageRefusesItAndSparesTheRestOfTheBatch() {
    var queue = shard.queue("q");
    MatchData broken =
        (_, _) -> {
          throw new IllegalStateException("broken on purpose");
        };
    var good = List.of(new ShardCommand.Slot(queue, List.of()));
    var bad = List.of(good.getFirst(), new ShardCommand.Slot(queue, List.of(broken)));
    Message second = message("b");
    var batch =
        new ShardCommand.Append(
            session(1),
            5,
            true,
            List.of(
                new ShardCommand.Entry(message("a"), good, 0),
                new ShardCommand.Entry(second, bad, 1),
                new ShardCommand.Entry(message("c"), good, 2)));
    assertThatThrownBy(() -> shard.shard.onCommand(batch)).hasMessage("broken on purpose");
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(session(1), 5, List.of(1)));
    assertThat(shard.readyIn(queue)).isEqualTo(3);
    assertThat(second.holderCount()).isEqualTo(1);
  }
}
