package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Header;
import io.serai.model.Spelling;
import io.serai.model.Value;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Dead letters between queues of two loops. */
@Timeout(300)
class DeadLetterIT {
  private final RoutingNode node = new RoutingNode(2);
  private final RoutingNode.Connection connection = node.connect(1);

  @AfterEach
  void close() {
    node.close();
  }

  private void declare(QueueSpec spec) {
    connection.ok(caller -> new Request.DeclareQueue(caller, spec));
  }

  private void declareExchange(ExchangeSpec spec) {
    connection.ok(caller -> new Request.DeclareExchange(caller, spec));
  }

  private void bind(BindingSpec binding) {
    connection.ok(caller -> new Request.Bind(caller, List.of(binding)));
  }

  private void declareDropping(String name, Object... arguments) {
    Object[] all = new Object[arguments.length + 2];
    all[0] = "x-max-length";
    all[1] = new Value.Int(0);
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    declare(Specs.queueWith(name, Specs.arguments(all)));
  }

  private static Value reason(Delivery delivery) {
    return delivery.message().headers().first("x-last-death-reason");
  }

  /** Waits until every dead letter has come to where it goes. */
  private void quiet() {
    for (int n = 0; n < 6; n++) {
      node.settle();
    }
  }

  @Test
  void deadLettersOfAnyLoopArriveInOrderAndExactlyOnce() {
    declareExchange(Specs.exchange("dlx", "fanout"));
    declare(Specs.queue("dead"));
    bind(Specs.toQueue("dlx", "dead", ""));
    connection.consume("dead");
    List<String> expected = IntStream.range(0, 4_000).mapToObj(n -> "" + n).toList();
    for (int q = 0; q < 4; q++) { // two or so on each loop
      declareDropping("full-" + q, "x-dead-letter-exchange", Value.of("dlx"));
    }
    for (int n = 0; n < 4_000; n += 100) {
      int from = n;
      connection.publishBatch(
          IntStream.range(from, from + 100)
              .mapToObj(i -> Specs.message(Specs.address("", "full-" + i % 4), "" + i))
              .toList(),
          0);
    }
    List<Delivery> deliveries = connection.deliveries(4_000);
    assertThat(deliveries).allMatch(d -> reason(d).equals(Value.of("maxlen")));
    List<String> bodies = deliveries.stream().map(d -> d.message().body().toUtf8()).toList();
    assertThat(bodies).containsExactlyInAnyOrderElementsOf(expected);
    for (int q = 0; q < 4; q++) {
      int queue = q;
      assertThat(bodies.stream().filter(body -> Integer.parseInt(body) % 4 == queue))
          .containsExactlyElementsOf(
              expected.stream().filter(body -> Integer.parseInt(body) % 4 == queue).toList());
    }
    quiet();
    assertThat(node.count(Counter.MESSAGES_DEAD_LETTERED)).isEqualTo(4_000);
  }

  @Test
  void aDeadLetterThatFailsThroughOurFaultIsTheOnlyOneOfItsBatchThatIsRefused() {
    declareExchange(Specs.exchange("in", "direct"));
    declareExchange(Specs.exchange("dlx", "direct"));
    declareDropping("full", "x-dead-letter-exchange", Value.of("dlx"));
    declare(Specs.queueWith("dead", Specs.arguments("x-queue-type", Value.of("quorum"))));
    bind(Specs.toQueue("in", "full", "good"));
    bind(Specs.toQueue("in", "full", "bad"));
    bind(Specs.toQueue("dlx", "dead", "good"));
    bind(
        new BindingSpec(
            "dlx",
            "dead",
            false,
            "bad",
            Spelling.DOT,
            Request.noArguments(),
            (_, _) -> {
              throw new IllegalStateException("meant by the test");
            },
            Source.CLIENT));
    connection.publishBatch(List.of(Specs.message("in", "good"), Specs.message("in", "bad")), 0);
    quiet();
    connection.consume("dead");
    assertThat(connection.delivered(1)).containsExactly("good");
    assertThat(node.count(Counter.MESSAGES_DEAD_LETTERED)).isEqualTo(1);
    assertThat(node.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
  }

  @Test
  void anInternalExchangeTakesDeadLetters() {
    declareExchange(Specs.internal("dlx", "direct"));
    declare(Specs.queue("dead"));
    bind(Specs.toQueue("dlx", "dead", "k"));
    connection.consume("dead");
    declareDropping(
        "q", "x-dead-letter-exchange", Value.of("dlx"), "x-dead-letter-routing-key", Value.of("k"));
    connection.publish(Specs.message("", "q"));
    assertThat(connection.delivered(1)).containsExactly("q");
  }

  @Test
  void aDeadLetterNeedsThePermissionOfWhoDeclaredTheQueue() {
    declareExchange(Specs.exchange("dlx", "fanout"));
    declare(Specs.queue("dead"));
    bind(Specs.toQueue("dlx", "dead", ""));
    declareDropping("q", "x-dead-letter-exchange", Value.of("dlx"));
    node.user.forbid("WRITE dlx");
    connection.publish(Specs.message("", "q"));
    quiet();
    assertThat(node.count(Counter.MESSAGES_DENIED)).isEqualTo(1);
    assertThat(node.count(Counter.MESSAGES_DEAD_LETTERED)).isZero();
    assertThat(
            connection.refusal(caller ->
                new Request.DeclareQueue(
                    caller,
                    Specs.queueWith(
                        "other", Specs.arguments("x-dead-letter-exchange", Value.of("dlx"))))))
        .startsWith("ACCESS_REFUSED")
        .endsWith("access to exchange 'dlx' in vhost '/' refused for user 'guest'");
    node.user.allow("WRITE dlx");
    connection.publish(Specs.message("", "q"));
    connection.consume("dead");
    assertThat(connection.delivered(1)).hasSize(1);
  }

  @Test
  void aQueueOfTheConfigurationMayWriteAnywhere() {
    QueueSpec full =
        new QueueSpec(
            "full",
            QueueKind.CLASSIC,
            Lifetime.DURABLE,
            false,
            Specs.arguments(
                "x-max-length",
                new Value.Int(0),
                "x-dead-letter-exchange",
                Value.of(""),
                "x-dead-letter-routing-key",
                Value.of("dead")),
            Source.CONF);
    node.declare(
        List.of(
            new DeclaredTopology.Vhost(
                "/",
                List.of(),
                List.of(full, Specs.queue("dead", Lifetime.DURABLE, Source.CONF)),
                List.of(),
                List.of())));
    connection.consume("dead");
    connection.publish(Specs.message("", "full"));
    assertThat(connection.delivered(1)).containsExactly("full");
  }

  @Test
  void rulesForWhatClientsPublishDoNotApplyToDeadLetters() {
    node.declare(
        List.of(
            new DeclaredTopology.Vhost(
                "/",
                List.of(),
                List.of(Specs.queue("ruled", Lifetime.DURABLE, Source.CONF)),
                List.of(),
                List.of(Specs.rule("all", "dead/#", "", "ruled")))));
    declare(Specs.queue("dead.end"));
    declareDropping(
        "q",
        "x-dead-letter-exchange",
        Value.of(""),
        "x-dead-letter-routing-key",
        Value.of("dead.end"));
    connection.publish(Specs.message("", "q"));
    connection.publish(Specs.message("", "dead.end"));
    connection.consume("dead.end");
    connection.consume("ruled");
    assertThat(connection.delivered(3)).containsExactlyInAnyOrder("q", "dead.end", "dead.end");
    quiet();
    assertThat(connection.delivered(3)).as("only what was published is ruled").hasSize(3);
  }

  @Test
  void aDeadLetterThatCannotBeRoutedThroughOurFaultIsGoneAndNothingElse() {
    declareExchange(Specs.exchange("dlx", "x-broken"));
    declare(Specs.queue("q2"));
    declareDropping("q", "x-dead-letter-exchange", Value.of("dlx"));
    connection.publish(Specs.message("", "q"));
    connection.publish(Specs.message("", "q2"));
    connection.consume("q2");
    assertThat(connection.delivered(1)).containsExactly("q2");
    assertThat(node.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
  }

  @Test
  void aDeadLetterThatOnlyGoesRoundInACircleEnds() {
    declareDropping(
        "a", "x-dead-letter-exchange", Value.of(""), "x-dead-letter-routing-key", Value.of("b"));
    declareDropping(
        "b", "x-dead-letter-exchange", Value.of(""), "x-dead-letter-routing-key", Value.of("a"));
    connection.publish(Specs.message("", "a"));
    quiet();
    // a gives it to b, b takes it, gives it up, and nobody may have it any more.
    assertThat(node.count(Counter.MESSAGES_DEAD_LETTERED)).isEqualTo(1);
    assertThat(node.count(Counter.MESSAGES_DROPPED)).isEqualTo(1);
  }

  @Test
  void aDelayedMessageIsRoutedByTheBindingsOfItsTime() {
    declareExchange(
        Specs.exchange(
            "later", "x-delayed-message", Specs.arguments("x-delayed-type", Value.of("direct"))));
    declare(Specs.queue("q"));
    connection.consume("q");
    connection.publish(
        Specs.message(
            Specs.address("later", "k"), "body", new Header("x-delay", new Value.Int(100))));
    bind(Specs.toQueue("later", "q", "k"));
    Delivery delivery = connection.deliveries(1).getFirst();
    assertThat(delivery.message().headers().first("x-delay")).isEqualTo(new Value.Int(-100));
    assertThat(delivery.message().body().toUtf8()).isEqualTo("body");
  }

  @Test
  void whatComesThroughABindingWaitsToo() {
    declareExchange(
        Specs.exchange(
            "later", "x-delayed-message", Specs.arguments("x-delayed-type", Value.of("topic"))));
    declareExchange(Specs.exchange("first", "fanout"));
    declare(Specs.queue("at-once"));
    declare(Specs.queue("then"));
    bind(Specs.toExchange("first", "later", ""));
    bind(Specs.toQueue("first", "at-once", ""));
    bind(Specs.toQueue("later", "then", "k.#"));
    connection.consume("at-once");
    connection.consume("then");
    connection.publish(
        Specs.message(
            Specs.address("first", "k.1"), "body", new Header("x-delay", new Value.Int(300))));
    List<Delivery> both = connection.deliveries(2);
    Delivery first = both.getFirst();
    assertThat(first.consumer().queue().name()).isEqualTo("at-once");
    assertThat(first.message().headers().first("x-delay")).isEqualTo(new Value.Int(300));
    Delivery second = both.getLast();
    assertThat(second.consumer().queue().name()).isEqualTo("then");
    assertThat(second.message().headers().first("x-delay")).isEqualTo(new Value.Int(-300));
    assertThat(second.message().address().exchange()).isEqualTo("later");
  }
}
