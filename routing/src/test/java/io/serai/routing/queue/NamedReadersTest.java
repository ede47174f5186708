package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.texts;
import static io.serai.routing.queue.StreamHarness.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.routing.store.Fact;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.StreamPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Readers of a stream that have a name: their place is kept, and they may take turns. */
class NamedReadersTest {
  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard =
      new ShardHarness(store.open(0, Runnable::run), ShardLimits.DEFAULT);

  private ConsumerRef read(
      QueueRef stream, long session, String name, boolean takesTurns, int prefetch) {
    return shard.consume(
        stream,
        session,
        new ConsumerOptions(
            "ctag",
            false,
            false,
            0,
            CreditMode.PER_SETTLE,
            prefetch,
            ConsumerView.ALL,
            new StreamRead(StreamOffset.FIRST, Set.of(), true, prefetch, name, takesTurns)));
  }

  private void fill(QueueRef stream, int from, int to) {
    shard.append(stream, numbered(from, to));
    shard.turn();
  }

  /** What comes until nothing more does. */
  private List<Delivery> settled() {
    List<Delivery> all = new ArrayList<>(shard.deliveries());
    List<Delivery> more;
    do {
      shard.advance(0);
      more = shard.deliveries();
      all.addAll(more);
    } while (!more.isEmpty());
    return all;
  }

  private List<String> bySession(List<Delivery> all, long session) {
    return texts(all.stream().filter(it -> it.consumer().session().id() == session).toList());
  }

  private List<StreamPlace> stored() {
    shard.turn();
    return store.recover().facts().stream()
        .filter(fact -> fact.is(FactKind.STREAM_PLACE))
        .map(StreamPlace::read)
        .toList();
  }

  // ---- places

  @Test
  void aReaderGoesOnBehindWhatItHasSettled() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    read(stream, 1, "billing", false, 4);
    List<Delivery> four = settled();
    shard.settle(Outcome.ACCEPTED, four.subList(0, 2));
    settled();
    shard.end(1);
    read(stream, 2, "billing", false, 3);
    assertThat(texts(settled())).containsExactly("m2", "m3", "m4");
    read(stream, 3, "audit", false, 2);
    assertThat(texts(settled())).as("another name").containsExactly("m0", "m1");
  }

  @Test
  void whatIsSettledOutOfOrderIsReadAgainFromTheFirstThatIsNot() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    read(stream, 1, "billing", false, 3);
    List<Delivery> three = settled();
    shard.settle(Outcome.ACCEPTED, three.get(0), three.get(2));
    settled();
    shard.end(1);
    read(stream, 2, "billing", false, 2);
    assertThat(texts(settled())).containsExactly("m1", "m2");
  }

  @Test
  void whatIsGivenBackIsForTheNextReaderOfTheName() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    read(stream, 1, "billing", false, 3);
    List<Delivery> three = settled();
    shard.settle(Outcome.ACCEPTED, three.get(0));
    shard.settle(Outcome.RETURNED, three.get(1));
    shard.settle(Outcome.ACCEPTED, three.get(2));
    assertThat(texts(settled())).as("it has had it").containsExactly("m3", "m4", "m5");
    shard.end(1);
    read(stream, 2, "billing", false, 2);
    assertThat(texts(settled())).containsExactly("m1", "m2");
  }

  @Test
  void aPlaceIsStoredSoonAfterItMovedAndWhenItsReaderLeaves() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    ConsumerRef reader = read(stream, 1, "billing", false, 3);
    List<Delivery> three = settled();
    assertThat(stored()).extracting(StreamPlace::offset).as("where it begins").containsExactly(0L);
    shard.settle(Outcome.ACCEPTED, three);
    assertThat(stored()).extracting(StreamPlace::offset).containsExactly(0L);
    shard.advance(200);
    assertThat(stored()).extracting(StreamPlace::offset).containsExactly(3L);
    shard.settle(Outcome.ACCEPTED, shard.deliveries());
    settled();
    shard.call(new ShardCall.Detach(reader));
    assertThat(stored()).extracting(StreamPlace::name).containsExactly("billing");
    assertThat(stored().getFirst().offset()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aStoredPlaceIsTakenUpAfterARestart() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    shard.call(new ShardCall.RestorePlaces(stream, List.of(new StreamPlace(17, "billing", 7))));
    read(stream, 1, "billing", false, 100);
    assertThat(texts(settled())).containsExactly("m7", "m8", "m9");
  }

  @Test
  void whoReadsIsListedThoseFurthestBackFirst() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    read(stream, 1, "fast", false, 10);
    shard.settle(Outcome.ACCEPTED, settled());
    read(stream, 2, "slow", false, 2);
    settled();
    read(stream, 3, "", false, 2);
    settled();
    shard.end(1);
    var info = ShardHarness.ok(shard.call(new ShardCall.InspectStream(stream, 100)));
    assertThat(info.firstOffset()).isZero();
    assertThat(info.nextOffset()).isEqualTo(10);
    assertThat(info.sizeBytes()).isPositive();
    assertThat(info.readers())
        .containsExactly(
            new Request.NamedReader("slow", 0, 1), new Request.NamedReader("fast", 10, 0));
    assertThat(ShardHarness.ok(shard.call(new ShardCall.InspectStream(stream, 1))).readers())
        .hasSize(1);
  }

  @Test
  void aNameThatIsForgottenBeginsAnew() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 3);
    read(stream, 1, "billing", false, 10);
    shard.settle(Outcome.ACCEPTED, settled());
    assertThat(ShardHarness.refusal(shard.call(new ShardCall.ForgetReader(stream, "billing"))))
        .isEqualTo(
            "RESOURCE_LOCKED stream 's' in vhost '/' is being read under the name 'billing'");
    shard.end(1);
    shard.turn();
    ShardHarness.ok(shard.call(new ShardCall.ForgetReader(stream, "billing")));
    assertThat(stored()).isEmpty();
    read(stream, 2, "billing", false, 10);
    assertThat(texts(settled())).containsExactly("m0", "m1", "m2");
    QueueRef queue = shard.queue("q");
    assertThat(ShardHarness.refusal(shard.call(new ShardCall.InspectStream(queue, 1))))
        .isEqualTo("NOT_FOUND queue 'q' in vhost '/' is no stream");
  }

  @Test
  void whatIsSettledLateDoesNotBringBackANameThatWasForgotten() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 5);
    ConsumerRef reader = read(stream, 1, "billing", false, 3);
    List<Delivery> three = settled();
    shard.call(new ShardCall.Detach(reader));
    assertThat(ShardHarness.ok(shard.call(new ShardCall.InspectStream(stream, 9))).readers())
        .containsExactly(new Request.NamedReader("billing", 0, 0));
    ShardHarness.ok(shard.call(new ShardCall.ForgetReader(stream, "billing")));
    shard.settle(Outcome.ACCEPTED, three);
    shard.advance(1000);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aReaderThatIsDoneDoesNotBringBackANameThatWasForgotten() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 5);
    ConsumerRef reader = read(stream, 1, "billing", false, 3);
    List<Delivery> three = settled();
    shard.settle(Outcome.ACCEPTED, three.getFirst());
    shard.call(new ShardCall.Detach(reader));
    shard.settle(Outcome.RETURNED, three);
    shard.settle(Outcome.RETURNED, shard.deliveries());
    shard.end(1);
    ShardHarness.ok(shard.call(new ShardCall.ForgetReader(stream, "billing")));
    shard.advance(1000);
    assertThat(stored()).isEmpty();
  }

  @Test
  void whatIsSettledAfterItsReaderLeftCountsForItsName() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 5);
    ConsumerRef reader = read(stream, 1, "billing", false, 3);
    List<Delivery> three = settled();
    shard.call(new ShardCall.Detach(reader));
    shard.settle(Outcome.ACCEPTED, three);
    read(stream, 2, "billing", false, 3);
    assertThat(texts(settled())).containsExactly("m3", "m4");
  }

  @Test
  void thePlacesOfADeletedStreamAreForgotten() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 10);
    read(stream, 1, "billing", false, 3);
    settled();
    assertThat(stored()).hasSize(1);
    shard.call(new ShardCall.RemoveQueue(stream));
    assertThat(stored()).isEmpty();
  }

  @Test
  void placesAreForgottenWhenThereAreTooManyAndRetentionHasPassedThem() {
    StreamPlaces places = new StreamPlaces(17, store.open(1, Runnable::run));
    for (int i = 0; i < StreamPlaces.MOST; i++) {
      places.reached("reader-" + i, i);
    }
    assertThat(places.isFullFor("reader-5")).as("a name it knows").isFalse();
    assertThat(places.isFullFor("new")).isTrue();
    places.forgetBefore(10, Set.of("reader-3"));
    assertThat(places.isFullFor("new")).isFalse();
    assertThat(places.of("reader-3")).isEqualTo(3);
    assertThat(places.of("reader-4")).isNull();
    assertThat(places.of("reader-10")).isEqualTo(10);
  }

  @Test
  void aPlaceIsReadAsItWasWritten() {
    byte[] key = StreamPlace.key(5, "größe");
    assertThat(
            StreamPlace.read(
                new Fact(FactKind.STREAM_PLACE.number(), key, StreamPlace.value(1L << 40))))
        .isEqualTo(new StreamPlace(5, "größe", 1L << 40));
  }

  // ---- turns

  @Test
  void ofThoseThatTakeTurnsTheFirstReadsUntilItLeaves() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 6);
    read(stream, 1, "billing", true, 2);
    read(stream, 2, "billing", true, 2);
    List<Delivery> first = settled();
    assertThat(bySession(first, 1)).containsExactly("m0", "m1");
    assertThat(bySession(first, 2)).isEmpty();
    shard.settle(Outcome.ACCEPTED, first.getFirst());
    assertThat(bySession(settled(), 1)).containsExactly("m2");
    shard.end(1);
    assertThat(bySession(settled(), 2))
        .as("what was not settled comes again")
        .containsExactly("m1", "m2");
  }

  @Test
  void membersOfAGroupShareThePartitionsOfASuperStream() {
    List<QueueRef> partitions =
        List.of(shard.stream("orders-0"), shard.stream("orders-1"), shard.stream("orders-2"));
    for (QueueRef partition : partitions) {
      read(partition, 1, "billing", true, 10);
    }
    partitions.forEach(partition -> fill(partition, 0, 1));
    assertThat(bySession(settled(), 1)).as("alone it reads all").hasSize(3);
    shard.end(1);
    for (QueueRef partition : partitions) {
      read(partition, 2, "billing", true, 10);
      read(partition, 3, "billing", true, 10);
    }
    settled();
    partitions.forEach(partition -> fill(partition, 1, 2));
    List<Delivery> shared = settled();
    assertThat(shared).hasSizeGreaterThanOrEqualTo(3);
    assertThat(shared.stream().filter(it -> it.consumer().session().id() == 2))
        .extracting(it -> it.consumer().queue().name())
        .contains("orders-0", "orders-2")
        .doesNotContain("orders-1");
    assertThat(shared.stream().filter(it -> it.consumer().session().id() == 3))
        .extracting(it -> it.consumer().queue().name())
        .containsOnly("orders-1");
  }

  @Test
  void aNameThatIsTooLongIsRefused() {
    QueueRef stream = shard.stream("s");
    read(stream, 1, "n".repeat(1_024), false, 1);
    StreamRead asked =
        new StreamRead(StreamOffset.FIRST, Set.of(), true, 1, "n".repeat(1_025), false);
    ConsumerOptions options =
        new ConsumerOptions(
            "ctag", false, false, 0, CreditMode.PER_SETTLE, 1, ConsumerView.ALL, asked);
    assertThat(
            ShardHarness.refusal(
                shard.call(new ShardCall.Attach(stream, ShardHarness.session(2), 1_000, options))))
        .startsWith("PRECONDITION_FAILED a reader's name of 1025 characters is too long");
  }

  @Test
  void nothingComesTwiceWhenOneLeavesAndTwoOthersChange() {
    QueueRef partition = shard.stream("orders-1");
    fill(partition, 0, 10);
    for (int session = 1; session <= 3; session++) {
      read(partition, session, "billing", true, 2);
    }
    List<Delivery> held = settled();
    assertThat(bySession(held, 2)).containsExactly("m0", "m1");
    shard.settle(Outcome.ACCEPTED, held);
    shard.settle(Outcome.ACCEPTED, shard.deliveries());
    shard.end(1); // the second is the first now, and the partition the third's
    assertThat(bySession(settled(), 3)).as("behind four settled").containsExactly("m4", "m5");
  }

  @Test
  void aPlaceBehindWhatACrashLeftIsTheEndOfTheStream() {
    QueueRef stream = shard.stream("s");
    fill(stream, 0, 3);
    shard.call(new ShardCall.RestorePlaces(stream, List.of(new StreamPlace(17, "billing", 7))));
    read(stream, 1, "billing", false, 100);
    fill(stream, 3, 5);
    assertThat(texts(settled())).containsExactly("m3", "m4");
  }

  @Test
  void aMemberGivesWayOnceItHasSettledEverything() {
    QueueRef partition = shard.stream("orders-1");
    fill(partition, 0, 10);
    read(partition, 1, "billing", true, 2);
    List<Delivery> held = settled();
    assertThat(bySession(held, 1)).containsExactly("m0", "m1");
    read(partition, 2, "billing", true, 2);
    assertThat(settled()).isEmpty();
    shard.settle(Outcome.ACCEPTED, held.getFirst());
    assertThat(settled()).as("one is still out").isEmpty();
    shard.settle(Outcome.ACCEPTED, held.getLast());
    assertThat(bySession(settled(), 2)).containsExactly("m2", "m3");
  }

  @Test
  void aMemberThatHasSettledEverythingGivesWayAtOnceAndNothingComesTwice() {
    QueueRef partition = shard.stream("orders-1");
    fill(partition, 0, 10);
    read(partition, 1, "billing", true, 10);
    shard.settle(Outcome.ACCEPTED, settled());
    read(partition, 2, "billing", true, 10);
    fill(partition, 10, 12);
    assertThat(bySession(settled(), 2)).containsExactly("m10", "m11");
  }

  @Test
  void aMemberThatNeedNotGiveWayAfterAllGoesOnWhereItWas() {
    QueueRef partition = shard.stream("orders-1");
    fill(partition, 0, 10);
    read(partition, 1, "billing", true, 2);
    List<Delivery> held = settled();
    read(partition, 2, "billing", true, 2);
    assertThat(settled()).isEmpty();
    shard.end(2);
    assertThat(settled()).isEmpty();
    shard.settle(Outcome.ACCEPTED, held);
    assertThat(bySession(settled(), 1)).containsExactly("m2", "m3");
  }

  @Test
  void theNumberOfAPartitionIsTheEndOfItsName() {
    assertThat(StreamGroup.partitionOf("orders-12")).isEqualTo(12);
    assertThat(StreamGroup.partitionOf("orders-0")).isZero();
    assertThat(StreamGroup.partitionOf("orders")).isEqualTo(StreamGroup.NONE);
    assertThat(StreamGroup.partitionOf("orders12")).isEqualTo(StreamGroup.NONE);
    assertThat(StreamGroup.partitionOf("orders-1234567")).isEqualTo(StreamGroup.NONE);
    assertThat(StreamGroup.partitionOf("-")).isEqualTo(StreamGroup.NONE);
  }
}
