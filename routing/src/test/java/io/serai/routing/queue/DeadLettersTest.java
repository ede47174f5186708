package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.durable;
import static io.serai.routing.queue.ShardHarness.message;
import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.bus.ShardCommand;
import io.serai.model.Value;
import io.serai.routing.queue.ManualHost.Letter;
import io.serai.routing.store.MemoryStore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
  private final ShardHarness shard = new ShardHarness();

  /** What was given up, as reasons and bodies, without answering. */
  private List<String> given() {
    return shard.host.deadLetters.stream()
        .map(letter -> letter.letter().message())
        .map(message ->
            message.headers().first("x-last-death-reason").asText() + " " + message.body().toUtf8())
        .toList();
  }

  private void answer(boolean isTaken) {
    List<Letter> letters = List.copyOf(shard.host.deadLetters);
    shard.host.deadLetters.clear();
    letters.forEach(
        letter -> letter.answer().accept(isTaken ? LetterFate.TAKEN : LetterFate.REFUSED));
    shard.turn();
  }

  private QueueRef queueWith(Object... arguments) {
    Object[] all = new Object[arguments.length + 2];
    all[0] = "x-dead-letter-exchange";
    all[1] = "dlx";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return shard.queueWith("q", all);
  }

  @Test
  void aRejectedMessageIsADeadLetterOfTheQueuesDeclarer() {
    var queue = queueWith();
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "a", "b");
    shard.settle(Outcome.REJECTED, shard.deliveries());
    assertThat(given()).containsExactly("rejected a", "rejected b");
    var letter = shard.host.deadLetters.getFirst().letter();
    assertThat(letter.vhost()).isEqualTo("/");
    assertThat(letter.message().address().exchange()).isEqualTo("dlx");
    assertThat(letter.avoided()).as("a consumer had a hand in it").isEmpty();
    answer(true);
    assertThat(shard.count(Counter.MESSAGES_DEAD_LETTERED)).isEqualTo(2);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
  }

  @Test
  void anExpiredMessageIsADeadLetterThatMustNotComeBack() {
    var queue = queueWith("x-message-ttl", 100);
    shard.append(queue, shard.expiring("a", 1_000_000));
    shard.advance(101);
    assertThat(given()).containsExactly("expired a");
    assertThat(shard.host.deadLetters.getFirst().letter().avoided()).containsExactly("q");
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(1);
  }

  @Test
  void aMessageThatMayNotWaitAtAllIsADeadLetterAtOnce() {
    var queue = queueWith("x-message-ttl", 0);
    shard.append(queue, shard.expiring("a", 1_000));
    assertThat(given()).containsExactly("expired a");
    assertThat(shard.readyIn(queue)).isZero();
    answer(true);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void theOldestMessagesOfAFullQueueAreDeadLetters() {
    var queue = queueWith("x-max-length", 2);
    shard.append(queue, "a", "b", "c", "d");
    assertThat(given()).containsExactly("maxlen a", "maxlen b");
    assertThat(shard.readyIn(queue)).isEqualTo(2);
  }

  @Test
  void whatAFullQueueRefusesIsADeadLetterOnlyWhenItIsToldTo() {
    var refusing =
        shard.queueWith(
            "r",
            "x-dead-letter-exchange",
            "dlx",
            "x-max-length",
            1,
            "x-overflow",
            "reject-publish");
    shard.append(refusing, "a", "b");
    assertThat(given()).isEmpty();
    var queue = queueWith("x-max-length", 1, "x-overflow", "reject-publish-dlx");
    long batch = shard.publish(List.of(message("a"), message("b")), queue);
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(ShardHarness.session(1), batch, List.of(1)));
    assertThat(given()).containsExactly("maxlen b");
    answer(true);
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    shard.get(queue, 1, true);
    shard.get(refusing, 1, true);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatAFullQueueDropsAtItsTailIsADeadLetter() {
    var queue = queueWith("x-max-length", 1, "x-overflow", "drop-tail");
    shard.append(queue, "a", "b");
    assertThat(given()).containsExactly("maxlen b");
    answer(true);
    shard.get(queue, 1, true);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void purgingAndDeletingMakeNoDeadLetters() {
    var queue = queueWith();
    shard.append(queue, "a");
    ShardHarness.ok(shard.call(new ShardCall.Purge(queue)));
    shard.append(queue, "b");
    shard.prefetching(queue, 1, 1);
    shard.turn();
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(given()).isEmpty();
  }

  @Test
  void aDeadLetterStaysChargedToItsQueueUntilItIsTaken() {
    var message = message("a");
    var queue = queueWith();
    shard.prefetching(queue, 1, 1);
    shard.append(queue, message);
    shard.settle(Outcome.REJECTED, shard.deliveries());
    assertThat(shard.shard.heldBytes()).isEqualTo(message.sizeBytes());
    answer(true);
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(message.holderCount()).isZero();
  }

  @Test
  void theStoreForgetsADeadLetterOnlyWhenItIsTaken() {
    var store = new MemoryStore();
    var durableShard = new ShardHarness(store, ShardLimits.DEFAULT);
    var queue =
        durableShard.queue(
            spec(
                "q",
                QueueKind.CLASSIC,
                Lifetime.DURABLE,
                false,
                Value.of("x-dead-letter-exchange"),
                Value.of("dlx")));
    durableShard.prefetching(queue, 1, 1);
    durableShard.append(queue, durable("a"));
    long appended = store.position();
    durableShard.settle(Outcome.REJECTED, durableShard.deliveries());
    assertThat(store.position()).isEqualTo(appended);
    durableShard.host.deadLetters.getFirst().answer().accept(LetterFate.TAKEN);
    assertThat(store.position()).isEqualTo(appended + 1);
  }

  @Test
  void onlyAWindowOfDeadLettersIsOnItsWayAndTheRestFollowsInOrder() {
    int count = 3 * DeadLetters.WINDOW + 7;
    var queue = queueWith();
    shard.prefetching(queue, 1, count);
    shard.append(queue, IntStream.range(0, count).mapToObj(n -> "" + n).toArray(String[]::new));
    shard.settle(Outcome.REJECTED, shard.deliveries());
    int next = 0;
    while (next < count) {
      List<String> sent = given();
      assertThat(sent).hasSize(Math.min(DeadLetters.WINDOW, count - next));
      for (String one : sent) {
        assertThat(one).isEqualTo("rejected " + next++);
      }
      answer(true);
    }
    assertThat(given()).isEmpty();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aDeadLetterNobodyTakesIsDropped() {
    var queue = queueWith();
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "a");
    shard.settle(Outcome.REJECTED, shard.deliveries());
    answer(false);
    assertThat(given()).isEmpty();
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void atLeastOnceItIsTriedAgainUntilSomebodyTakesIt() {
    var queue = queueWith("x-dead-letter-strategy", "at-least-once");
    shard.prefetching(queue, 1, 2);
    shard.append(queue, "a", "b");
    var deliveries = shard.deliveries();
    shard.settle(Outcome.REJECTED, deliveries.get(0));
    answer(false);
    shard.settle(Outcome.REJECTED, deliveries.get(1));
    shard.advance(DeadLetters.RETRY_MILLIS - 1);
    assertThat(given()).isEmpty();
    shard.advance(2);
    assertThat(given()).containsExactly("rejected a", "rejected b");
    answer(true);
    assertThat(shard.shard.heldBytes()).isZero();
    assertThat(shard.host.timerCount()).isZero();
  }

  @Test
  void aTargetThatIsNotThereCostsOneWindowATry() {
    int count = 3 * DeadLetters.WINDOW;
    var queue = queueWith("x-dead-letter-strategy", "at-least-once");
    shard.prefetching(queue, 1, count);
    shard.append(queue, IntStream.range(0, count).mapToObj(n -> "" + n).toArray(String[]::new));
    shard.host.isDeadLetterRefused = true;
    shard.settle(Outcome.REJECTED, shard.deliveries());
    for (int tries = 0; tries < 3; tries++) {
      shard.host.deadLetters.clear();
      shard.advance(DeadLetters.RETRY_MILLIS);
      assertThat(given())
          .hasSize(DeadLetters.WINDOW)
          .startsWith("rejected 0")
          .endsWith("rejected " + (DeadLetters.WINDOW - 1));
    }
    shard.host.deadLetters.clear();
    shard.host.isDeadLetterRefused = false;
    shard.advance(DeadLetters.RETRY_MILLIS);
    for (int taken = 0; taken < count; taken += DeadLetters.WINDOW) {
      assertThat(given()).hasSize(DeadLetters.WINDOW).startsWith("rejected " + taken);
      answer(true);
    }
    assertThat(given()).isEmpty();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatIsTriedAgainKeepsItsOrder() {
    var queue = queueWith("x-dead-letter-strategy", "at-least-once");
    shard.prefetching(queue, 1, 3);
    shard.append(queue, "a", "b", "c");
    shard.settle(Outcome.REJECTED, shard.deliveries());
    answer(false);
    shard.advance(DeadLetters.RETRY_MILLIS + 1);
    assertThat(given()).containsExactly("rejected a", "rejected b", "rejected c");
    assertThat(shard.shard.heldBytes()).isPositive();
  }

  @Test
  void whatADeletedQueueGaveUpBeforeIsNotLost() {
    int count = DeadLetters.WINDOW + 1;
    var queue = queueWith();
    shard.prefetching(queue, 1, count);
    shard.append(queue, IntStream.range(0, count).mapToObj(n -> "" + n).toArray(String[]::new));
    shard.settle(Outcome.REJECTED, shard.deliveries());
    shard.call(new ShardCall.RemoveQueue(queue));
    answer(true);
    assertThat(given()).containsExactly("rejected " + (count - 1));
    answer(true);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aTargetSaysWhichDeadLettersItRefusedAndConfirmsTheOthersOnceTheyAreSafe() {
    var full = shard.queueWith("full", "x-max-length", 1, "x-overflow", "reject-publish");
    List<Integer> refused =
        shard.call(
            new ShardCall.AppendDeadLetters(
                List.of(
                    new ShardCommand.Entry(
                        message("a"), List.of(new ShardCommand.Slot(full, List.of())), 0),
                    new ShardCommand.Entry(
                        message("b"), List.of(new ShardCommand.Slot(full, List.of())), 1))));
    assertThat(refused).containsExactly(1);
    assertThat(shard.readyIn(full)).isEqualTo(1);
  }

  @Test
  void twoQueuesThatFeedEachOtherComeToRest() {
    var a = shard.queueWith("a", "x-max-length", 1, "x-dead-letter-exchange", "to-b");
    var b = shard.queueWith("b", "x-max-length", 1, "x-dead-letter-exchange", "to-a");
    for (int n = 0; n < 1_000; n++) {
      shard.append(n % 2 == 0 ? a : b, "m" + n);
    }
    int rounds = 0;
    while (!shard.host.deadLetters.isEmpty()) {
      assertThat(++rounds).isLessThan(100);
      List<Letter> letters = List.copyOf(shard.host.deadLetters);
      shard.host.deadLetters.clear();
      for (Letter letter : letters) {
        var to = letter.letter().message().address().exchange().equals("to-b") ? b : a;
        if (!letter.letter().avoided().contains(to.name())) {
          shard.append(to, letter.letter().message());
        }
        letter.answer().accept(LetterFate.TAKEN);
      }
      shard.turn();
    }
    assertThat(shard.readyIn(a) + shard.readyIn(b)).isEqualTo(2);
    shard.get(a, 1, true);
    shard.get(b, 1, true);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aTurnSendsAWindowWhenWhatWaitedGoesToNobody() {
    var queue = queueWith("x-message-ttl", 1_000);
    for (int i = 0; i < 5 * DeadLetters.WINDOW; i++) {
      shard.append(queue, "m");
    }
    shard.advance(5_000);
    int before = shard.host.deadLetters.size();
    assertThat(before).as("on their way").isEqualTo(DeadLetters.WINDOW);
    List<Letter> underWay = List.copyOf(shard.host.deadLetters);
    shard.host.deadLetters.clear();
    shard.host.isDeadLetterRefused = true; // its target is gone now
    shard.host.isWoken = false;
    underWay.getFirst().answer().accept(LetterFate.REFUSED);
    int most = shard.host.deadLetters.size();
    while (shard.host.isWoken) {
      int sofar = shard.host.deadLetters.size();
      shard.host.isWoken = false;
      shard.shard.onTurnEnd();
      most = Math.max(most, shard.host.deadLetters.size() - sofar);
    }
    assertThat(most).isBetween(1, DeadLetters.WINDOW);
    assertThat(shard.host.deadLetters).as("all of them").hasSize(4 * DeadLetters.WINDOW);
    underWay.subList(1, underWay.size()).forEach(one -> one.answer().accept(LetterFate.REFUSED));
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void whatMakesRoomWaitsForAMissingTargetWithinBounds() {
    var queue = queueWith("x-max-length", 10, "x-dead-letter-strategy", "at-least-once");
    shard.host.isDeadLetterRefused = true;
    int published = 10 * DeadLetters.WINDOW;
    for (int i = 0; i < published; i++) {
      shard.append(queue, "m");
      shard.turn();
    }
    int kept = published - (int) shard.count(Counter.MESSAGES_DROPPED);
    assertThat(kept).isBetween(10 + DeadLetters.WINDOW, 10 + 2 * DeadLetters.WINDOW);
    assertThat(shard.readyIn(queue)).isEqualTo(10);
  }

  @Test
  void aLetterThatEndsInACircleIsDroppedNotDeadLettered() {
    var queue = queueWith();
    shard.append(queue, "a");
    shard.settle(Outcome.REJECTED, shard.get(queue, 2, false).delivery());
    shard.host.deadLetters.getFirst().answer().accept(LetterFate.ENDED);
    assertThat(shard.count(Counter.MESSAGES_DEAD_LETTERED)).isZero();
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
