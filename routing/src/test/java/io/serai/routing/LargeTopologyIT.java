package io.serai.routing;

import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes of topology that touch much. */
@Timeout(300)
class LargeTopologyIT {
  private static final int MANY = 5_000;

  private final RoutingNode node = new RoutingNode(2);
  private final RoutingNode.Connection client = node.connect(1);

  @AfterEach
  void stop() {
    node.close();
  }

  private void bindMany(String exchange, String queue) {
    List<BindingSpec> bindings = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      bindings.add(toQueue(exchange, queue, "t." + i + ".#"));
    }
    client.ok(c -> new Request.Bind(c, bindings));
  }

  @Test
  void whatTouchesManyBindingsIsWorkedOutOffTheLoop() throws Exception {
    AtomicInteger offLoop = new AtomicInteger();
    BulkChange bulk =
        new BulkChange(
            new OffLoop() {
              @Override
              public <T> Future<T> run(Callable<T> work) {
                offLoop.incrementAndGet();
                return Future.succeededFuture();
              }
            });
    bulk.make(10, () -> VhostTable.predeclared("/"));
    assertThat(offLoop).hasValue(0);
    bulk.make(MANY, () -> VhostTable.predeclared("/"));
    assertThat(offLoop).hasValue(1);
  }

  @Test
  void aQueueWithManyBindingsGoesWithAllOfThemAndChangesBehindItWait() {
    client.ok(c -> new Request.DeclareExchange(c, exchange("x", "topic")));
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    client.ok(c -> new Request.DeclareQueue(c, queue("other")));
    bindMany("x", "q");
    client.ok(c -> new Request.Bind(c, List.of(toQueue("x", "other", "o"))));
    assertThat(client.publish(message("x", "t.7.a"))).isEqualTo(PublishResult.ROUTED);
    client.ok(c -> new Request.DeleteQueue(c, "q", false, false));
    assertThat(client.publish(message("x", "t.7.a"))).isEqualTo(PublishResult.UNROUTABLE);
    assertThat(client.publish(message("x", "o"))).isEqualTo(PublishResult.ROUTED);
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    assertThat(client.publish(message("x", "t.7.a"))).isEqualTo(PublishResult.UNROUTABLE);
  }

  @Test
  void anExchangeWithManyBindingsGoes() {
    client.ok(c -> new Request.DeclareExchange(c, exchange("x", "topic")));
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    bindMany("x", "q");
    client.ok(c -> new Request.DeleteExchange(c, "x", false));
    assertThat(client.publish(message("x", "t.7.a"))).isEqualTo(PublishResult.NO_EXCHANGE);
    client.ok(c -> new Request.DeleteQueue(c, "q", false, false));
  }

  @Test
  void aConnectionsExclusiveQueuesAllGoWithIt() {
    RoutingNode.Connection owner = node.connect(0);
    for (int i = 0; i < 20; i++) {
      QueueSpec spec = queue("e" + i, Lifetime.EXCLUSIVE, Source.CLIENT);
      owner.ok(c -> new Request.DeclareQueue(c, spec));
      List<BindingSpec> bindings = new ArrayList<>();
      for (int j = 0; j < 100; j++) {
        bindings.add(toQueue("amq.topic", spec.name(), "e." + j));
      }
      owner.ok(c -> new Request.Bind(c, bindings));
    }
    owner.end();
    client.ok(c -> new Request.DeclareExchange(c, exchange("x", "topic"))); // behind the end
    assertThat(client.publish(message("amq.topic", "e.1"))).isEqualTo(PublishResult.UNROUTABLE);
    assertThat(node.table.queueCount()).isZero();
  }

  @Test
  void aConfigurationOfManyQueuesIsTakenOverAndTakenBack() {
    List<QueueSpec> queues = new ArrayList<>();
    List<BindingSpec> bindings = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      queues.add(queue("q" + i, Lifetime.DURABLE, Source.CONF));
      bindings.add(Specs.byConfiguration(toQueue("amq.topic", "q" + i, "t." + i)));
    }
    node.declare(List.of(new DeclaredTopology.Vhost("/", List.of(), queues, bindings, List.of())));
    assertThat(node.table.queueCount()).isEqualTo(MANY);
    assertThat(client.publish(message("amq.topic", "t.4321"))).isEqualTo(PublishResult.ROUTED);
    node.declare(
        List.of(new DeclaredTopology.Vhost("/", List.of(), List.of(), List.of(), List.of())));
    assertThat(node.table.queueCount()).isZero();
    assertThat(client.publish(message("amq.topic", "t.4321"))).isEqualTo(PublishResult.UNROUTABLE);
  }
}
