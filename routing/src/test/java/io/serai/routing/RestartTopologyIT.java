package io.serai.routing;

import static io.serai.routing.NodeRestarts.binding;
import static io.serai.routing.NodeRestarts.confirmed;
import static io.serai.routing.NodeRestarts.exchange;
import static io.serai.routing.NodeRestarts.peek;
import static io.serai.routing.NodeRestarts.persistent;
import static io.serai.routing.Specs.queue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.FactKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exchanges, queues and bindings over a node that ends without a word. */
class RestartTopologyIT {
  private final NodeRestarts nodes = new NodeRestarts();

  @Test
  void durableExchangesAndBindingsBetweenDurableThingsComeBack() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareExchange(caller, exchange("d", Lifetime.DURABLE)));
    client.ok(caller -> new Request.DeclareExchange(caller, exchange("t", Lifetime.TRANSIENT)));
    client.ok(caller -> new Request.DeclareQueue(caller, queue("kept")));
    client.ok(caller ->
        new Request.DeclareQueue(caller, queue("gone", Lifetime.TRANSIENT, Source.CLIENT)));
    client.ok(caller ->
        new Request.DeclareQueue(caller, queue("mine", Lifetime.EXCLUSIVE, Source.CLIENT)));
    client.ok(caller ->
        new Request.Bind(
            caller,
            List.of(
                binding("amq.topic", "d", true),
                binding("d", "kept", false),
                binding("t", "kept", false),
                binding("d", "gone", false),
                binding("d", "mine", false))));
    node = nodes.restarted(node);
    var reader = node.connect(1);
    assertThat(reader.refusal(caller -> new Request.CheckExchange(caller, "t")))
        .contains("NOT_FOUND");
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "gone")))
        .contains("NOT_FOUND");
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "mine")))
        .contains("NOT_FOUND");
    Message message =
        new Message(
            new Address("amq.topic", Topic.of("a.b", Spelling.DOT)),
            Encoding.Neutral.NONE,
            Body.ofUtf8("x"),
            Specs.ORIGIN,
            System.currentTimeMillis());
    reader.publish(message, Publisher.CONFIRM);
    confirmed(reader, 1);
    assertThat(peek(reader, "kept")).containsExactly("x");
    // What was unbound stays unbound, and what was deleted takes its bindings along.
    reader.ok(caller -> new Request.Unbind(caller, List.of(binding("d", "kept", false))));
    reader.ok(caller -> new Request.DeleteExchange(caller, "d", false));
    node = nodes.restarted(node);
    var last = node.connect(0);
    assertThat(last.refusal(caller -> new Request.CheckExchange(caller, "d")))
        .contains("NOT_FOUND");
    last.ok(caller -> new Request.DeclareExchange(caller, exchange("d", Lifetime.DURABLE)));
    assertThat(last.publish(message)).isEqualTo(PublishResult.UNROUTABLE);
    node.close();
  }

  @Test
  void aDeletedQueueTakesItsMessagesAlong() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.publish(persistent("q", "a"), Publisher.CONFIRM);
    confirmed(client, 1);
    client.ok(caller -> new Request.DeleteQueue(caller, "q", false, false));
    node = nodes.restarted(node);
    var reader = node.connect(0);
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "q"))).contains("NOT_FOUND");
    reader.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    assertThat(peek(reader, "q")).isEmpty();
    assertThat(nodes.store().recover().backlogs()).isEmpty();
    node.close();
  }

  @Test
  void aDeclarationIsAnsweredOnlyWhenItIsSafe() {
    var node = nodes.start(1);
    var client = node.connect(0);
    nodes.store().hold();
    var declared = client.start(caller -> new Request.DeclareQueue(caller, queue("q")));
    node.settle();
    assertThat(nodes.store().unsyncedBatches()).isPositive();
    assertThat(declared).isNotDone();
    nodes.store().sync();
    RoutingNode.assertOk(declared.join());
    node.close();
  }

  @Test
  void whatTheConfigurationDeclaresIsNoConflictAndWhatItNoLongerDeclaresGoes() {
    var conf = queue("conf", Lifetime.DURABLE, Source.CONF);
    var vhosts =
        List.of(
            new DeclaredTopology.Vhost(
                "/",
                List.of(),
                List.of(conf),
                List.of(
                    new BindingSpec(
                        "amq.topic",
                        "conf",
                        false,
                        "a.*",
                        Spelling.DOT,
                        Request.noArguments(),
                        null,
                        Source.CONF)),
                List.of()));
    var node = nodes.start(vhosts);
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("own")));
    client.publish(persistent("conf", "a"), Publisher.CONFIRM);
    client.publish(persistent("own", "b"), Publisher.CONFIRM);
    confirmed(client, 2);
    nodes.crash(node);
    node = nodes.start(vhosts);
    assertThat(peek(node.connect(0), "conf")).containsExactly("a");
    node = nodes.restarted(node);
    var reader = node.connect(0);
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "conf")))
        .contains("NOT_FOUND");
    assertThat(peek(reader, "own")).containsExactly("b");
    node.close();
  }

  @Test
  void aQueueOfAVhostThatIsNotConfiguredWaitsForIt() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.publish(persistent("q", "a"), Publisher.CONFIRM);
    confirmed(client, 1);
    nodes.crash(node);
    var other = new DeclaredTopology.Vhost("/o", List.of(), List.of(), List.of(), List.of());
    node = nodes.start(List.of(other));
    node = nodes.restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("a");
    node.close();
  }

  @Test
  void whatACrashLeftOfADeletedQueueGoes() {
    nodes.stored(it -> it.append(1_000, 1, persistent("gone", "x"), null, false, 0));
    assertThat(nodes.store().recover().backlogs()).containsOnlyKeys(1_000L);
    nodes.start().close();
    assertThat(nodes.store().recover().backlogs()).isEmpty();
  }

  @Test
  void aBindingOfAnExchangeWhoseTypeIsNotInstalledStaysStored() {
    var exchange =
        new ExchangeSpec(
            "plug",
            "x-not-installed",
            Lifetime.DURABLE,
            false,
            false,
            Request.noArguments(),
            Source.CLIENT);
    var binding = binding("plug", "amq.topic", true);
    nodes.stored(it -> {
      it.put(
          FactKind.EXCHANGE,
          Definitions.key(TestUser.VHOST, "plug"),
          Definitions.write(TestUser.VHOST, exchange));
      it.put(
          FactKind.BINDING,
          Definitions.key(TestUser.VHOST, binding),
          Definitions.write(TestUser.VHOST, binding));
    });
    nodes.start().close();
    assertThat(nodes.store().recover().facts())
        .anyMatch(it -> it.is(FactKind.EXCHANGE))
        .anyMatch(it -> it.is(FactKind.BINDING));
  }
}
