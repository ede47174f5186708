package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ten thousand consumers that do not keep up cost what their limits say, and no more. */
class SlowConsumersTest {
  private static final int CONSUMERS = 10_000;
  private static final int BODY_BYTES = 1_000;
  private static final int MOST_QUEUED = 20;

  private final ShardHarness shard = new ShardHarness();

  private static Message message(int number) {
    return new Message(
        Address.ofQueue("x"),
        Encoding.Neutral.NONE,
        Body.of(new byte[BODY_BYTES + number % 2]),
        ShardHarness.ORIGIN,
        1_000_000);
  }

  private QueueRef[] slowConsumers() {
    QueueRef[] queues = new QueueRef[CONSUMERS];
    for (int i = 0; i < CONSUMERS; i++) {
      queues[i] =
          shard.queue(
              ShardHarness.spec(
                  "q" + i,
                  QueueKind.CLASSIC,
                  Lifetime.TRANSIENT,
                  false,
                  Value.of("x-max-length"),
                  new Value.Int(MOST_QUEUED)));
      shard.consume(queues[i], i, ShardHarness.options(CreditMode.PER_SETTLE, 1));
    }
    return queues;
  }

  @Test
  void eachHasWhatItsCreditAllowsAndAMessageIsHeldOnceForAllOfThem() {
    QueueRef[] queues = slowConsumers();
    int delivered = 0;
    long most = 0;
    for (int i = 0; i < 100; i++) {
      shard.publish(List.of(message(i)), queues);
      for (SessionEvent event : shard.events()) {
        delivered +=
            event instanceof SessionEvent.Deliver deliver ? deliver.deliveries().size() : 0;
      }
      most = Math.max(most, shard.shard.heldBytes());
    }
    assertThat(delivered).as("one each, which nobody settles").isEqualTo(CONSUMERS);
    // Each queue keeps its last twenty and the one that is out: 21 messages, each held once.
    long oneMessage = message(1).sizeBytes();
    assertThat(shard.shard.heldBytes()).isLessThanOrEqualTo((MOST_QUEUED + 1) * oneMessage);
    assertThat(most).isLessThanOrEqualTo((MOST_QUEUED + 2) * oneMessage);
    assertThat(shard.readyIn(queues[CONSUMERS - 1])).isEqualTo(MOST_QUEUED);
  }

  @Test
  void whenTheyAreGoneNothingIsHeld() {
    QueueRef[] queues = slowConsumers();
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      messages.add(message(i));
    }
    shard.publish(messages, queues);
    shard.turn();
    assertThat(shard.shard.heldBytes()).isPositive();
    for (int i = 0; i < CONSUMERS; i++) {
      shard.end(i);
      shard.call(new ShardCall.RemoveQueue(queues[i]));
    }
    shard.turn();
    assertThat(shard.shard.heldBytes()).isZero();
  }
}
