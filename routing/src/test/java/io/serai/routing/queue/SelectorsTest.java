package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.deliveriesIn;
import static io.serai.routing.queue.ShardHarness.refusal;
import static io.serai.routing.queue.ShardHarness.session;
import static io.serai.routing.queue.ShardHarness.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Value;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SelectorsTest {
  private static final int MANY = 100_000;

  private final ShardHarness shard = new ShardHarness();

  /** How often somebody looked at the headers of a message made here. */
  private final AtomicInteger looks = new AtomicInteger();

  /** Properties and headers that count who looks at them. */
  private record Watched(Encoding of, AtomicInteger looks) implements Encoding {
    @Override
    public boolean isDurable() {
      return of.isDurable();
    }

    @Override
    public long expiryMillis() {
      return of.expiryMillis();
    }

    @Override
    public int priority() {
      return of.priority();
    }

    @Override
    public int sizeBytes() {
      return of.sizeBytes();
    }

    @Override
    public Properties properties() {
      return of.properties();
    }

    @Override
    public Headers headers() {
      looks.incrementAndGet();
      return of.headers();
    }
  }

  private Message message(String color, String text) {
    return message(color, text, Properties.NONE);
  }

  private Message message(String color, String text, Properties properties) {
    return new Message(
        Address.ofQueue("q"),
        new Watched(new Encoding.Neutral(properties, Headers.of(Header.of("color", color))), looks),
        Body.ofUtf8(text),
        ShardHarness.ORIGIN,
        shard.host.nowMillis());
  }

  private void append(QueueRef queue, String color, String... texts) {
    for (String text : texts) {
      shard.append(queue, message(color, text));
    }
  }

  private void appendMany(QueueRef queue, String color, int count) {
    for (int i = 0; i < count; i++) {
      shard.append(queue, message(color, color + i));
    }
  }

  private static ConsumerOptions options(
      String selector, CreditMode mode, int credit, int priority, boolean noAck) {
    return new ConsumerOptions(
        "ctag",
        noAck,
        false,
        priority,
        mode,
        credit,
        new ConsumerView(selector, ConsumerView.Syntax.JMS, ConsumerView.Mode.TAKE));
  }

  private ConsumerRef selecting(QueueRef queue, long session, String color) {
    return selecting(queue, session, color, CreditMode.PER_SETTLE, 1_000);
  }

  private ConsumerRef selecting(
      QueueRef queue, long session, String color, CreditMode mode, int credit) {
    return shard.consume(
        queue, session, options("color = '" + color + "'", mode, credit, 0, false));
  }

  @Test
  void aConsumerGetsWhatItsSelectorLetsThroughAndTheRestStays() {
    QueueRef queue = shard.queue("q");
    append(queue, "red", "r1", "r2");
    append(queue, "blue", "b1");
    append(queue, "red", "r3");
    selecting(queue, 2, "red");
    assertThat(shard.delivered()).containsExactly("r1", "r2", "r3");
    append(queue, "blue", "b2");
    append(queue, "red", "r4");
    assertThat(shard.delivered()).containsExactly("r4");
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    shard.prefetching(queue, 3, 10);
    assertThat(shard.delivered()).containsExactly("b1", "b2");
  }

  @Test
  void hungryConsumersCostNothingWhileThereIsNothingForThem() {
    QueueRef queue = shard.queue("q");
    QueueRef other = shard.queue("other");
    appendMany(queue, "red", MANY);
    selecting(queue, 2, "blue");
    selecting(queue, 3, "green", CreditMode.SHARED, 0);
    shard.noAck(other, 4);
    assertThat(shard.delivered()).isEmpty();
    assertThat(looks.get()).isEqualTo(2 * MANY);
    for (int i = 0; i < 1_000; i++) {
      shard.append(other, ShardHarness.message("m"));
      shard.deliveries();
    }
    assertThat(shard.host.isWoken).isFalse();
    assertThat(looks.get()).as("nobody looks again").isEqualTo(2 * MANY);
    append(queue, "red", "one more");
    shard.deliveries();
    assertThat(looks.get()).as("only at what is new").isEqualTo(2 * MANY + 2);
  }

  @Test
  void aTurnLooksAtSomeMessagesOnly() {
    QueueRef queue = shard.queue("q");
    appendMany(queue, "red", MANY);
    append(queue, "blue", "b1");
    selecting(queue, 2, "blue");
    int turns = 0;
    for (; texts(deliveriesIn(shard.host.events)).isEmpty(); turns++) {
      int before = looks.get();
      shard.host.isWoken = false;
      shard.shard.onTurnEnd();
      assertThat(looks.get() - before).isLessThanOrEqualTo(Turn.BUDGET);
    }
    assertThat(turns).isEqualTo(MANY / Turn.BUDGET + 1);
    assertThat(looks.get()).isEqualTo(MANY + 1);
  }

  @Test
  void aTurnLooksAtFewMessagesWhereLookingIsHard() {
    QueueRef queue = shard.queue("q");
    Header[] headers = new Header[1_000];
    Arrays.setAll(headers, i -> Header.of("h" + i, "x"));
    Encoding large = new Watched(new Encoding.Neutral(Properties.NONE, Headers.of(headers)), looks);
    for (int i = 0; i < 10; i++) {
      shard.append(
          queue,
          new Message(
              Address.ofQueue("q"),
              large,
              Body.ofUtf8("m" + i),
              ShardHarness.ORIGIN,
              shard.host.nowMillis()));
    }
    String selector = String.join(" OR ", Collections.nCopies(600, "a = 'x'"));
    shard.consume(queue, 2, options(selector, CreditMode.PER_SETTLE, 10, 0, false));
    int turns = 0;
    do {
      shard.host.isWoken = false;
      shard.shard.onTurnEnd();
      turns++;
    } while (shard.host.isWoken);
    assertThat(looks.get()).isPositive();
    assertThat(turns).as("two in a turn").isBetween(5, 6);
  }

  @Test
  void whatComesBackComesIntoViewAgain() {
    QueueRef queue = shard.queue("q");
    append(queue, "red", "r1");
    append(queue, "blue", "b1");
    append(queue, "red", "r2");
    append(queue, "blue", "b2");
    selecting(queue, 2, "red");
    List<Delivery> reds = shard.deliveries();
    assertThat(texts(reds)).containsExactly("r1", "r2");
    shard.settle(Outcome.RETURNED, reds.reversed());
    List<Delivery> again = shard.deliveries();
    assertThat(texts(again)).containsExactly("r1", "r2");
    assertThat(again).allMatch(Delivery::isRedelivered);
    // Taken by somebody who takes everything, and given back.
    Delivery b1 = shard.get(queue, 9, false).delivery();
    selecting(queue, 3, "blue");
    assertThat(shard.delivered()).containsExactly("b2");
    shard.settle(Outcome.RETURNED, b1);
    assertThat(shard.delivered()).containsExactly("b1");
    assertThat(shard.readyIn(queue)).isZero();
  }

  @Test
  void aConnectionThatDiesGivesBackToThoseWhoWantIt() {
    QueueRef queue = shard.queue("q");
    append(queue, "red", "r1", "r2");
    append(queue, "blue", "b1");
    selecting(queue, 2, "red");
    assertThat(shard.delivered()).containsExactly("r1", "r2");
    selecting(queue, 3, "red");
    assertThat(shard.delivered()).isEmpty();
    shard.end(2);
    assertThat(shard.delivered()).containsExactly("r1", "r2");
  }

  @Test
  void consumersOfEverythingAndOfSomethingShareAQueue() {
    QueueRef queue = shard.queue("q");
    selecting(queue, 2, "red", CreditMode.GRANTED, 100);
    shard.consume(queue, 3, ShardHarness.options(CreditMode.GRANTED, 100));
    appendMany(queue, "red", 20);
    List<Delivery> deliveries = shard.deliveries();
    assertThat(deliveries).hasSize(20);
    assertThat(deliveries.stream().filter(d -> d.consumer().session().id() == 2).count())
        .as("in turn")
        .isBetween(8L, 12L);
    appendMany(queue, "blue", 20);
    assertThat(shard.deliveries()).allMatch(d -> d.consumer().session().id() == 3).hasSize(20);
  }

  @Test
  void aHigherPriorityGetsWhatItSelectsAndOthersTheRest() {
    QueueRef queue = shard.queue("q");
    shard.consume(queue, 2, options("color = 'red'", CreditMode.GRANTED, 100, 5, false));
    shard.consume(queue, 3, ShardHarness.options(CreditMode.GRANTED, 100));
    append(queue, "blue", "b1");
    append(queue, "red", "r1", "r2");
    append(queue, "blue", "b2");
    List<SessionEvent> events = shard.events();
    assertThat(deliveriesIn(events))
        .allMatch(
            d -> d.message().body().toUtf8().startsWith("r") == (d.consumer().session().id() == 2))
        .hasSize(4);
  }

  @Test
  void aSharedLimitIsToldOnceThereIsSomethingToTake() {
    QueueRef queue = shard.queue("q");
    ConsumerRef consumer = selecting(queue, 2, "blue", CreditMode.SHARED, 0);
    append(queue, "red", "r1", "r2");
    assertThat(shard.events()).isEmpty();
    append(queue, "blue", "b1");
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(2), consumer));
    append(queue, "blue", "b2");
    assertThat(shard.events()).as("told once").isEmpty();
    shard.grant(consumer, 5, true);
    List<SessionEvent> events = shard.events();
    assertThat(texts(deliveriesIn(events))).containsExactly("b1", "b2");
    assertThat(events).contains(new SessionEvent.Drained(session(2), consumer, 3));
    assertThat(shard.host.isWoken).isFalse();
    append(queue, "red", "r3");
    assertThat(shard.events()).isEmpty();
    append(queue, "blue", "b3");
    assertThat(shard.events()).containsExactly(new SessionEvent.Ready(session(2), consumer));
  }

  @Test
  void drainedCreditComesBackWhenNothingIsSelected() {
    QueueRef queue = shard.queue("q");
    appendMany(queue, "red", 1_000);
    ConsumerRef consumer = selecting(queue, 2, "blue", CreditMode.GRANTED, 0);
    assertThat(shard.events()).isEmpty();
    shard.grant(consumer, 7, true);
    assertThat(shard.events()).containsExactly(new SessionEvent.Drained(session(2), consumer, 7));
  }

  @Test
  void prefetchLimitsWhatASelectorGets() {
    QueueRef queue = shard.queue("q");
    appendMany(queue, "red", 10);
    selecting(queue, 2, "red", CreditMode.PER_SETTLE, 2);
    List<Delivery> two = shard.deliveries();
    assertThat(texts(two)).containsExactly("red0", "red1");
    shard.settle(Outcome.ACCEPTED, two.getFirst());
    assertThat(shard.delivered()).containsExactly("red2");
  }

  @Test
  void withoutAcknowledgementsWhatIsSentIsGone() {
    QueueRef queue = shard.queue("q");
    append(queue, "red", "r1");
    append(queue, "blue", "b1");
    shard.consume(queue, 2, options("color = 'blue'", CreditMode.GRANTED, 10, 0, true));
    assertThat(shard.delivered()).containsExactly("b1");
    shard.end(2);
    assertThat(shard.readyIn(queue)).isEqualTo(1);
  }

  @Test
  void theActiveConsumersSelectorDecidesForAll() {
    QueueRef queue =
        shard.queue(
            ShardHarness.spec(
                "q",
                QueueKind.CLASSIC,
                Lifetime.TRANSIENT,
                false,
                Value.of("x-single-active-consumer"),
                new Value.Bool(true)));
    ConsumerRef red = selecting(queue, 2, "red");
    selecting(queue, 3, "blue");
    append(queue, "blue", "b1");
    append(queue, "red", "r1");
    assertThat(shard.delivered()).containsExactly("r1");
    shard.call(new ShardCall.Detach(red));
    assertThat(shard.delivered()).containsExactly("b1");
  }

  @Test
  void prioritiesComeFirstAmongWhatIsSelected() {
    QueueRef queue = shard.queueWith("q", "x-max-priority", 9);
    for (int priority : new int[] {1, 9, 5, 9}) {
      Properties properties = Properties.builder().priority(priority).build();
      shard.append(queue, message("red", "r" + priority, properties));
      shard.append(queue, message("blue", "b" + priority, properties));
    }
    ConsumerRef blue = selecting(queue, 2, "blue", CreditMode.GRANTED, 3);
    List<Delivery> first = shard.deliveries();
    assertThat(texts(first)).containsExactly("b9", "b9", "b5");
    shard.settle(Outcome.RETURNED, first.get(1));
    shard.grant(blue, 2, false);
    assertThat(shard.delivered()).containsExactly("b9", "b1");
    shard.append(queue, message("blue", "late", Properties.builder().priority(7).build()));
    shard.grant(blue, 2, false);
    assertThat(shard.delivered()).containsExactly("late");
    selecting(queue, 3, "red");
    assertThat(shard.delivered()).containsExactly("r9", "r9", "r5", "r1");
    assertThat(shard.readyIn(queue)).isZero();
  }

  @Test
  void theDeliveryLimitCountsWhatASelectorReturns() {
    QueueRef queue = shard.queueWith("q", "x-delivery-limit", 1, "x-dead-letter-exchange", "dlx");
    append(queue, "blue", "b1");
    append(queue, "red", "r1");
    selecting(queue, 2, "red");
    shard.settle(Outcome.RETURNED, shard.deliveries());
    List<Delivery> second = shard.deliveries();
    assertThat(second.getFirst().message().headers().first("x-delivery-count"))
        .isEqualTo(new Value.Long(1));
    shard.settle(Outcome.RETURNED, second);
    assertThat(shard.delivered()).isEmpty();
    assertThat(shard.host.deadLetters).hasSize(1);
  }

  @Test
  void whatHasExpiredAmidTheQueueIsNotDelivered() {
    QueueRef queue = shard.queueWith("q", "x-dead-letter-exchange", "dlx");
    append(queue, "blue", "b1");
    shard.append(queue, message("red", "r1", Properties.builder().expiryMillis(100).build()));
    append(queue, "red", "r2");
    shard.turn();
    shard.advance(200);
    selecting(queue, 2, "red");
    assertThat(shard.delivered()).containsExactly("r2");
    assertThat(shard.host.deadLetters)
        .extracting(letter -> letter.letter().message().body().toUtf8())
        .containsExactly("r1");
  }

  @Test
  void aMessageWithoutTimeToWaitIsDeliveredAtOnceToWhoWantsIt() {
    QueueRef queue = shard.queueWith("q", "x-message-ttl", 0);
    selecting(queue, 2, "red");
    append(queue, "red", "r1");
    append(queue, "blue", "b1");
    append(queue, "red", "r2");
    assertThat(shard.delivered()).containsExactly("r1", "r2");
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(1);
  }

  @Test
  void aFullQueueDropsTheOldestThatNobodyWants() {
    QueueRef queue = shard.queueWith("q", "x-max-length", 2);
    append(queue, "blue", "b1", "b2");
    selecting(queue, 2, "red", CreditMode.PER_SETTLE, 1);
    shard.turn();
    append(queue, "red", "r1"); // b1 goes
    assertThat(shard.delivered()).containsExactly("r1");
    append(queue, "blue", "b3", "b4"); // b2 goes
    assertThat(shard.readyIn(queue)).isEqualTo(2);
    shard.noAck(queue, 3);
    assertThat(shard.delivered()).containsExactly("b3", "b4");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(2);
  }

  @Test
  void byteLimitsFollowWhatIsTakenFromTheMiddle() {
    QueueRef queue = shard.queueWith("q", "x-max-length-bytes", 10);
    append(queue, "blue", "12345");
    append(queue, "red", "1234");
    selecting(queue, 2, "red");
    assertThat(shard.delivered()).containsExactly("1234");
    append(queue, "blue", "54321");
    assertThat(shard.readyIn(queue)).as("ten bytes fit").isEqualTo(2);
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
  }

  @Test
  void aPurgeAndADeleteTakeSelectedQueuesApart() {
    QueueRef queue = shard.queue("q");
    appendMany(queue, "red", 3_000);
    selecting(queue, 2, "blue");
    shard.turn();
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Purge(queue)))).isEqualTo(3_000);
    append(queue, "blue", "b1");
    assertThat(shard.delivered()).containsExactly("b1");
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aSelectorThatIsNoneIsRefusedWithPositionAndReason() {
    QueueRef queue = shard.queue("q");
    assertThat(
            refusal(
                shard.call(
                    new ShardCall.Attach(
                        queue,
                        session(2),
                        1,
                        options("color = ", CreditMode.GRANTED, 1, 0, false)))))
        .isEqualTo(
            "PRECONDITION_FAILED invalid arg 'x-selector' for queue 'q' in vhost '/': selector:"
                + " expected a name or a value at character 9, found the end");
  }
}
