package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.texts;
import static io.serai.routing.queue.StreamHarness.numbered;
import static io.serai.routing.queue.StreamHarness.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What streams and their readers keep in memory. */
class StreamMemoryTest {
  private final StreamHarness streams = new StreamHarness();
  private final ShardHarness shard = streams.shard;
  private final QueueRef stream = streams.stream;

  @Test
  void whatNobodyWaitsForLeavesMemoryOnceItIsSynced() {
    shard.append(stream, numbered(0, 100));
    assertThat(shard.shard.heldBytes()).isPositive();
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void liveReadersAreServedFromMemory() {
    streams.read(1, StreamOffset.NEXT, 1000);
    shard.turn();
    for (int round = 0; round < 5; round++) {
      shard.append(stream, numbered(round * 100, round * 100 + 100));
      assertThat(shard.delivered()).hasSize(100);
      assertThat(shard.host.timerCount()).as("reads of the log").isZero();
    }
  }

  @Test
  void aSlowReaderCostsBoundedMemoryAndMissesNothing() {
    streams.read(1, StreamOffset.NEXT, 3);
    shard.turn();
    List<Delivery> held = new ArrayList<>();
    int count = 1000;
    String padding = "x".repeat(10_000);
    for (int i = 0; i < count; i++) {
      shard.append(stream, i + padding);
      held.addAll(shard.deliveries());
    }
    assertThat(held).hasSize(3);
    assertThat(shard.shard.heldBytes())
        .isLessThan(StreamTail.MAX_BYTES + 2L * ReadBudget.READ_BYTES);
    List<String> all = new ArrayList<>(texts(held));
    while (!held.isEmpty()) {
      shard.settle(Outcome.ACCEPTED, held);
      held = streams.settled();
      all.addAll(texts(held));
      assertThat(shard.shard.heldBytes())
          .isLessThan(StreamTail.MAX_BYTES + 3L * ReadBudget.READ_BYTES);
    }
    assertThat(all)
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> i + padding).toList());
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void manySlowReadersHoldBoundedMemoryTogetherAndMissNothing() {
    int count = 600;
    String padding = "x".repeat(1000);
    for (int i = 0; i < count; i++) {
      shard.append(stream, i + padding);
    }
    long share = 4L << 20;
    shard.shard.shareOfHeap(share);
    int readers = 300;
    List<Delivery> held = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      streams.read(1, StreamOffset.FIRST, 1);
      held.addAll(streams.settled());
    }
    assertThat(held).hasSize(readers);
    assertThat(shard.shard.readAheadBytes())
        .isBetween(1L, share / 4 + 2L * ReadBudget.READ_BYTES + readers);
    List<Delivery> one = held.stream().filter(it -> it.sequence() == 0).limit(1).toList();
    List<String> all = new ArrayList<>();
    while (!one.isEmpty()) {
      all.addAll(texts(one));
      shard.settle(Outcome.ACCEPTED, one);
      one = streams.settled();
    }
    assertThat(all)
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(i -> i + padding).toList());
    shard.call(new ShardCall.RemoveQueue(stream));
    assertThat(shard.shard.readAheadBytes()).isZero();
  }

  @Test
  void readersThatDoNotSettleHoldUpThemselvesAndNobodyElse() {
    int count = 2_000;
    String padding = "x".repeat(10_000);
    List<String> wanted = IntStream.range(0, count).mapToObj(i -> i + padding).toList();
    shard.append(stream, wanted.toArray(String[]::new));
    shard.turn();
    shard.shard.shareOfHeap(1 << 20);
    List<Delivery> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      streams.read(1, StreamOffset.FIRST, count);
      held.addAll(streams.settled());
    }
    assertThat(held).hasSizeBetween(1, count);
    assertThat(shard.shard.heldBytes()).isLessThan(count * 10_000L + (12L << 20));
    streams.read(2, StreamOffset.FIRST, 10);
    List<String> other = new ArrayList<>();
    for (List<Delivery> more = streams.settled(); !more.isEmpty(); more = streams.settled()) {
      other.addAll(texts(more));
      shard.settle(Outcome.ACCEPTED, more);
    }
    assertThat(other).as("who settles goes on").isEqualTo(wanted);
    ConsumerRef first = held.getFirst().consumer();
    List<String> all = new ArrayList<>();
    for (List<Delivery> more = held; !more.isEmpty(); more = streams.settled()) {
      all.addAll(texts(more.stream().filter(one -> one.consumer() == first).toList()));
      shard.settle(Outcome.ACCEPTED, more);
    }
    assertThat(all).as("and who does so late").isEqualTo(wanted);
  }

  @Test
  void readersOfVeryLargeMessagesReadOneAfterTheOther() {
    int readers = 12;
    shard.shard.shareOfHeap(1 << 20);
    for (int i = 0; i < 2; i++) {
      shard.append(stream, i + "x".repeat(6 << 20));
    }
    shard.turn();
    final long appended = shard.shard.heldBytes();
    for (int i = 0; i < readers; i++) {
      streams.read(1 + i, StreamOffset.FIRST, 1);
    }
    List<Delivery> all = streams.settled();
    assertThat(all).hasSizeBetween(1, readers / 2);
    assertThat(shard.shard.heldBytes() - appended).isLessThan(40L << 20);
    int most = 0;
    List<Long> last = new ArrayList<>();
    for (List<Delivery> more = all; !more.isEmpty(); more = streams.settled()) {
      most = Math.max(most, more.size());
      more.stream().filter(one -> one.sequence() == 1).forEach(one -> last.add(one.sequence()));
      shard.settle(Outcome.ACCEPTED, more);
    }
    assertThat(most).isLessThanOrEqualTo(readers / 2);
    assertThat(last).as("everybody gets to the end").hasSize(readers);
    assertThat(shard.shard.readAheadBytes()).isZero();
  }

  @Test
  void aReaderOfVeryLargeMessagesThatDoesNotSettleHoldsUpNobodyElse() {
    shard.shard.shareOfHeap(1 << 20);
    for (int i = 0; i < 3; i++) {
      shard.append(stream, i + "x".repeat(20 << 20));
    }
    QueueRef small = shard.stream("small");
    String padding = "x".repeat(2_000);
    for (int i = 0; i < 200; i++) {
      shard.append(small, i + padding);
    }
    shard.turn();
    streams.read(1, StreamOffset.FIRST, 100);
    assertThat(streams.settled()).as("it has too much").hasSize(1);
    assertThat(streams.settled()).isEmpty();

    shard.consume(small, 2, options(StreamRead.from(StreamOffset.FIRST), 10));
    List<String> texts = new ArrayList<>();
    for (List<Delivery> more = streams.settled(); !more.isEmpty(); more = streams.settled()) {
      texts.addAll(texts(more));
      shard.settle(Outcome.ACCEPTED, more);
    }
    assertThat(texts).as("small messages go on at once").hasSize(200);

    streams.read(3, StreamOffset.FIRST, 1);
    streams.read(4, StreamOffset.FIRST, 1);
    int large = 0;
    for (List<Delivery> more = streams.settled(); !more.isEmpty(); more = streams.settled()) {
      assertThat(more).as("large ones one after the other").hasSize(1);
      large++;
      shard.settle(Outcome.ACCEPTED, more);
    }
    assertThat(large).as("both get to the end").isEqualTo(6);
  }

  @Test
  void tailsOfManyStreamsKeepBoundedMemoryTogether() {
    long share = 4L << 20;
    shard.shard.shareOfHeap(share);
    List<Delivery> held = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      QueueRef one = shard.stream("s" + i);
      shard.consume(one, 1, options(StreamRead.from(StreamOffset.NEXT), 1));
      shard.turn();
      for (int n = 0; n < 20; n++) {
        shard.append(one, n + "x".repeat(10_000));
      }
      held.addAll(streams.settled());
    }
    long unsettled = held.stream().mapToLong(one -> one.message().sizeBytes()).sum();
    assertThat(shard.shard.heldBytes()).isLessThan(share / 4 + unsettled + 500_000);
    List<String> texts = new ArrayList<>();
    while (!held.isEmpty()) {
      texts.addAll(texts(held));
      shard.settle(Outcome.ACCEPTED, held);
      held = streams.settled();
    }
    assertThat(texts).as("nothing is missed").hasSize(40 * 20);
  }

  @Test
  void whatAGoneReaderHeldIsLetGoOf() {
    shard.append(stream, numbered(0, 500));
    shard.turn();
    streams.read(1, StreamOffset.FIRST, 10);
    assertThat(streams.settled()).hasSize(10);
    assertThat(shard.shard.heldBytes()).isPositive();
    shard.end(1);
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(shard.readyIn(stream)).isEqualTo(500);
  }
}
