package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Request;
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
import io.serai.routing.queue.ManualHost.Letter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DelayedMessagesTest {
  private final ShardHarness shard = new ShardHarness();

  private Message delayed(String text, long millis) {
    return new Message(
        new Address("later", Topic.of("k", Spelling.DOT)),
        new Encoding.Neutral(
            Properties.builder().expiryMillis(50).build(),
            Headers.of(new Header("x-delay", new Value.Long(millis)))),
        Body.ofUtf8(text),
        ShardHarness.ORIGIN,
        shard.host.nowMillis());
  }

  private void publish(Message... messages) {
    List<ShardCommand.Entry> entries = new ArrayList<>();
    for (Message message : messages) {
      entries.add(new ShardCommand.Entry(message, List.of(), entries.size()));
    }
    shard.shard.onCommand(new ShardCommand.Append(ShardHarness.session(1), 1, true, entries));
  }

  private List<String> released() {
    return shard.host.deadLetters.stream()
        .map(letter -> letter.letter().message().body().toUtf8())
        .toList();
  }

  private void answerAll() {
    List<Letter> letters = List.copyOf(shard.host.deadLetters);
    shard.host.deadLetters.clear();
    letters.forEach(letter -> letter.answer().accept(LetterFate.TAKEN));
    shard.turn();
  }

  @Test
  void messagesGoInTheOrderOfTheirTimes() {
    publish(delayed("late", 500), delayed("soon", 100), delayed("soon too", 100));
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(ShardHarness.session(1), 1, List.of()));
    shard.advance(99);
    assertThat(released()).isEmpty();
    shard.advance(2);
    assertThat(released()).containsExactly("soon", "soon too");
    assertThat(shard.shard.delayedCount()).isEqualTo(1);
    shard.advance(400);
    assertThat(released()).containsExactly("soon", "soon too", "late");
    assertThat(shard.host.timerCount()).isZero();
  }

  @Test
  void aMessageSaysHowLongItWaitedAndItsExpiryCountsFromThen() {
    publish(delayed("a", 100));
    shard.advance(101);
    var letter = shard.host.deadLetters.getFirst().letter();
    assertThat(letter.vhost()).isEqualTo(ShardHarness.VHOST);
    assertThat(letter.message().headers().first("x-delay")).isEqualTo(new Value.Long(-100));
    assertThat(Delay.millisOf(letter.message())).isZero();
    assertThat(letter.message().address().exchange()).isEqualTo("later");
    assertThat(letter.message().expiresAtMillis()).isEqualTo(shard.host.nowMillis() - 1 + 50);
  }

  @Test
  void aMessageIsHeldUntilItIsTaken() {
    var message = delayed("a", 100);
    publish(message);
    assertThat(shard.shard.heldBytes()).isEqualTo(message.sizeBytes());
    shard.advance(101);
    assertThat(shard.shard.heldBytes()).isEqualTo(message.sizeBytes());
    answerAll();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aMessageThatNobodyWantsAnyMoreIsCounted() {
    publish(delayed("a", 100));
    shard.advance(101);
    shard.host.deadLetters.getFirst().answer().accept(LetterFate.REFUSED);
    assertThat(shard.count(Counter.MESSAGES_UNROUTABLE)).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void manyThatAreDueTogetherGoWindowByWindow() {
    int count = 2 * DelayedMessages.WINDOW + 5;
    for (int n = 0; n < count; n++) {
      publish(delayed("m" + n, 100));
    }
    shard.advance(200);
    int released = 0;
    while (released < count) {
      assertThat(released()).hasSize(Math.min(DelayedMessages.WINDOW, count - released));
      assertThat(released().getFirst()).isEqualTo("m" + released);
      released += released().size();
      answerAll();
      shard.advance(5);
    }
    assertThat(released()).isEmpty();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  private Message named(String id, String exchange, long millis) {
    return new Message(
        new Address(exchange, Topic.of("k." + id, Spelling.DOT)),
        new Encoding.Neutral(
            Properties.builder().messageId(Value.of(id)).build(),
            Headers.of(new Header("x-delay", new Value.Long(millis)))),
        Body.ofUtf8("body of " + id),
        ShardHarness.ORIGIN,
        shard.host.nowMillis());
  }

  private List<Request.DelayedMessage> asked(ShardCall<List<Request.DelayedMessage>> call) {
    List<Request.DelayedMessage> answer = new ArrayList<>();
    shard.shard.onCall(call, answer::addAll);
    shard.turn();
    return answer;
  }

  private List<String> listed(String vhost, String exchange, long fromMillis, int most) {
    return asked(new ShardCall.ListDelayed(vhost, exchange, fromMillis, most)).stream()
        .map(Request.DelayedMessage::messageId)
        .toList();
  }

  @Test
  void whatWaitsIsListedInTheOrderOfItsTimes() {
    publish(
        named("c", "later", 300),
        named("a", "later", 100),
        named("b", "later", 200),
        named("x", "other", 150));
    long now = shard.host.nowMillis();
    assertThat(listed(ShardHarness.VHOST, "later", 0, 10)).containsExactly("a", "b", "c");
    assertThat(listed(ShardHarness.VHOST, "later", 0, 2)).containsExactly("a", "b");
    assertThat(listed(ShardHarness.VHOST, "later", now + 200, 10)).containsExactly("b", "c");
    assertThat(listed(ShardHarness.VHOST, null, 0, 10)).containsExactly("a", "x", "b", "c");
    assertThat(listed("elsewhere", "later", 0, 10)).isEmpty();
    assertThat(asked(new ShardCall.ListDelayed(ShardHarness.VHOST, "later", 0, 1)))
        .containsExactly(
            new Request.DelayedMessage(
                new Address("later", Topic.of("k.a", Spelling.DOT)), "a", now + 100, 9));
  }

  @Test
  void whatIsCancelledNeverComes() {
    publish(
        named("a", "later", 100),
        named("b", "later", 200),
        named("a", "later", 300),
        named("a", "other", 100));
    assertThat(asked(new ShardCall.CancelDelayed(ShardHarness.VHOST, "later", "a"))).hasSize(2);
    assertThat(asked(new ShardCall.CancelDelayed(ShardHarness.VHOST, "later", "a"))).isEmpty();
    shard.advance(1_000);
    assertThat(released()).containsExactly("body of a", "body of b");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isEqualTo(2);
    answerAll();
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aLongListIsLookedThroughOverSeveralTurns() {
    Message[] many = new Message[3 * Turn.CHORE_BUDGET];
    for (int i = 0; i < many.length; i++) {
      many[i] = named("m" + i, "later", 1_000 + i);
    }
    publish(many);
    shard.turn();
    List<Request.DelayedMessage> answer = new ArrayList<>();
    shard.shard.onCall(
        new ShardCall.CancelDelayed(ShardHarness.VHOST, "later", "m" + (many.length - 1)),
        answer::addAll);
    int turns = 0;
    for (; shard.host.isWoken; turns++) {
      shard.host.isWoken = false;
      shard.shard.onTurnEnd();
    }
    assertThat(turns).isGreaterThanOrEqualTo(3);
    assertThat(answer).hasSize(1);
    assertThat(shard.shard.delayedCount()).isEqualTo(many.length - 1);
  }

  @Test
  void manyThatAreDueAtOnceGoInSlices() {
    Message[] many = new Message[10 * Turn.SLICE];
    for (int i = 0; i < many.length; i++) {
      many[i] = named("m" + i, "later", 100);
    }
    publish(many);
    shard.host.isDeadLetterRefused = true; // answered at once
    shard.host.advance(
        100, () -> assertThat(shard.host.deadLetters.size()).isLessThanOrEqualTo(Turn.SLICE));
    shard.advance(1_000);
    assertThat(shard.host.deadLetters).hasSize(many.length);
  }

  @Test
  void aCopyThatWasRoutedIsNotPublishedAgain() {
    shard.shard.onCommand(
        new ShardCommand.Append(
            ShardHarness.session(1),
            1,
            true,
            List.of(
                new ShardCommand.Entry(delayed("copy", 100), ShardCommand.Entry.ROUTED_ON, 0),
                new ShardCommand.Entry(delayed("own", 100), List.of(), 1))));
    assertThat(shard.events())
        .containsExactly(new SessionEvent.Appended(ShardHarness.session(1), 1, List.of()));
    assertThat(shard.shard.delayedCount()).isEqualTo(2);
    shard.advance(101);
    assertThat(shard.host.deadLetters)
        .extracting(letter -> letter.letter().isPublished())
        .as("rules for what is published apply")
        .containsExactly(false, true);
    answerAll();
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
