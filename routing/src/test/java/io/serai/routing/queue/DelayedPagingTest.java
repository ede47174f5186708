package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Request;
import io.serai.bus.ShardCommand;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.queue.ManualHost.Letter;
import io.serai.routing.store.MemoryNodeStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Persistent messages that wait for their time, more of them than are kept in memory. */
class DelayedPagingTest {
  /** Two pages and a little: what stays in memory, whatever the share. */
  private static final long MOST_HERE_BYTES = 3 * Paging.PAGE_BYTES;

  private static final int BODY_BYTES = 10_000;
  private static final int COUNT = 300;
  private static final long HOUR_MILLIS = 3_600_000;

  private MemoryNodeStore store = new MemoryNodeStore();
  private ShardHarness shard = ShardHarness.paging(store);

  private Message delayed(int number, long millis) {
    return delayed(number, "x".repeat(BODY_BYTES), millis);
  }

  private Message delayed(int number, String rest, long millis) {
    return new Message(
        new Address("later", Topic.of("k", Spelling.DOT)),
        new Encoding.Neutral(
            Properties.builder().durable(true).messageId(Value.of("id" + number)).build(),
            Headers.of(new Header("x-delay", new Value.Long(millis)))),
        Body.ofUtf8(number + rest),
        ShardHarness.ORIGIN,
        shard.host.nowMillis());
  }

  private void publish(Message message) {
    shard.shard.onCommand(
        new ShardCommand.Append(
            ShardHarness.session(1),
            1,
            false,
            List.of(new ShardCommand.Entry(message, List.of(), 0))));
  }

  /** Takes what was released, window by window, and answers the numbers. */
  private List<Integer> released() {
    List<Integer> numbers = new ArrayList<>();
    while (!shard.host.deadLetters.isEmpty()) {
      List<Letter> letters = List.copyOf(shard.host.deadLetters);
      shard.host.deadLetters.clear();
      for (Letter letter : letters) {
        String text = letter.letter().message().body().toUtf8();
        numbers.add(Integer.parseInt(text.substring(0, text.indexOf('x'))));
        letter.answer().accept(LetterFate.TAKEN);
      }
      shard.turn();
    }
    return numbers;
  }

  /** Each is due a second after the one before; published in any order. */
  private void fill() {
    List<Integer> order = new ArrayList<>(IntStream.range(0, COUNT).boxed().toList());
    Collections.shuffle(order, new Random(7));
    for (int number : order) {
      publish(delayed(number, HOUR_MILLIS + number * 1_000L));
      shard.turn();
    }
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void onlyThoseThatAreDueFirstAreInMemory() {
    fill();
    assertThat(shard.shard.delayedCount()).isEqualTo(COUNT);
    assertThat(shard.shard.heldBytes()).isLessThan(MOST_HERE_BYTES);
  }

  @Test
  void theyComeInTheirOrderAndAtTheirTimes() {
    fill();
    shard.advance(HOUR_MILLIS - 1);
    assertThat(released()).isEmpty();
    List<Integer> all = new ArrayList<>();
    for (int number = 0; number < COUNT; number += 10) {
      shard.advance(number == 0 ? 9_001 : 10_000);
      List<Integer> now = released();
      assertThat(now).isEqualTo(numbers(number, number + 10));
      assertThat(shard.shard.heldBytes()).isLessThan(MOST_HERE_BYTES);
      all.addAll(now);
    }
    assertThat(all).hasSize(COUNT);
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(store.afterCrash().recover().delayed()).isEmpty();
  }

  @Test
  void thoseThatAreDueWaitInTheStoreWhileOthersAreUnderWay() {
    for (int number = 0; number < COUNT; number++) {
      publish(delayed(number, HOUR_MILLIS));
      shard.turn();
    }
    shard.advance(HOUR_MILLIS + 10_000); // nobody takes what is routed
    assertThat(shard.host.deadLetters).hasSizeLessThan(COUNT / 2);
    assertThat(shard.shard.heldBytes()).isLessThan(2 * MOST_HERE_BYTES);
    List<Integer> all = new ArrayList<>();
    while (all.size() < COUNT) {
      List<Integer> some = released();
      assertThat(some).isNotEmpty();
      all.addAll(some);
      shard.advance(10);
    }
    assertThat(all).isEqualTo(numbers(0, COUNT));
  }

  @Test
  void manyThatAreDueAtOnceComeAPageAtATime() {
    for (int number = 0; number < COUNT; number++) {
      publish(delayed(number, HOUR_MILLIS));
      shard.turn();
    }
    shard.advance(HOUR_MILLIS + 1);
    List<Integer> all = new ArrayList<>();
    for (int n = 0; n < COUNT && all.size() < COUNT; n++) {
      all.addAll(released());
      shard.advance(1);
    }
    assertThat(all).isEqualTo(numbers(0, COUNT));
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatIsAwayIsListedAndDoesNotStay() {
    fill();
    List<Request.DelayedMessage> found =
        shard.call(new ShardCall.ListDelayed(ShardHarness.VHOST, "later", 0, COUNT));
    assertThat(found)
        .extracting(Request.DelayedMessage::messageId)
        .containsExactlyElementsOf(
            IntStream.range(0, COUNT).mapToObj(number -> "id" + number).toList());
    assertThat(shard.shard.heldBytes()).isLessThan(MOST_HERE_BYTES);
  }

  @Test
  void whatIsAwayIsCancelled() {
    fill();
    for (int number : new int[] {COUNT - 1, 5, 200}) {
      assertThat(
              shard.call(new ShardCall.CancelDelayed(ShardHarness.VHOST, "later", "id" + number)))
          .hasSize(1);
    }
    assertThat(shard.shard.delayedCount()).isEqualTo(COUNT - 3);
    shard.turn();
    assertThat(store.afterCrash().recover().delayed()).hasSize(COUNT - 3);
    shard.advance(HOUR_MILLIS + COUNT * 1_000L);
    List<Integer> all = new ArrayList<>();
    for (int n = 0; n < COUNT; n++) {
      all.addAll(released());
      shard.advance(1);
    }
    assertThat(all).hasSize(COUNT - 3).doesNotContain(5, 200, COUNT - 1).isSorted();
  }

  @Test
  void afterARestartTheyAreReadShortlyBeforeTheirTime() {
    fill();
    store = store.afterCrash();
    shard = ShardHarness.paging(store);
    shard.call(new ShardCall.RestoreDelayed(store.recover().delayed()));
    shard.turn();
    assertThat(shard.shard.delayedCount()).isEqualTo(COUNT);
    assertThat(shard.shard.heldBytes()).isLessThanOrEqualTo(COUNT * DelayedIndex.AWAY_BYTES);
    assertThat(shard.call(new ShardCall.CancelDelayed(ShardHarness.VHOST, "later", "id299")))
        .hasSize(1);
    shard.advance(HOUR_MILLIS + 9_001);
    assertThat(released()).isEqualTo(numbers(0, 10));
    shard.advance(10_000);
    assertThat(released()).isEqualTo(numbers(10, 20));
  }

  @Test
  void oneThatCannotBeReadIsTriedAgainAndTheOthersDoNotWait() {
    publish(delayed(0, HOUR_MILLIS));
    publish(delayed(1, HOUR_MILLIS));
    shard.turn();
    store = store.afterCrash();
    shard = ShardHarness.paging(store);
    var stored = store.recover().delayed();
    shard.call(new ShardCall.RestoreDelayed(stored));
    store.lose(stored.getFirst().sequence());
    shard.advance(HOUR_MILLIS + 1);
    assertThat(released()).containsExactly(1);
    shard.advance(60_000);
    assertThat(released()).isEmpty();
    assertThat(shard.shard.delayedCount()).isEqualTo(1);
    store.find(stored.getFirst().sequence());
    shard.advance(60_000 * 5);
    assertThat(released()).containsExactly(0);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void oneThatCouldNotBeReadAheadDoesNotComeBeforeItsTime() {
    publish(delayed(0, HOUR_MILLIS));
    publish(delayed(1, 10 * HOUR_MILLIS)); // read along with the one before
    shard.turn();
    store = store.afterCrash();
    shard = ShardHarness.paging(store);
    var stored = store.recover().delayed();
    shard.call(new ShardCall.RestoreDelayed(stored));
    store.lose(stored.getLast().sequence());
    shard.advance(HOUR_MILLIS + 1);
    assertThat(released()).containsExactly(0);
    store.find(stored.getLast().sequence());
    shard.advance(60_000);
    assertThat(released()).isEmpty();
    assertThat(shard.call(new ShardCall.ListDelayed(ShardHarness.VHOST, "later", 0, 2)))
        .singleElement()
        .satisfies(one -> assertThat(one.dueMillis()).isEqualTo(Math.abs(stored.getLast().note())));
    shard.advance(10 * HOUR_MILLIS);
    assertThat(released()).containsExactly(1);
  }

  @Test
  @Timeout(60)
  void oneThatTakesMoreThanThereIsRoomForIsReadOnceWhenItIsNext() {
    publish(delayed(0, HOUR_MILLIS));
    publish(delayed(1, "x".repeat(2 << 20), HOUR_MILLIS + 500));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isLessThan(MOST_HERE_BYTES);
    shard.advance(HOUR_MILLIS - 100);
    int before = store.loadedCount();
    for (int n = 0; n < 50; n++) {
      shard.advance(1);
    }
    assertThat(store.loadedCount()).isEqualTo(before);
    shard.advance(51);
    assertThat(released()).containsExactly(0);
    shard.advance(500);
    assertThat(released()).containsExactly(1);
    assertThat(store.loadedCount()).isEqualTo(before + 1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatBelongsToAVhostThatIsNotConfiguredStaysInTheStore() {
    publish(delayed(0, HOUR_MILLIS));
    shard.advance(HOUR_MILLIS + 1);
    shard.host.deadLetters.removeFirst().answer().accept(LetterFate.NO_VHOST);
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(shard.shard.delayedCount()).isZero();
    assertThat(store.afterCrash().recover().delayed()).hasSize(1);
  }
}
