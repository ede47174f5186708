package io.serai.routing;

import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the node says of itself. */
@Timeout(300)
class NodeMessagesIT {
  private static final String FILTER = "$SYS/#";

  private static Message uptime(String value) {
    Topic topic = Topic.of("$SYS/broker/uptime", Spelling.SLASH);
    return Specs.message(new Address(Address.SYSTEM_EXCHANGE, topic), value);
  }

  @Test
  void theNodesMessagesReachWhoAsksForThemAndAreRetained() {
    try (RoutingNode node = new RoutingNode(2)) {
      node.publishOfNode(0, "/", List.of(uptime("1")));
      RoutingNode.Connection client = node.connect(1);
      QueueRef queue = client.ok(c -> new Request.DeclareQueue(c, queue("q"))).queue();
      client.consume("q");
      client.ok(c ->
          new Request.Subscribe(
              c,
              queue,
              List.of(Specs.toQueue(Address.SYSTEM_EXCHANGE, "q", "$SYS.#")),
              List.of(
                  new Request.WantedRetained(TopicFilter.ofMqtt(FILTER), new Specs.Matches("m")))));
      assertThat(client.deliveredUntil("1")).containsExactly("1");
      node.publishOfNode(0, "/", List.of(uptime("2")));
      assertThat(client.deliveredUntil("2")).containsExactly("1", "2");
      assertThat(node.count(Counter.MESSAGES_PUBLISHED)).as("by clients").isZero();
      assertThat(node.count(Counter.MESSAGES_UNROUTABLE)).isZero();
    }
  }

  @Test
  void whoAsksTheTopicExchangeForEverythingDoesNotGetThem() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection client = node.connect(1);
      client.ok(c -> new Request.DeclareQueue(c, queue("q")));
      client.consume("q");
      client.ok(c -> new Request.Bind(c, List.of(Specs.toQueue(Address.TOPIC_EXCHANGE, "q", "#"))));
      node.publishOfNode(0, "/", List.of(uptime("1")));
      client.publish(
          Specs.message(Address.ofTopic(Topic.of("after", Spelling.SLASH)), "after"),
          Publisher.RETAIN);
      assertThat(client.deliveredUntil("after")).containsExactly("after");
    }
  }

  @Test
  void aVhostThatIsNotThereIsLeftAlone() {
    try (RoutingNode node = new RoutingNode(1)) {
      node.publishOfNode(0, "gone", List.of(uptime("1")));
      assertThat(node.table.exchangeCount()).isEqualTo(7);
    }
  }
}
