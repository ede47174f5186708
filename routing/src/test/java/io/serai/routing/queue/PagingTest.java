package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.durable;
import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.names;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Value;
import io.serai.routing.store.MemoryNodeStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Queues whose backlogs are in the store only, as soon as that is safe. */
class PagingTest {
  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard = ShardHarness.paging(store);

  private QueueRef queue(String name, Value... arguments) {
    return shard.queue(
        ShardHarness.spec(name, QueueKind.CLASSIC, Lifetime.DURABLE, false, arguments));
  }

  private static Value[] arguments(Object... pairs) {
    Value[] values = new Value[pairs.length];
    for (int i = 0; i < pairs.length; i++) {
      values[i] =
          pairs[i] instanceof Integer number ? new Value.Int(number) : Value.of("" + pairs[i]);
    }
    return values;
  }

  /** Appends in several turns, so that it is in several pages, and sees it go out. */
  private void fill(QueueRef queue, int from, int to) {
    for (int i = from; i < to; i++) {
      shard.append(queue, durable("m" + i));
      if (i % 10 == 9) {
        shard.turn();
      }
    }
    shard.append(queue, durable("last")); // what is in an open page stays until more comes
    shard.turn();
    shard.turn();
  }

  @Test
  void onlyWhatIsNotSafeYetIsInMemory() {
    QueueRef queue = queue("q");
    store.hold();
    fill(queue, 0, 100);
    long all = shard.shard.heldBytes();
    assertThat(all).isGreaterThan(100 * 96);
    store.sync();
    shard.turn();
    shard.append(queue, durable("more"));
    store.sync();
    shard.turn();
    assertThat(shard.shard.heldBytes()).isLessThan(all / 4);
    assertThat(shard.readyIn(queue)).isEqualTo(102);
  }

  @Test
  void consumersGetEverythingInOrder() {
    QueueRef queue = queue("q");
    fill(queue, 0, 5_000);
    assertThat(shard.shard.heldBytes()).isLessThan(100 * 100);
    ConsumerRef consumer = shard.prefetching(queue, 1, 7);
    for (int next = 0; next < 5_000; ) {
      List<Delivery> some = shard.deliveries();
      assertThat(some).isNotEmpty();
      for (Delivery delivery : some) {
        if (next < 5_000) {
          assertThat(delivery.message().body().toUtf8()).isEqualTo("m" + next++);
          assertThat(delivery.isRedelivered()).isFalse();
          assertThat(delivery.consumer()).isSameAs(consumer);
        }
      }
      shard.settle(Outcome.ACCEPTED, some);
    }
    shard.settle(Outcome.ACCEPTED, shard.deliveries());
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void transientMessagesAmongThemKeepTheirPlace() {
    QueueRef queue = queue("q");
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      shard.append(queue, i % 3 == 0 ? message("m" + i) : durable("m" + i));
      wanted.add("m" + i);
      if (i % 10 == 9) {
        shard.turn();
      }
    }
    assertThat(shard.drained(queue)).isEqualTo(wanted);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void basicGetIsAnsweredWhenTheMessageIsHere() {
    QueueRef queue = queue("q");
    fill(queue, 0, 50);
    List<Request.Got> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      shard.shard.onCall(
          new ShardCall.Take(queue, session(1), true), got -> answers.add(ShardHarness.ok(got)));
    }
    assertThat(answers).isEmpty();
    shard.turn();
    assertThat(answers)
        .extracting(got -> got.delivery().message().body().toUtf8())
        .containsExactly("m0", "m1", "m2");
    assertThat(answers.getLast().remaining()).isEqualTo(48);
  }

  @Test
  void whoIsGoneBeforeItsMessageIsHereTakesNothing() {
    QueueRef queue = queue("q");
    fill(queue, 0, 50);
    List<Result<Request.Got>> answers = new ArrayList<>();
    shard.prefetching(queue("other"), 1, 1);
    shard.shard.onCall(new ShardCall.Take(queue, session(1), false), answers::add);
    shard.end(1);
    shard.turn();
    assertThat(answers).hasSize(1);
    assertThat(ShardHarness.ok(answers.getFirst()).delivery()).isNull();
    assertThat(shard.readyIn(queue)).isEqualTo(51);
    assertThat(shard.drained(queue)).startsWith("m0", "m1").hasSize(51);
  }

  @Test
  void aPurgeNeedsNoMessageAndAnswersWhoWaits() {
    QueueRef queue = queue("q");
    fill(queue, 0, 500);
    List<Request.Got> answers = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.Take(queue, session(1), true), got -> answers.add(ShardHarness.ok(got)));
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Purge(queue)))).isEqualTo(501);
    assertThat(answers).singleElement().extracting(Request.Got::delivery).isNull();
    shard.append(queue, durable("after"));
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    assertThat(shard.drained(queue)).containsExactly("after");
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void aQueueIsRemovedWhilePagesAreOnTheirWay() {
    QueueRef queue = queue("q");
    fill(queue, 0, 500);
    shard.prefetching(queue, 1, 1);
    shard.shard.onTurnEnd(); // asks for the first page
    assertThat(shard.call(new ShardCall.RemoveQueue(queue))).isEqualTo(501);
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void theOldestIsDroppedWithoutBeingLoaded() {
    QueueRef queue = queue("q", arguments("x-max-length", 20));
    fill(queue, 0, 500);
    assertThat(shard.readyIn(queue)).isEqualTo(20);
    List<String> left = names(481, 500);
    assertThat(shard.drained(queue)).startsWith(left.toArray(String[]::new)).endsWith("last");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(481);
    assertThat(store.afterCrash().recover().backlogs()).isEmpty();
  }

  @Test
  void theOldestOfABoundedNumberOfBytesIsDropped() {
    QueueRef queue = queue("q", arguments("x-max-length-bytes", 40));
    fill(queue, 100, 300); // four bytes each, and four of the last
    assertThat(shard.readyIn(queue)).isEqualTo(10);
    assertThat(shard.drained(queue)).startsWith("m291").endsWith("m299", "last").hasSize(10);
  }

  @Test
  void theOldestBecomesADeadLetter() {
    QueueRef queue = queue("q", arguments("x-max-length", 20, "x-dead-letter-exchange", "dlx"));
    fill(queue, 0, 100);
    assertThat(shard.readyIn(queue)).isEqualTo(20);
    assertThat(shard.host.deadLetters)
        .extracting(letter -> letter.letter().message().body().toUtf8())
        .containsExactlyElementsOf(names(0, 81));
  }

  @Test
  void messagesExpireAtTheHeadWhereverTheyAre() {
    QueueRef queue =
        queue("q", arguments("x-message-ttl", 60_000, "x-dead-letter-exchange", "dlx"));
    for (int i = 0; i < 100; i++) {
      Message sent =
          message(
              "m" + i,
              Properties.builder().durable(true).build(),
              shard.host.nowMillis() + (i < 50 ? 0 : 30_000));
      shard.append(queue, sent);
      shard.turn();
    }
    shard.advance(59_999);
    assertThat(shard.readyIn(queue)).isEqualTo(100);
    shard.advance(1);
    assertThat(shard.readyIn(queue)).isEqualTo(50);
    shard.advance(30_000);
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(shard.host.deadLetters)
        .extracting(letter -> letter.letter().message().body().toUtf8())
        .containsExactlyElementsOf(names(0, 100));
  }

  @Test
  void aLimitOfBytesThatComesLaterCountsWhatIsInTheStoreOnly() {
    QueueRef queue = queue("q");
    fill(queue, 100, 300);
    QueueSpec limited =
        ShardHarness.spec(
            "q", QueueKind.CLASSIC, Lifetime.DURABLE, false, arguments("x-max-length-bytes", 400));
    shard.call(new ShardCall.Reconfigure(queue, limited));
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(100);
    assertThat(shard.drained(queue)).startsWith("m201").endsWith("last").hasSize(100);
    fill(queue, 100, 300);
    assertThat(shard.readyIn(queue)).isEqualTo(100);
  }

  @Test
  void aSelectorFindsWhatIsFarFromTheHead() {
    QueueRef queue = queue("q");
    for (int i = 0; i < 12_000; i++) {
      String type = i % 2_000 == 1_999 ? "wanted" : "other";
      shard.append(
          queue,
          message("m" + i, Properties.builder().durable(true).type(type).build(), 1_000_000));
      if (i % 10 == 9) {
        shard.turn();
      }
    }
    shard.viewing(queue, "JMSType = 'wanted'", ConsumerView.Mode.TAKE);
    assertThat(shard.delivered())
        .containsExactly("m1999", "m3999", "m5999", "m7999", "m9999", "m11999");
    assertThat(shard.readyIn(queue)).isEqualTo(11_994);
    assertThat(shard.shard.heldBytes()).as("what was looked at goes out").isLessThan(1_200_000);
    assertThat(shard.drained(queue)).hasSize(11_994).startsWith("m0").endsWith("m11998");
  }

  @Test
  void aBrowserSeesEverythingAndLeavesIt() {
    QueueRef queue = queue("q");
    fill(queue, 0, 3_000);
    shard.viewing(queue, "", ConsumerView.Mode.BROWSE);
    assertThat(shard.delivered()).hasSize(3_001).startsWith("m0", "m1").endsWith("m2999", "last");
    assertThat(shard.readyIn(queue)).isEqualTo(3_001);
    assertThat(shard.shard.heldBytes()).isLessThan(200_000);
    assertThat(shard.drained(queue)).hasSize(3_001);
  }

  @Test
  void prioritiesCountWhereverMessagesAre() {
    QueueRef queue = queue("q", arguments("x-max-priority", 3));
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      shard.append(
          queue,
          message("m" + i, Properties.builder().durable(true).priority(i % 3).build(), 1_000_000));
      if (i % 10 == 9) {
        shard.turn();
      }
    }
    for (int priority = 2; priority >= 0; priority--) {
      for (int i = priority; i < 300; i += 3) {
        wanted.add("m" + i);
      }
    }
    assertThat(shard.drained(queue)).isEqualTo(wanted);
  }

  @Test
  void whatComesBackGoesToItsPlaceBeforeWhatIsNotHere() {
    QueueRef queue = queue("q");
    fill(queue, 0, 100);
    shard.prefetching(queue, 1, 20);
    assertThat(shard.delivered()).isEqualTo(names(0, 20));
    shard.end(1);
    shard.turn();
    ConsumerRef again = shard.prefetching(queue, 2, 30);
    List<Delivery> deliveries = shard.deliveries();
    assertThat(ShardHarness.texts(deliveries)).isEqualTo(names(0, 30));
    assertThat(deliveries.get(19).deliveryCount()).isEqualTo(1);
    assertThat(deliveries.get(20).deliveryCount()).isZero();
    assertThat(again).isNotNull();
  }

  @Test
  void aMessageThatCannotBeReadIsSkippedAndStaysInTheStore() {
    QueueRef queue = queue("q", arguments("x-max-length-bytes", 1_000_000));
    fill(queue, 0, 100);
    long first = store.open(1, Runnable::run).firstSequence();
    store.lose(first);
    store.lose(first + 1);
    store.lose(first + 50);
    List<String> wanted = new ArrayList<>(names(2, 100));
    wanted.remove("m50");
    wanted.add("last");
    assertThat(shard.drained(queue)).isEqualTo(wanted);
    assertThat(shard.readyIn(queue)).isZero();
    assertThat(store.afterCrash().recover().backlogs().values())
        .singleElement()
        .satisfies(backlog -> assertThat(backlog.count()).isEqualTo(3));
  }

  @Test
  void aDrainWaitsForMessagesThatAreOnTheirWay() {
    QueueRef queue = queue("q");
    fill(queue, 0, 30);
    ConsumerRef consumer = shard.consume(queue, 1, ShardHarness.options(CreditMode.GRANTED, 0));
    shard.grant(consumer, 100, true);
    List<SessionEvent> events = shard.events();
    assertThat(ShardHarness.deliveriesIn(events)).hasSize(31);
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            SessionEvent.Drained.class, drained -> assertThat(drained.unused()).isEqualTo(69));
  }

  @Test
  void manySlowConsumersTakeABoundedPartOfMemory() {
    int count = 1_000;
    long share = 1 << 20;
    shard.shard.shareOfHeap(share);
    List<QueueRef> queues = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      queues.add(queue("q" + i));
      shard.prefetching(queues.getLast(), i, 1);
    }
    for (int round = 0; round < 20; round++) {
      for (QueueRef queue : queues) {
        shard.append(queue, durable("x".repeat(1_000))); // 20 MB in all, half of it consumed
      }
      if (round % 2 == 0) {
        shard.settle(Outcome.ACCEPTED, shard.deliveries());
      }
    }
    shard.turn();
    long unsettled = (long) count * durable("x".repeat(1_000)).sizeBytes();
    assertThat(shard.shard.heldBytes()).isBetween(unsettled / 2, unsettled + 2 * share);
    assertThat(queues).allMatch(queue -> shard.readyIn(queue) >= 9);
  }

  @Test
  void whoDoesNotSettleHoldsUpItselfAndNobodyElse() {
    QueueRef hoarded = queue("hoarded");
    QueueRef other = queue("other");
    for (int i = 0; i < 2_000; i++) {
      shard.append(hoarded, durable(i + "x".repeat(10_000))); // 20 MB, of which 8 may be out
      if (i % 10 == 9) {
        shard.append(other, durable("m" + i / 10));
        shard.turn();
      }
    }
    shard.turn();
    ConsumerRef hoarder =
        shard.consume(hoarded, 1, ShardHarness.options(CreditMode.GRANTED, 1_000_000));
    List<Delivery> got = new ArrayList<>(shard.deliveries());
    assertThat(got).hasSizeBetween(700, 1_000);
    assertThat(shard.shard.heldBytes()).isLessThan(10 << 20);
    shard.prefetching(other, 2, 10);
    assertThat(shard.delivered()).isEqualTo(names(0, 10));
    shard.grant(hoarder, 1, true);
    assertThat(shard.events())
        .as("a drain does not wait")
        .hasOnlyElementsOfType(SessionEvent.Drained.class);
    shard.grant(hoarder, 1_000_000, false);
    for (int settled = 0; settled < 2_000; settled += 10) {
      shard.settle(Outcome.ACCEPTED, List.copyOf(got.subList(settled, settled + 10)));
      got.addAll(shard.deliveries());
    }
    assertThat(got).hasSize(2_000);
    for (int i = 0; i < got.size(); i++) {
      assertThat(got.get(i).message().body().toUtf8()).startsWith(i + "x");
    }
    assertThat(shard.readyIn(hoarded)).isZero();
  }

  /**
   * A prefetch of more bytes than its part: it stops there, and any acknowledgement moves it on.
   */
  @Test
  void whoSettlesInBatchesThatAreLargerThanItsPartGoesOnWithWhateverItSettles() {
    QueueRef queue = queue("batches");
    QueueRef other = queue("other");
    for (int i = 0; i < 60; i++) {
      shard.append(queue, durable(i + "x".repeat(1 << 20)));
      shard.append(other, durable(i + "y".repeat(1 << 20)));
      shard.turn();
    }
    shard.prefetching(queue, 1, 50); // it means to acknowledge 50 at once
    List<Delivery> got = new ArrayList<>(shard.deliveries());
    assertThat(got).hasSizeBetween(8, 10);
    shard.prefetching(other, 2, 50);
    assertThat(shard.deliveries()).as("the others get theirs").isNotEmpty();
    for (int settled = 0; settled < 60; settled++) {
      shard.settle(Outcome.ACCEPTED, List.of(got.get(settled)));
      shard.deliveries().stream()
          .filter(one -> one.consumer().queue().equals(queue))
          .forEach(got::add);
    }
    assertThat(got).as("one acknowledgement at a time is enough").hasSize(60);
  }

  @Test
  void manyQueuesLoadOneAfterTheOther() {
    List<QueueRef> queues = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      QueueRef queue = queue("q" + i);
      fill(queue, 0, 40);
      queues.add(queue);
    }
    for (int i = 0; i < queues.size(); i++) {
      shard.prefetching(queues.get(i), i, 1);
    }
    assertThat(shard.delivered()).hasSize(50).containsOnly("m0");
    for (int i = 0; i < queues.size(); i++) {
      shard.end(i);
    }
    shard.turn();
    for (QueueRef queue : queues) {
      assertThat(shard.drained(queue)).hasSize(41).startsWith("m0", "m1").endsWith("m39", "last");
    }
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
