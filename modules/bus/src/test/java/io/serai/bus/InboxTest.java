package io.serai.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboxTest {
  private final Inbox inbox = new Inbox();

  @Test
  void itemsComeInTheOrderTheirBatchesDid() {
    inbox.add(batch(1, 0, "a", "b"));
    inbox.add(batch(2, 0, "c"));
    assertThat(inbox.fromLoop()).isEqualTo(1);
    assertThat(inbox.next()).isEqualTo(answer("a"));
    inbox.add(batch(1, 0, "d"));
    assertThat(inbox.next()).isEqualTo(answer("b"));
    assertThat(inbox.fromLoop()).isEqualTo(2);
    assertThat(inbox.next()).isEqualTo(answer("c"));
    assertThat(inbox.next()).isEqualTo(answer("d"));
    assertThat(inbox.isEmpty()).isTrue();
  }

  @Test
  void theBytesOfABatchAreHandledWithItsLastItem() {
    inbox.add(batch(1, 700, "a", "b"));
    inbox.next();
    assertThat(inbox.takeHandledBytes()).isZero();
    inbox.next();
    assertThat(inbox.takeHandledBytes()).isEqualTo(700);
    assertThat(inbox.takeHandledBytes()).isZero();
  }

  @Test
  void aBatchThatOnlyGivesCreditBackLeavesNothingToDo() {
    inbox.add(batch(1, 0));
    assertThat(inbox.isEmpty()).isTrue();
  }

  private static LoopBatch batch(int fromLoop, long appendBytes, String... answers) {
    List<LoopBatch.Item> items =
        Arrays.stream(answers).map(text -> (LoopBatch.Item) answer(text)).toList();
    return new LoopBatch(fromLoop, items, appendBytes, 0);
  }

  private static LoopBatch.Answer answer(String text) {
    return new LoopBatch.Answer(0, text);
  }
}
