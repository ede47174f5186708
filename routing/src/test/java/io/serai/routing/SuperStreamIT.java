package io.serai.routing;

import static io.serai.routing.Specs.arguments;
import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.message;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.model.Value;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Super streams, declared by clients and by the configuration. */
@Timeout(300)
class SuperStreamIT {
  private RoutingNode node;
  private RoutingNode.Connection client;

  @BeforeEach
  void start() {
    node = new RoutingNode(2);
    client = node.connect(1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static ExchangeSpec orders(Object... more) {
    Object[] all = new Object[more.length + 2];
    all[0] = "x-partitions";
    all[1] = new Value.Int(3);
    System.arraycopy(more, 0, all, 2, more.length);
    return exchange("orders", "x-super-stream", arguments(all));
  }

  private String refusal(ExchangeSpec spec) {
    Result<Request.Done> result = client.ask(caller -> new Request.DeclareExchange(caller, spec));
    assertThat(result).isInstanceOf(Result.Refused.class);
    return ((Result.Refused<Request.Done>) result).text();
  }

  private long messagesIn(String stream) {
    node.settle();
    return client.ok(caller -> new Request.CheckQueue(caller, stream)).readyMessages();
  }

  private void publish(int messages) {
    for (int n = 0; n < messages; n++) {
      assertThat(client.publish(message("orders", "customer-" + n % 20)))
          .isEqualTo(PublishResult.ROUTED);
    }
  }

  @Test
  void itsExchangeComesWithItsPartitions() {
    client.ok(caller -> new Request.DeclareExchange(caller, orders("x-max-age", Value.of("7D"))));
    publish(60);
    long sum = messagesIn("orders-0") + messagesIn("orders-1") + messagesIn("orders-2");
    assertThat(sum).isEqualTo(60);
    assertThat(messagesIn("orders-0")).isEqualTo(3 * (messagesIn("orders-0") / 3)).isPositive();
    client.ok(caller -> new Request.DeclareExchange(caller, orders("x-max-age", Value.of("7D"))));
    assertThat(refusal(orders())).contains("inequivalent arg 'x-max-age'");
  }

  @Test
  void nothingIsDeclaredWhenOneOfThemCannotBe() {
    client.ok(caller -> new Request.DeclareQueue(caller, Specs.queue("orders-2")));
    assertThat(refusal(orders())).contains("inequivalent arg 'x-queue-type' for queue 'orders-2'");
    assertThat(client.ask(caller -> new Request.CheckQueue(caller, "orders-0")))
        .isInstanceOf(Result.Refused.class);
    assertThat(client.ask(caller -> new Request.CheckExchange(caller, "orders")))
        .isInstanceOf(Result.Refused.class);
  }

  @Test
  void whatCannotBeASuperStreamIsRefused() {
    for (Value wrong : List.of(new Value.Int(0), new Value.Int(1001), Value.of("many"))) {
      assertThat(refusal(exchange("orders", "x-super-stream", arguments("x-partitions", wrong))))
          .startsWith("invalid arg 'x-partitions' for exchange 'orders': expected 1 to 1000");
    }
    assertThat(refusal(orders("x-max-age", Value.of("soon")))).contains("invalid_max_age");
    assertThat(refusal(orders("x-message-ttl", new Value.Int(5)))).contains("rabbit_stream_queue");
    assertThat(
            refusal(
                new ExchangeSpec(
                    "orders",
                    "x-super-stream",
                    Lifetime.TRANSIENT,
                    false,
                    false,
                    orders().arguments(),
                    Source.CLIENT)))
        .isEqualTo("invalid property 'non-durable' for super stream 'orders'");
  }

  @Test
  void theStreamsStayWhenTheirExchangeIsDeleted() {
    client.ok(caller -> new Request.DeclareExchange(caller, orders()));
    publish(20);
    client.ok(caller -> new Request.DeleteExchange(caller, "orders", false));
    assertThat(messagesIn("orders-0") + messagesIn("orders-1") + messagesIn("orders-2"))
        .isEqualTo(20);
    client.ok(caller -> new Request.DeclareExchange(caller, orders()));
    publish(20);
    assertThat(messagesIn("orders-0") + messagesIn("orders-1") + messagesIn("orders-2"))
        .isEqualTo(40);
  }

  @Test
  void withoutPartitionsItTakesTheBindingsItIsGiven() {
    client.ok(caller ->
        new Request.DeclareExchange(
            caller, exchange("orders", "x-super-stream", Request.noArguments())));
    client.ok(caller -> new Request.DeclareQueue(caller, Specs.queue("any")));
    client.ok(caller -> new Request.Bind(caller, List.of(Specs.toQueue("orders", "any", "0"))));
    assertThat(client.publish(message("orders", "key"))).isEqualTo(PublishResult.ROUTED);
    assertThat(messagesIn("any")).isEqualTo(1);
  }

  @Test
  void theConfigurationDeclaresOneByItsExchange() {
    ExchangeSpec spec =
        new ExchangeSpec(
            "orders",
            "x-super-stream",
            Lifetime.DURABLE,
            false,
            false,
            orders().arguments(),
            Source.CONF);
    node.declare(
        List.of(new DeclaredTopology.Vhost("/", List.of(spec), List.of(), List.of(), List.of())));
    publish(20);
    assertThat(messagesIn("orders-0") + messagesIn("orders-1") + messagesIn("orders-2"))
        .isEqualTo(20);
    node.declare(List.of(RoutingNode.vhost()));
    assertThat(client.ask(caller -> new Request.CheckQueue(caller, "orders-0")))
        .isInstanceOf(Result.Refused.class);
  }
}
