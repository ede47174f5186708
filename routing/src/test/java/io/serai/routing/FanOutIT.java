package io.serai.routing;

import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Request;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class FanOutIT {
  @Test
  void aMessageForManyQueuesIsMarkedAndOneForFewIsNot() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection client = node.connect(0);
      for (int i = 0; i < 8; i++) {
        String name = "q" + i;
        client.ok(c -> new Request.DeclareQueue(c, queue(name)));
        client.ok(c -> new Request.Bind(c, List.of(Specs.toQueue("amq.fanout", name, ""))));
      }
      client.consume("q0");
      client.publish(Specs.message("amq.fanout", "k"));
      assertThat(client.deliveries(1).getFirst().message().isForMany()).isTrue();
      client.ok(c -> new Request.DeleteQueue(c, "q7", false, false));
      client.publish(Specs.message("amq.fanout", "k"));
      assertThat(client.deliveries(2).getLast().message().isForMany()).isFalse();
    }
  }
}
