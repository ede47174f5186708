package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.RepeatWindow;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Queues and exchanges that know what a publisher sends again. */
class RepeatFilterTest {
  private static final RepeatWindow OF_EXCHANGE = new RepeatWindow("x", null, 10, 1000);

  private final ShardHarness shard = new ShardHarness();

  private static QueueSpec deduplicating(Value... more) {
    Value[] arguments = new Value[more.length + 2];
    arguments[0] = Value.of("x-message-deduplication");
    arguments[1] = new Value.Bool(true);
    System.arraycopy(more, 0, arguments, 2, more.length);
    return spec("q", QueueKind.CLASSIC, Lifetime.TRANSIENT, false, arguments);
  }

  private static Message message(String id, Header... headers) {
    return new Message(
        new Address("", Topic.of("q", Spelling.DOT)),
        new Encoding.Neutral(
            Properties.builder().messageId(id == null ? null : Value.of(id)).build(),
            Headers.of(headers)),
        Body.ofUtf8("" + id),
        ShardHarness.ORIGIN,
        1_000_000);
  }

  private List<Integer> refusedOf(List<Message> batch, QueueRef queue) {
    shard.host.events.clear();
    shard.publish(batch, queue);
    shard.turn();
    return shard.host.events.stream()
        .filter(SessionEvent.Appended.class::isInstance)
        .map(event -> ((SessionEvent.Appended) event).refused())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMessageIdThatCameBeforeIsConfirmedAndNotKeptAgain() {
    var queue = shard.queue(deduplicating());
    assertThat(refusedOf(List.of(message("a"), message("b"), message("a")), queue)).isEmpty();
    assertThat(refusedOf(List.of(message("b"), message("c")), queue)).isEmpty();
    assertThat(shard.readyIn(queue)).isEqualTo(3);
    assertThat(shard.count(Counter.MESSAGES_REPEATED)).isEqualTo(2);
  }

  @Test
  void thePublisherIsToldWhichMessagesWereRepeatsBeforeTheyAreConfirmed() {
    var queue = shard.queue(deduplicating());
    long batch =
        shard.publish(List.of(message("a"), message("a"), message("b"), message("b")), queue);
    assertThat(shard.events())
        .containsExactly(
            new SessionEvent.Repeated(ShardHarness.session(1), batch, List.of(1, 3)),
            new SessionEvent.Appended(ShardHarness.session(1), batch, List.of()));
  }

  @Test
  void aMessageWithoutAnIdIsAlwaysTaken() {
    var queue = shard.queue(deduplicating());
    refusedOf(List.of(message(null), message(null)), queue);
    assertThat(shard.readyIn(queue)).isEqualTo(2);
  }

  @Test
  void theWindowIsBoundedByTime() {
    var queue = shard.queue(deduplicating(Value.of("x-cache-ttl"), new Value.Int(1000)));
    refusedOf(List.of(message("a")), queue);
    shard.host.advance(999, () -> {});
    refusedOf(List.of(message("a")), queue);
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    shard.host.advance(1, () -> {});
    refusedOf(List.of(message("a")), queue);
    assertThat(shard.readyIn(queue)).as("the first has been forgotten").isEqualTo(2);
  }

  @Test
  void theWindowIsBoundedByNumber() {
    var queue = shard.queue(deduplicating(Value.of("x-cache-size"), new Value.Int(2)));
    refusedOf(List.of(message("a"), message("b"), message("c"), message("c")), queue);
    assertThat(shard.readyIn(queue)).isEqualTo(3);
    refusedOf(List.of(message("a")), queue);
    assertThat(shard.readyIn(queue)).as("a was the oldest of three").isEqualTo(4);
  }

  @Test
  void anyHeaderCanBeTheKey() {
    var queue = shard.queue(deduplicating(Value.of("x-deduplication-header"), Value.of("order")));
    var first = new Header("order", new Value.Int(1));
    refusedOf(List.of(message("a", first), message("b", first), message("a"), message("a")), queue);
    assertThat(shard.readyIn(queue)).as("what lacks the header is taken").isEqualTo(3);
    var plugin = new Header("x-deduplication-header", Value.of("k".repeat(1000)));
    var other = shard.queue(deduplicating());
    refusedOf(List.of(message("a", plugin), message("b", plugin)), other);
    assertThat(shard.readyIn(other)).as("the plugin's header comes before the id").isEqualTo(1);
  }

  @Test
  void whatTheQueueRefusedMayComeAgain() {
    var queue =
        shard.queue(
            deduplicating(
                Value.of("x-max-length"),
                new Value.Int(1),
                Value.of("x-overflow"),
                Value.of("reject-publish")));
    assertThat(refusedOf(List.of(message("full"), message("a")), queue)).containsExactly(1);
    shard.noAck(queue, 1);
    shard.turn();
    assertThat(refusedOf(List.of(message("a"), message("a")), queue)).isEmpty();
    assertThat(shard.delivered()).containsExactly("a");
  }

  @Test
  void whatTheQueueDroppedMayComeAgain() {
    var full =
        shard.queue(
            deduplicating(
                Value.of("x-max-length"),
                new Value.Int(1),
                Value.of("x-overflow"),
                Value.of("drop-tail")));
    assertThat(refusedOf(List.of(message("full"), message("a")), full)).isEmpty();
    shard.noAck(full, 1);
    shard.turn();
    shard.host.events.clear();
    refusedOf(List.of(message("a")), full);
    assertThat(shard.count(Counter.MESSAGES_REPEATED)).isZero();
    var hasty = shard.queue(deduplicating(Value.of("x-message-ttl"), new Value.Int(0)));
    refusedOf(List.of(message("b")), hasty);
    assertThat(shard.count(Counter.MESSAGES_EXPIRED)).isEqualTo(1);
    shard.noAck(hasty, 2);
    refusedOf(List.of(message("b")), hasty);
    assertThat(shard.count(Counter.MESSAGES_REPEATED)).isZero();
  }

  @Test
  void whatIsRememberedCountsAsMemory() {
    var queue = shard.queue(deduplicating(Value.of("x-cache-size"), new Value.Int(100)));
    shard.noAck(queue, 1);
    for (int i = 0; i < 1_000; i++) {
      refusedOf(List.of(message("k" + i)), queue);
    }
    assertThat(shard.shard.heldBytes()).isBetween(100 * 100L, 100 * 200L);
    shard.call(new ShardCall.RemoveQueue(queue));
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aLongSilenceCostsTheNextMessageNothing() {
    var queue =
        shard.queue(
            deduplicating(
                Value.of("x-cache-size"),
                new Value.Int(100_000),
                Value.of("x-cache-ttl"),
                new Value.Int(1000)));
    shard.noAck(queue, 1);
    for (int i = 0; i < 1_000; i++) {
      refusedOf(List.of(message("k" + i)), queue);
    }
    long before = shard.shard.heldBytes();
    shard.host.advance(2_000, () -> {});
    refusedOf(List.of(message("k999"), message("k999")), queue);
    assertThat(shard.count(Counter.MESSAGES_REPEATED)).as("too old, then known").isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isBetween(before / 2, before - 1);
    for (int i = 0; i < 100; i++) {
      refusedOf(List.of(message("n" + i)), queue);
    }
    assertThat(shard.shard.heldBytes()).as("the rest goes in pieces").isLessThan(before / 4);
  }

  @Test
  void anExchangesWindowIsKeptByEachQueueBehindIt() {
    var one = shard.queue("one");
    var two = shard.queue("two");
    through(OF_EXCHANGE, message("a"), one);
    through(OF_EXCHANGE, message("a"), one, two);
    assertThat(shard.readyIn(one)).isEqualTo(1);
    assertThat(shard.readyIn(two)).isEqualTo(1);
    through(new RepeatWindow("y", null, 10, 1000), message("a"), one);
    assertThat(shard.readyIn(one)).as("another exchange").isEqualTo(2);
    through(null, message("a"), one);
    assertThat(shard.readyIn(one)).as("the queue itself does not look").isEqualTo(3);
  }

  private void through(RepeatWindow window, Message message, QueueRef... queues) {
    List<ShardCommand.Slot> slots =
        Arrays.stream(queues)
            .map(queue -> new ShardCommand.Slot(queue, List.of(), window))
            .toList();
    shard.shard.onCommand(
        new ShardCommand.Append(
            ShardHarness.session(1),
            77,
            false,
            List.of(new ShardCommand.Entry(message, slots, -1))));
  }

  @Test
  void anExchangeThatIsDeclaredAnewTakesTheRoomOfItsOldWindow() {
    var filter = new RepeatFilter(null, new MemoryAccount());
    for (int keys = 1; keys <= 100; keys++) {
      filter.remember(message("a"), new RepeatWindow("x", null, keys, 1000), 0);
    }
    filter.remember(message("a"), new RepeatWindow("y", null, 10, 1000), 0);
    assertThat(filter.windowCount()).isEqualTo(2);
    assertThat(filter.knows(message("a"), new RepeatWindow("x", null, 100, 1000), 1)).isTrue();
    assertThat(filter.knows(message("a"), new RepeatWindow("y", null, 10, 1000), 1)).isTrue();
  }

  @Test
  void aDeadLetterThatComesRoundAgainIsTaken() {
    var queue = shard.queue(deduplicating());
    refusedOf(List.of(message("a")), queue);
    shard.call(
        new ShardCall.AppendDeadLetters(
            List.of(
                new ShardCommand.Entry(
                    message("a"), List.of(new ShardCommand.Slot(queue, List.of())), 0))));
    assertThat(shard.readyIn(queue)).isEqualTo(2);
  }

  @Test
  void wrongArgumentsAreRefusedInRabbitMqsWords() {
    for (Value wrong : List.of(new Value.Int(0), new Value.Int(1_000_001), Value.of("many"))) {
      assertThat(QueueArguments.parse("/", deduplicating(Value.of("x-cache-size"), wrong)))
          .isInstanceOfSatisfying(
              Result.Refused.class, it -> assertThat(it.text()).contains("'x-cache-size'"));
    }
    assertThat(
            RepeatArguments.problem(
                "x",
                new Value.MapOf(
                    List.of(new Value.Entry(Value.of("x-cache-ttl"), new Value.Int(0))))))
        .isEqualTo("invalid arg 'x-cache-ttl' for exchange 'x': {value_zero,0}");
  }
}
