package io.serai.routing;

import static io.serai.routing.Specs.arguments;
import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.rule;
import static io.serai.routing.Specs.toExchange;
import static io.serai.routing.Specs.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.bus.Source;
import io.serai.model.Value;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Taking over configurations while clients go on. */
@Timeout(300)
class ConfigurationIT {
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

  private static ExchangeSpec byConf(ExchangeSpec spec) {
    return new ExchangeSpec(
        spec.name(),
        spec.type(),
        spec.lifetime(),
        spec.autoDelete(),
        spec.internal(),
        spec.arguments(),
        Source.CONF);
  }

  private static QueueSpec confQueue(String name, Object... arguments) {
    return new QueueSpec(
        name, QueueKind.CLASSIC, Lifetime.DURABLE, false, arguments(arguments), Source.CONF);
  }

  private static DeclaredTopology.Vhost vhost(
      List<ExchangeSpec> exchanges,
      List<QueueSpec> queues,
      List<BindingSpec> bindings,
      RoutingRule... rules) {
    return new DeclaredTopology.Vhost(
        "/",
        exchanges.stream().map(ConfigurationIT::byConf).toList(),
        queues,
        bindings.stream().map(Specs::byConfiguration).toList(),
        List.of(rules));
  }

  private PublishResult publish(String exchange, String key) {
    return client.publish(message(exchange, key));
  }

  private String refusal(DeclaredTopology.Vhost... vhosts) {
    return switch (node.apply(List.of(vhosts))) {
      case Result.Ok<Request.Done> _ -> throw new AssertionError("taken over");
      case Result.Refused<Request.Done>(_, String text) -> text;
    };
  }

  @Test
  void whatIsDeclaredIsThereAndGoesWhenItIsNoLongerDeclared() {
    DeclaredTopology.Vhost first =
        vhost(
            List.of(exchange("orders", "topic"), exchange("all", "fanout")),
            List.of(confQueue("archive"), confQueue("live")),
            List.of(
                toExchange("orders", "all", "#"),
                toQueue("all", "archive", ""),
                toQueue("orders", "live", "now.#")),
            rule("copy", "alarm/#", "", "live"));
    node.declare(List.of(first));
    assertThat(publish("orders", "now.x")).isEqualTo(PublishResult.ROUTED);
    assertThat(publish("amq.topic", "alarm.1")).isEqualTo(PublishResult.ROUTED);
    assertThat(client.ok(c -> new Request.CheckQueue(c, "live")).readyMessages()).isEqualTo(2);
    client.consume("archive");

    long version = node.table.version();
    node.declare(
        List.of(
            vhost(List.of(exchange("orders", "topic")), List.of(confQueue("live")), List.of())));

    assertThat(node.table.version()).isGreaterThan(version);
    client.events(seen -> seen.stream().anyMatch(SessionEvent.ConsumerCancelled.class::isInstance));
    assertThat(publish("orders", "now.x")).isEqualTo(PublishResult.UNROUTABLE);
    assertThat(publish("all", "x")).isEqualTo(PublishResult.NO_EXCHANGE);
    assertThat(publish("amq.topic", "alarm.1")).isEqualTo(PublishResult.UNROUTABLE);
    assertThat(client.refusal(c -> new Request.CheckQueue(c, "archive"))).startsWith("NOT_FOUND");
    assertThat(client.ok(c -> new Request.CheckQueue(c, "live")).readyMessages())
        .as("a queue that stays keeps its messages")
        .isEqualTo(2);
  }

  @Test
  void whatClientsDeclaredIsLeftAlone() {
    client.ok(c -> new Request.DeclareQueue(c, queue("theirs")));
    client.ok(c -> new Request.DeclareQueue(c, queue("both")));
    client.ok(c -> new Request.DeclareExchange(c, exchange("shared", "direct")));
    client.ok(c ->
        new Request.Bind(
            c, List.of(toQueue("shared", "theirs", "k"), toQueue("shared", "both", "k"))));
    node.declare(
        List.of(
            vhost(
                List.of(exchange("shared", "direct"), exchange("added", "direct")),
                List.of(confQueue("both"), confQueue("mine")),
                List.of(toQueue("shared", "both", "k"), toQueue("shared", "mine", "k")))));
    // A client declares anew what the configuration brought: it is the client's from now on.
    client.ok(c -> new Request.DeleteQueue(c, "mine", false, false));
    client.ok(c -> new Request.DeclareQueue(c, queue("mine")));

    node.declare(List.of(vhost(List.of(), List.of(), List.of())));

    client.ok(c -> new Request.CheckQueue(c, "theirs"));
    client.ok(c -> new Request.CheckQueue(c, "both"));
    client.ok(c -> new Request.CheckQueue(c, "mine"));
    client.ok(c -> new Request.CheckExchange(c, "shared"));
    assertThat(client.refusal(c -> new Request.CheckExchange(c, "added"))).startsWith("NOT_FOUND");
    publish("shared", "k");
    assertThat(client.ok(c -> new Request.CheckQueue(c, "both")).readyMessages()).isEqualTo(1);
  }

  @Test
  void aConfigurationThatCannotBeIsRefusedWholeWithEveryProblem() {
    client.ok(c -> new Request.DeclareQueue(c, queue("theirs")));
    client.ok(c -> new Request.DeclareExchange(c, exchange("x", "direct")));
    client.ok(c -> new Request.DeclareQueue(c, queue("locked", Lifetime.EXCLUSIVE, Source.CLIENT)));
    long version = node.table.version();
    assertThat(
            refusal(
                vhost(
                    List.of(exchange("x", "fanout"), exchange("odd", "nonsense")),
                    List.of(
                        confQueue("new"),
                        confQueue("theirs", "x-max-length", new Value.Int(5)),
                        confQueue("locked")),
                    List.of())))
        .contains(
            "inequivalent arg 'type' for exchange 'x' in vhost '/': received 'fanout' but current"
                + " is 'direct'",
            "unknown exchange type 'nonsense'",
            "inequivalent arg 'x-max-length' for queue 'theirs' in vhost '/'",
            "delete it first",
            "queue 'locked' in vhost '/' is exclusive to a connection");
    assertThat(
            refusal(
                vhost(
                    List.of(),
                    List.of(confQueue("new"), confQueue("bad", "x-expires", new Value.Int(0))),
                    List.of())))
        .contains("x-expires");
    assertThat(
            refusal(
                vhost(
                    List.of(),
                    List.of(confQueue("new")),
                    List.of(toQueue("amq.direct", "missing", "k")))))
        .isEqualTo("binding from 'amq.direct' to 'missing': no queue 'missing' in vhost '/'");
    assertThat(node.table.version()).isEqualTo(version);
    assertThat(client.refusal(c -> new Request.CheckQueue(c, "new"))).startsWith("NOT_FOUND");

    node.declare(List.of(vhost(List.of(), List.of(confQueue("new")), List.of())));
    client.ok(c -> new Request.CheckQueue(c, "new"));
  }

  @Test
  void anExchangeOfTheConfigurationMayChangeAndKeepsItsBindings() {
    node.declare(
        List.of(vhost(List.of(exchange("x", "direct")), List.of(confQueue("q")), List.of())));
    client.ok(c -> new Request.Bind(c, List.of(toQueue("x", "q", "k"))));
    assertThat(publish("x", "other")).isEqualTo(PublishResult.UNROUTABLE);

    node.declare(
        List.of(vhost(List.of(exchange("x", "fanout")), List.of(confQueue("q")), List.of())));
    assertThat(publish("x", "other")).isEqualTo(PublishResult.ROUTED);

    client.ok(c ->
        new Request.Bind(
            c, List.of(toQueue("x", "q", "h", arguments("x-match", Value.of("odd"))))));
    assertThat(
            refusal(vhost(List.of(exchange("x", "headers")), List.of(confQueue("q")), List.of())))
        .startsWith("exchange 'x' in vhost '/' cannot become headers: its binding to 'q'");
    assertThat(publish("x", "other")).isEqualTo(PublishResult.ROUTED);
  }

  @Test
  void aVhostComesAndGoesWithEverythingInIt() {
    DeclaredTopology.Vhost other =
        new DeclaredTopology.Vhost(
            "other", List.of(), List.of(confQueue("q")), List.of(), List.of());
    node.declare(List.of(vhost(List.of(), List.of(), List.of()), other));
    assertThat(node.table.queueCount()).isEqualTo(1);
    node.declare(List.of(vhost(List.of(), List.of(), List.of())));
    assertThat(node.table.queueCount()).isZero();
    assertThat(node.table.exchangeCount()).isEqualTo(7);
  }

  @Test
  void noMessageIsLostOrDoubledWhileRulesAreSwapped() throws Exception {
    List<QueueSpec> queues = List.of(confQueue("even"), confQueue("odd"));
    List<DeclaredTopology.Vhost> even =
        List.of(vhost(List.of(), queues, List.of(), rule("to", "t/#", "", "even")));
    List<DeclaredTopology.Vhost> odd =
        List.of(vhost(List.of(), queues, List.of(), rule("to", "t/#", "", "odd")));
    node.declare(even);
    RoutingNode.Connection reader = node.connect(0);
    reader.consume("even");
    reader.consume("odd");
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger();
    Thread publisher =
        Thread.ofVirtual()
            .start(() -> {
              while (!isOver.get()) {
                assertThat(
                        client.publish(message(Specs.address("amq.topic", "t.x"), sent.toString())))
                    .isEqualTo(PublishResult.ROUTED);
                sent.incrementAndGet();
              }
            });
    for (int i = 0; i < 200 || sent.get() < 500; i++) {
      node.declare(i % 2 == 0 ? odd : even);
    }
    isOver.set(true);
    publisher.join();
    node.settle();
    assertThat(reader.delivered(sent.get())).hasSize(sent.get()).doesNotHaveDuplicates();
  }

  @Test
  void whatAReloadDoesNotChangeKeepsCachedRoutesAlive() {
    List<ExchangeSpec> exchanges = List.of(exchange("x", "direct"));
    List<BindingSpec> bindings = List.of(toQueue("x", "q", "k"));
    RoutingRule rule = rule("r", "a", "", "q");
    node.declare(List.of(vhost(exchanges, List.of(confQueue("q")), bindings, rule)));
    VhostTable table = node.table.current().vhost("/");
    Route route = Router.route(table, client.caller, message("x", "k"));

    node.declare(
        List.of(vhost(exchanges, List.of(confQueue("q"), confQueue("another")), bindings, rule)));

    VhostTable reloaded = node.table.current().vhost("/");
    assertThat(reloaded).isNotSameAs(table);
    assertThat(route.holds(reloaded)).isTrue();
  }
}
