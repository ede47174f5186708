package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.QueueRef;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.routing.BlankEncoding;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Our own faults: each is reported, and stops nothing but what it happened in. */
class FaultsTest {
  private final ShardHarness shard = new ShardHarness();

  /** Properties whose headers cannot be read the first few times. */
  private record Faulty(AtomicInteger faults) implements BlankEncoding {
    @Override
    public Headers headers() {
      if (faults.getAndDecrement() > 0) {
        throw new IllegalStateException("seeded failure");
      }
      return Headers.of(Header.of("color", "red"));
    }
  }

  private Message faulty(String text, int faults) {
    return new Message(
        Address.ofQueue("q"),
        new Faulty(new AtomicInteger(faults)),
        Body.ofUtf8(text),
        ShardHarness.ORIGIN,
        shard.host.nowMillis());
  }

  private void selecting(QueueRef queue, long session) {
    ConsumerView red =
        new ConsumerView("color = 'red'", ConsumerView.Syntax.JMS, ConsumerView.Mode.TAKE);
    shard.consume(
        queue, session, new ConsumerOptions("c", false, false, 0, CreditMode.PER_SETTLE, 100, red));
  }

  @Test
  void aQueueThatFailedDeliversAgainAndTheOthersDoMeanwhile() {
    QueueRef bad = shard.queue("bad");
    QueueRef good = shard.queue("good");
    shard.append(bad, faulty("b1", 1));
    shard.append(good, "g1");
    selecting(bad, 2);
    shard.prefetching(good, 3, 10);
    assertThat(shard.delivered()).containsExactly("g1");
    assertThat(shard.host.failures).hasSize(1);
    shard.append(bad, faulty("b2", 0));
    assertThat(shard.delivered()).containsExactly("b1", "b2");
    assertThat(shard.host.failures).hasSize(1);
  }

  @Test
  void deadlinesBehindOneThatFailedComeDue() {
    Deadlines deadlines = new Deadlines(shard.host);
    AtomicInteger due = new AtomicInteger();
    long now = shard.host.nowMillis();
    Deadline failing =
        new Deadline(() -> {
          throw new IllegalStateException("seeded failure");
        });
    deadlines.set(failing, now + 100);
    deadlines.set(new Deadline(due::incrementAndGet), now + 100);
    deadlines.set(new Deadline(due::incrementAndGet), now + 5_000);
    shard.advance(10_000);
    assertThat(due).hasValue(2);
    assertThat(shard.host.failures).hasSize(1);
  }

  @Test
  void aChoreThatFailedIsGivenUpAndTheOthersGoOn() {
    Turn turn = new Turn(shard.host, shard.counters);
    AtomicInteger done = new AtomicInteger();
    turn.add(
        chore(() -> {
          throw new IllegalStateException("seeded failure");
        }));
    turn.add(chore(done::incrementAndGet));
    turn.end();
    assertThat(done).hasValue(1);
    assertThat(shard.host.failures).hasSize(1);
    turn.end();
    assertThat(shard.host.failures).hasSize(1);
  }

  private static Chore chore(Runnable once) {
    return new Chore() {
      @Override
      public boolean isDone() {
        return true;
      }

      @Override
      public int doSome(int most) {
        once.run();
        return 1;
      }
    };
  }

  @Test
  void answersBehindOneThatFailedAreGiven() {
    Confirms confirms = new Confirms();
    AtomicInteger answered = new AtomicInteger();
    confirms.await(
        1,
        () -> {
          throw new IllegalStateException("seeded failure");
        });
    confirms.await(1, answered::incrementAndGet);
    try {
      confirms.synced(1);
    } catch (IllegalStateException e) {
      answered.addAndGet(10);
    }
    assertThat(answered).as("told, and the failure is known").hasValue(11);
  }
}
