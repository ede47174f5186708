package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Outcome;
import org.junit.jupiter.api.Test;

/** How long a consumer may take. */
class ConsumerTimeTest {
  private static final long DAY_MILLIS = 86_400_000;

  private final ShardHarness shard = new ShardHarness();

  @Test
  void aDeliveryMayStayUnacknowledgedForAsLongAsItsConsumerWorks() {
    var queue = shard.queue("q");
    shard.prefetching(queue, 1, 1);
    shard.append(queue, "long", "next");
    var held = shard.deliveries();
    assertThat(ShardHarness.texts(held)).containsExactly("long");
    shard.advance(30 * DAY_MILLIS);
    assertThat(shard.events()).as("neither taken back nor cancelled").isEmpty();
    shard.settle(Outcome.ACCEPTED, held);
    assertThat(shard.delivered()).containsExactly("next");
  }
}
