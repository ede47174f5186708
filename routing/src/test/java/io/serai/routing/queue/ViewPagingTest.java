package io.serai.routing.queue;

import static io.serai.routing.queue.ShardHarness.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Value;
import io.serai.routing.store.MemoryNodeStore;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages on disk go while consumers with a view of their own look at them, or are about to. */
class ViewPagingTest {
  private final MemoryNodeStore store = new MemoryNodeStore();
  private final ShardHarness shard = ShardHarness.paging(store);

  private QueueRef queue(Value... arguments) {
    return shard.queue(
        ShardHarness.spec("q", QueueKind.CLASSIC, Lifetime.DURABLE, false, arguments));
  }

  private static Message typed(String text, String type) {
    return message(text, Properties.builder().durable(true).type(type).build(), 1_000_000);
  }

  /** Each turn's messages are a page. */
  private void fill(QueueRef queue, String name, String type, int count) {
    for (int i = 0; i < count; i++) {
      shard.append(queue, typed(name + i, type));
      if (i % 10 == 9) {
        shard.turn();
      }
    }
  }

  private static List<String> names(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + i).toList();
  }

  @Test
  void whatComesAfterAPurgeStaysWhenWhoLookedAtThePurgedLeaves() {
    QueueRef queue = shard.queue("q");
    for (int i = 0; i < 200; i++) {
      shard.append(queue, "old" + i);
      shard.turn();
    }
    ConsumerRef browser = shard.viewing(queue, "", ConsumerView.Mode.FOLLOW);
    assertThat(shard.delivered()).isEqualTo(names("old", 200));
    ShardHarness.ok(shard.call(new ShardCall.Purge(queue)));
    ShardHarness.ok(shard.call(new ShardCall.Detach(browser)));
    fill(queue, "new", "", 55);
    assertThat(shard.drained(queue)).isEqualTo(names("new", 55));
  }

  @Test
  void whoWaitsForAPageThatGoesBeforeItIsHereSeesWhatComesAfterIt() {
    QueueRef queue = queue(Value.of("x-max-length"), new Value.Int(60));
    fill(queue, "x".repeat(30_000), "other", 60); // pages of their own
    shard.viewing(queue, "JMSType = 'wanted'", ConsumerView.Mode.TAKE);
    shard.shard.onTurnEnd();
    assertThat(shard.host.runTask()).as("the first page comes in").isTrue();
    shard.shard.onTurnEnd(); // and is looked at; the next is asked for
    for (int i = 0; i < 100; i++) {
      shard.append(queue, typed("new" + i, "other"));
    }
    shard.turn();
    shard.append(queue, typed("newest", "wanted"));
    assertThat(shard.delivered()).containsExactly("newest");
  }

  @Test
  void whatIsReadAheadAnywayStaysForWhoLooksAtItWhileMemoryIsShort() {
    QueueRef queue = queue();
    fill(queue, "x".repeat(30_000), "other", 100); // pages of their own
    store.spill().fail(); // so that there is too much in memory, whatever goes out
    for (int i = 0; i < 80; i++) {
      shard.append(queue, message("x".repeat(30_000) + i));
      shard.turn();
    }
    shard.append(queue, typed("last", "wanted"));
    shard.shard.shareOfHeap(2_000_000);
    shard.viewing(queue, "JMSType = 'wanted'", ConsumerView.Mode.TAKE);
    int before = store.loadedCount();
    assertThat(shard.delivered()).containsExactly("last");
    assertThat(store.loadedCount() - before).as("messages read").isLessThan(300);
  }

  @Test
  void whatIsOnDiskMakesRoomForWhatComesBackFromWhoLooksAndHasNoCredit() {
    QueueRef queue =
        queue(
            Value.of("x-max-length"),
            new Value.Int(20),
            Value.of("x-dead-letter-exchange"),
            Value.of("dlx"));
    fill(queue, "m", "other", 20);
    ConsumerView wanted =
        new ConsumerView("JMSType = 'wanted'", ConsumerView.Syntax.JMS, ConsumerView.Mode.TAKE);
    shard.consume(
        queue, 2, new ConsumerOptions("", false, false, 0, CreditMode.GRANTED, 3, wanted));
    fill(queue, "w", "wanted", 3);
    List<Delivery> taken = shard.deliveries();
    assertThat(taken).hasSize(3);
    fill(queue, "n", "other", 20 - (int) shard.readyIn(queue));
    shard.turn();
    int dead = shard.host.deadLetters.size();
    shard.settle(Outcome.RETURNED, taken);
    shard.turn();
    assertThat(shard.readyIn(queue)).isEqualTo(20);
    assertThat(shard.host.deadLetters).hasSize(dead + 3);
  }
}
