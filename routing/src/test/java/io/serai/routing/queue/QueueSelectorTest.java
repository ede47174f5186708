package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.refusal;
import static io.serai.routing.queue.ShardHarness.session;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Value;
import io.serai.routing.selector.Selector;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A queue's own selector, whoever its consumers are. */
class QueueSelectorTest {
  private final ShardHarness shard = new ShardHarness();

  private static Message message(String color, String text) {
    return ShardHarness.message(text)
        .reencoded(new Encoding.Neutral(Properties.NONE, Headers.of(Header.of("color", color))));
  }

  @Test
  void aQueueTakesOnlyWhatItsOwnSelectorLetsThrough() {
    QueueRef queue = shard.queueWith("q", "x-message-selector", "color = 'red'");
    QueueRef all = shard.queue("all");
    shard.append(queue, message("red", "r1"));
    shard.append(queue, message("blue", "b1"));
    assertThat(shard.readyIn(queue)).isEqualTo(1);
    assertThat(shard.shard.heldBytes()).isPositive();
    shard.publish(List.of(message("blue", "b2"), message("red", "r2")), queue, all);
    assertThat(shard.events())
        .as("what is not for it is not refused")
        .contains(new SessionEvent.Appended(session(1), 3, List.of()));
    shard.noAck(queue, 2);
    assertThat(shard.delivered()).containsExactly("r1", "r2");
    assertThat(shard.count(Counter.MESSAGES_DROPPED)).isZero();
    shard.noAck(all, 3);
    assertThat(shard.delivered()).containsExactly("b2", "r2");
    assertThat(shard.shard.heldBytes()).isZero();
  }

  @Test
  void aQueuesOwnSelectorIsCheckedWhenItIsDeclared() {
    for (String wrong : List.of("color =", "x".repeat(Selector.MAX_CHARS_ON_ARRIVAL + 1))) {
      var spec =
          ShardHarness.spec(
              "q",
              QueueKind.CLASSIC,
              Lifetime.TRANSIENT,
              false,
              Value.of("x-message-selector"),
              Value.of(wrong));
      assertThat(refusal(QueueArguments.parse("/", spec)))
          .startsWith(
              "PRECONDITION_FAILED invalid arg 'x-message-selector' for queue 'q' in vhost '/': ");
    }
  }
}
