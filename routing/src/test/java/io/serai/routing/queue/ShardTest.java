package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.ok;
import static io.serai.routing.queue.ShardHarness.refusal;
import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardTest {
  private final ShardHarness shard = new ShardHarness();

  @Test
  void aMessageGoesToTheConsumerWithCredit() {
    var queue = shard.queue("q");
    var consumer = shard.prefetching(queue, 7, 10);
    shard.append(queue, "a");
    assertThat(shard.deliveries())
        .singleElement()
        .satisfies(delivery -> {
          assertThat(delivery.consumer()).isSameAs(consumer);
          assertThat(delivery.message().body().toUtf8()).isEqualTo("a");
          assertThat(delivery.isRedelivered()).isFalse();
          assertThat(delivery.unsettledIndex()).isZero();
        });
  }

  @Test
  void messagesWaitInOrderUntilAConsumerComes() {
    var queue = shard.queue("q");
    shard.append(queue, "a", "b", "c");
    assertThat(shard.deliveries()).isEmpty();
    assertThat(shard.readyIn(queue)).isEqualTo(3);
    shard.prefetching(queue, 7, 2);
    assertThat(shard.delivered()).containsExactly("a", "b");
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }

  @Test
  void aSessionGetsOneDeliverEventPerTurnWhateverTheNumberOfQueues() {
    var one = shard.queue("one");
    var two = shard.queue("two");
    shard.prefetching(one, 7, 10);
    shard.prefetching(two, 7, 10);
    shard.append(one, "a");
    shard.append(two, "b");
    shard.append(one, "c");
    assertThat(shard.events())
        .singleElement()
        .isInstanceOfSatisfying(
            SessionEvent.Deliver.class,
            deliver ->
                assertThat(ShardHarness.texts(deliver.deliveries()))
                    .containsExactly("a", "b", "c"));
  }

  @Test
  void whatWasHandedOverIsNotWrittenToByLaterTurns() {
    var queue = shard.queue("q");
    shard.prefetching(queue, 7, 100);
    shard.append(queue, "a");
    var first = ((SessionEvent.Deliver) shard.events().getFirst()).deliveries();
    shard.append(queue, "b");
    shard.turn();
    assertThat(ShardHarness.texts(first)).containsExactly("a");
  }

  @Test
  void anAppendNeverOvertakesMessagesThatAreReady() {
    var queue = shard.queue("q");
    shard.append(queue, "a", "b");
    shard.prefetching(queue, 7, 10); // has credit at once, the ready ones go when the turn ends
    shard.append(queue, "c");
    assertThat(shard.delivered()).containsExactly("a", "b", "c");
  }

  @Test
  void aQueueIsGoneForStaleReferencesEvenWhenItsSlotIsUsedAgain() {
    QueueRef old = shard.queue("q");
    shard.call(new ShardCall.RemoveQueue(old));
    QueueRef fresh = shard.queue("q");
    assertThat(fresh.slot()).isEqualTo(old.slot());
    assertThat(fresh).isNotEqualTo(old);
    assertThat(refusal(shard.call(new ShardCall.Inspect(old))))
        .isEqualTo("NOT_FOUND no queue 'q' in vhost '/'");
    shard.append(old, "lost");
    assertThat(shard.readyIn(fresh)).isZero();
    assertThat(shard.call(new ShardCall.RemoveQueue(old))).isZero();
    assertThat(shard.readyIn(fresh)).isZero();
  }

  @Test
  void removingAQueueTellsItsConsumersAfterTheirDeliveriesAndCountsReadyMessages() {
    var queue = shard.queue("q");
    var consumer = shard.prefetching(queue, 7, 1);
    shard.append(queue, "a", "b", "c");
    assertThat(shard.call(new ShardCall.RemoveQueue(queue))).isEqualTo(2);
    List<SessionEvent> events = shard.events();
    assertThat(events).hasSize(2);
    assertThat(events.get(0)).isInstanceOf(SessionEvent.Deliver.class);
    assertThat(events.get(1)).isEqualTo(new SessionEvent.ConsumerCancelled(session(7), consumer));
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void settlingADeliveryOfARemovedQueueChangesNothing() {
    var queue = shard.queue("q");
    shard.prefetching(queue, 7, 1);
    shard.append(queue, "a");
    List<Delivery> deliveries = shard.deliveries();
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.settle(Outcome.ACCEPTED, deliveries);
    shard.turn();
    assertThat(shard.count(Counter.SETTLED)).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void purgeDropsWhatIsReadyAndLeavesWhatIsUnsettled() {
    var queue = shard.queue("q");
    shard.prefetching(queue, 7, 1);
    shard.append(queue, "a", "b", "c");
    var first = shard.deliveries();
    assertThat(ok(shard.call(new ShardCall.Purge(queue)))).isEqualTo(2);
    shard.settle(Outcome.RETURNED, first);
    assertThat(shard.delivered()).containsExactly("a");
  }

  @Test
  void anAutoDeleteQueueGoesAfterItsLastConsumerAndNotBeforeTheFirst() {
    var queue = shard.queue(spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, true));
    shard.append(queue, "a");
    shard.turn();
    var one = shard.prefetching(queue, 7, 1);
    shard.prefetching(queue, 8, 1);
    shard.call(new ShardCall.Detach(one));
    shard.turn();
    assertThat(shard.host.deletedQueues).isEmpty();
    shard.end(8);
    assertThat(shard.host.deletedQueues).containsExactly(queue);
    assertThat(
            refusal(
                shard.call(
                    new ShardCall.Attach(
                        queue,
                        session(9),
                        1,
                        ShardHarness.options(io.serai.bus.CreditMode.GRANTED, 1)))))
        .startsWith("NOT_FOUND");
  }

  @Test
  void aBarrierAnswersAtOnce() {
    assertThat(shard.call(new ShardCall.Barrier())).isNotNull();
  }

  @Test
  void aPublishBatchIsAnsweredOncePerShard() {
    var one = shard.queue("one");
    var two = shard.queue("two");
    long batch = shard.publish(List.of(message("a"), message("b")), one, two);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(session(1), batch, List.of()));
  }
}
