package io.serai.routing;

import static io.serai.routing.NodeRestarts.persistent;
import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Request;
import io.serai.routing.store.MemoryNodeStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Waiting for what was published without a confirm. */
class AwaitPublishedIT {
  private final MemoryNodeStore store = new MemoryNodeStore();

  @Test
  void itIsAnsweredWhenWhatWasPublishedIsStored() throws Exception {
    var node = new RoutingNode(2, store);
    var client = node.connect(0);
    for (int i = 0; i < 8; i++) {
      String name = "q" + i;
      client.ok(caller -> new Request.DeclareQueue(caller, queue(name)));
    }
    store.hold();
    for (int i = 0; i < 8; i++) {
      client.publish(persistent("q" + i, "m"));
    }
    CompletableFuture<?> answer = client.start(Request.AwaitPublished::new);
    node.settle();
    assertThat(answer).as("nothing is synced").isNotDone();
    store.sync();
    answer.get(60, TimeUnit.SECONDS);
    node.close();

    try (var after = new RoutingNode(2, store.afterCrash())) {
      for (int i = 0; i < 8; i++) {
        String name = "q" + i;
        assertThat(
                after.connect(0).ok(caller -> new Request.CheckQueue(caller, name)).readyMessages())
            .as(name)
            .isEqualTo(1);
      }
    }
  }

  @Test
  void whoHasPublishedNothingIsAnsweredAtOnce() {
    try (var node = new RoutingNode(2, store)) {
      assertThat(node.connect(1).ok(Request.AwaitPublished::new)).isEqualTo(Request.Done.DONE);
    }
  }
}
