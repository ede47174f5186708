package io.serai.routing;

import static io.serai.routing.NodeRestarts.LOOPS;
import static io.serai.routing.NodeRestarts.confirmed;
import static io.serai.routing.NodeRestarts.peek;
import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Lifetime;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Retained values over a node that ends without a word. */
class RestartRetainedIT {
  private final NodeRestarts nodes = new NodeRestarts();

  private static Message retained(String topic, String body, boolean isDurable) {
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        new Encoding.Neutral(Properties.builder().durable(isDurable).build(), Headers.NONE),
        Body.ofUtf8(body),
        Specs.ORIGIN,
        System.currentTimeMillis());
  }

  private static List<String> retainedIn(RoutingNode node, String filter) {
    var reader = node.connect(0);
    String name = "r" + reader.ref.id();
    var queue =
        reader
            .ok(caller ->
                new Request.DeclareQueue(caller, queue(name, Lifetime.EXCLUSIVE, Source.CLIENT)))
            .queue();
    reader.ok(caller ->
        new Request.Subscribe(
            caller,
            queue,
            List.of(),
            List.of(
                new Request.WantedRetained(TopicFilter.ofMqtt(filter), new Specs.Matches("r")))));
    node.settle();
    node.settle();
    node.settle();
    return peek(reader, name).stream().sorted().toList();
  }

  @Test
  void retainedValuesSurviveWhateverTheirQosAndTheNewestOfATopicCounts() {
    var node = nodes.start();
    var client = node.connect(0);
    int flags = Publisher.RETAIN | Publisher.CONFIRM;
    client.publish(retained("a/1", "old", true), flags);
    client.publish(retained("a/1", "new", true), flags);
    client.publish(retained("a/2", "removed", true), flags);
    client.publish(retained("a/2", "", true), flags);
    client.publish(retained("a/3", "transient too", false), flags);
    confirmed(client, 5);
    for (int loops : new int[] {3, 1, LOOPS}) {
      node = nodes.restarted(node, loops);
      assertThat(retainedIn(node, "a/#")).containsExactly("new", "transient too");
    }
    assertThat(nodes.store().recover().retained()).hasSize(2);
    node.close();
  }

  @Test
  void aRetainedPublishIsConfirmedOnlyWhenItsValueIsSafe() {
    var node = nodes.start(1);
    var client = node.connect(0);
    nodes.store().hold();
    client.publish(retained("a", "v", true), Publisher.RETAIN | Publisher.CONFIRM);
    node.settle();
    assertThat(nodes.store().unsyncedBatches()).isPositive();
    assertThat(confirmed(client, 0)).isEmpty();
    nodes.store().sync();
    assertThat(confirmed(client, 1)).hasSize(1);
    node.close();
  }
}
