package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
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
}
