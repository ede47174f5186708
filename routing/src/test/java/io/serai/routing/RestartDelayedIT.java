package io.serai.routing;

import static io.serai.routing.NodeRestarts.confirmed;
import static io.serai.routing.NodeRestarts.peek;
import static io.serai.routing.NodeRestarts.persistent;
import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.store.Store;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Delayed messages over a node that ends without a word. */
class RestartDelayedIT {
  private final NodeRestarts nodes = new NodeRestarts();

  @Test
  void whatWaitsForItsTimeWaitsOnAfterARestart() throws InterruptedException {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller ->
        new Request.DeclareExchange(
            caller,
            new ExchangeSpec(
                "later",
                "x-delayed-message",
                Lifetime.DURABLE,
                false,
                false,
                new Value.MapOf(
                    List.of(new Value.Entry(Value.of("x-delayed-type"), Value.of("direct")))),
                Source.CLIENT)));
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.ok(caller ->
        new Request.Bind(
            caller,
            List.of(
                new BindingSpec(
                    "later",
                    "q",
                    false,
                    "k",
                    Spelling.DOT,
                    Request.noArguments(),
                    null,
                    Source.CLIENT))));
    long began = System.nanoTime();
    client.publish(
        new Message(
            new Address("later", Topic.of("k", Spelling.DOT)),
            new Encoding.Neutral(
                Properties.builder().durable(true).build(),
                Headers.of(new Header("x-delay", new Value.Int(1_000)))),
            Body.ofUtf8("x"),
            Specs.ORIGIN,
            System.currentTimeMillis()),
        Publisher.CONFIRM);
    confirmed(client, 1);
    node = nodes.restarted(node, 3);
    var reader = node.connect(0);
    List<String> got = peek(reader, "q");
    if (System.nanoTime() - began < 1_000_000_000) { // else it may be due already
      assertThat(got).isEmpty();
    }
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (got.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(20);
      got = peek(reader, "q");
    }
    assertThat(got).containsExactly("x");
    node.close();
  }

  @Test
  void whatWaitsInAVhostThatIsNotConfiguredIsStillThereWhenItIs() throws InterruptedException {
    nodes.stored(it -> it.append(Store.DELAYED_OWNER, 1, persistent("q", "x"), null, false, 1));
    var other = new DeclaredTopology.Vhost("other", List.of(), List.of(), List.of(), List.of());
    var node = nodes.start(List.of(other));
    Thread.sleep(50); // it is due
    node.settle();
    node.close();
    assertThat(nodes.store().recover().delayed()).hasSize(1);
  }
}
