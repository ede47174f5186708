package io.serai.routing;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EndingQueueIT {
  /** An auto-delete queue is on its way out when the last consumer leaves; nobody may notice. */
  @Test
  void anAutoDeleteQueueCanBeDeclaredAtAnyMomentWhileItsLastConsumerLeaves() {
    try (RoutingNode node = new RoutingNode(2)) {
      var leaving = node.connect(0);
      var coming = node.connect(1);
      for (int i = 0; i < 1_000; i++) {
        QueueSpec spec =
            new QueueSpec(
                "q" + i % 7,
                QueueKind.CLASSIC,
                Lifetime.TRANSIENT,
                true,
                Request.noArguments(),
                Source.CLIENT);
        leaving.ok(caller -> new Request.DeclareQueue(caller, spec));
        ConsumerRef consumer = leaving.consume(spec.name());
        var declared =
            CompletableFuture.supplyAsync(
                () -> coming.ok(caller -> new Request.DeclareQueue(caller, spec)));
        leaving.ok(caller -> new Request.CancelConsumer(caller, consumer));
        declared.join();
      }
    }
  }
}
