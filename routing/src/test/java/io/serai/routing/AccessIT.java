package io.serai.routing;

import static io.serai.routing.Specs.alternate;
import static io.serai.routing.Specs.arguments;
import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.queueWith;
import static io.serai.routing.Specs.subscription;
import static io.serai.routing.Specs.toExchange;
import static io.serai.routing.Specs.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** RabbitMQ's table of permissions, line by line, and what it must not be possible to go around. */
@Timeout(300)
class AccessIT {
  private static final QueueRef ANY_QUEUE = new QueueRef("/", "q", 0, 0, 1);

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

  /** What is forbidden, what is asked, what is refused in the text. */
  static Stream<Arguments> table() {
    return Stream.of(
        line(
            "CONFIGURE x",
            "exchange 'x'",
            c -> new Request.DeclareExchange(c, exchange("x", "direct"))),
        line(
            "READ x",
            "exchange 'x'",
            c -> new Request.DeclareExchange(c, exchange("x", "direct", alternate("a")))),
        line(
            "WRITE a",
            "exchange 'a'",
            c -> new Request.DeclareExchange(c, exchange("x", "direct", alternate("a")))),
        line("CONFIGURE x", "exchange 'x'", c -> new Request.DeleteExchange(c, "x", false)),
        line("CONFIGURE q", "queue 'q'", c -> new Request.DeclareQueue(c, queue("q"))),
        line(
            "READ q",
            "queue 'q'",
            c ->
                new Request.DeclareQueue(
                    c, queueWith("q", arguments("x-dead-letter-exchange", Value.of("d"))))),
        line(
            "WRITE d",
            "exchange 'd'",
            c ->
                new Request.DeclareQueue(
                    c, queueWith("q", arguments("x-dead-letter-exchange", Value.of("d"))))),
        line("CONFIGURE q", "queue 'q'", c -> new Request.DeleteQueue(c, "q", false, false)),
        line("READ q", "queue 'q'", c -> new Request.PurgeQueue(c, "q")),
        line("READ q", "queue 'q'", c -> new Request.Get(c, "q", true)),
        line("READ q", "queue 'q'", c -> new Request.Consume(c, "q", 1, options())),
        line(
            "WRITE q",
            "queue 'q'",
            c -> new Request.Bind(c, List.of(toQueue("amq.direct", "q", "k")))),
        line(
            "READ amq.direct",
            "exchange 'amq.direct'",
            c -> new Request.Bind(c, List.of(toQueue("amq.direct", "q", "k")))),
        line(
            "WRITE amq.fanout",
            "exchange 'amq.fanout'",
            c -> new Request.Bind(c, List.of(toExchange("amq.direct", "amq.fanout", "k")))),
        line(
            "WRITE q",
            "queue 'q'",
            c -> new Request.Unbind(c, List.of(toQueue("amq.direct", "q", "k")))),
        line(
            "READ amq.direct",
            "exchange 'amq.direct'",
            c -> new Request.Unbind(c, List.of(toQueue("amq.direct", "q", "k")))),
        line(
            "SUBSCRIBE a.#",
            "topic 'a.#' in exchange 'amq.topic'",
            c -> new Request.Bind(c, List.of(toQueue("amq.topic", "q", "a.#")))),
        line(
            "SUBSCRIBE a.#",
            "topic 'a.#' in exchange 'amq.topic'",
            c -> new Request.Bind(c, List.of(subscription("q", "a/#", "m")))),
        line("WRITE q", "queue 'q'", c -> retained(c, "a/#")),
        line("READ amq.topic", "exchange 'amq.topic'", c -> retained(c, "a/#")),
        line("SUBSCRIBE a.#", "topic 'a.#' in exchange 'amq.topic'", c -> retained(c, "a/#")),
        line("READ amq.topic", "exchange 'amq.topic'", c -> read(c, "a/#")),
        line("SUBSCRIBE a.#", "topic 'a.#' in exchange 'amq.topic'", c -> read(c, "a/#")));
  }

  private static Arguments line(
      String forbidden, String refused, Function<Caller, Request<?>> request) {
    return Arguments.of(forbidden, refused, request);
  }

  private static ConsumerOptions options() {
    return new ConsumerOptions("tag", true, false, 0, CreditMode.GRANTED, 1);
  }

  private static Request<?> read(Caller caller, String filter) {
    return new Request.ReadRetained(caller, TopicFilter.ofMqtt(filter), 10, false);
  }

  private static Request<?> retained(Caller caller, String filter) {
    return new Request.Subscribe(
        caller,
        ANY_QUEUE,
        List.of(),
        List.of(new Request.WantedRetained(TopicFilter.ofMqtt(filter), new Specs.Matches("m"))));
  }

  @ParameterizedTest(name = "without {0}: {1}")
  @MethodSource("table")
  void aRequestNeedsWhatRabbitMqAsksFor(
      String forbidden, String refused, Function<Caller, Request<?>> request) {
    node.user.forbid(forbidden);
    String action = forbidden.substring(0, forbidden.indexOf(' ')).replace("SUBSCRIBE", "READ");
    assertThat(client.refusal(request))
        .isEqualTo(
            "ACCESS_REFUSED %s access to %s in vhost '/' refused for user 'guest'"
                .formatted(action.toLowerCase(Locale.ROOT), refused));
  }

  @Test
  void askingWhetherSomethingExistsNeedsNothing() {
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    node.user.forbid("CONFIGURE q").forbid("READ q").forbid("WRITE q").forbid("READ amq.direct");
    client.ok(c -> new Request.CheckQueue(c, "q"));
    client.ok(c -> new Request.CheckExchange(c, "amq.direct"));
  }

  @Test
  void declaringAgainAsksNothingOfWhereItForwardsTo() {
    var toD = arguments("x-dead-letter-exchange", Value.of("d"));
    client.ok(c -> new Request.DeclareQueue(c, queueWith("q", toD)));
    client.ok(c -> new Request.DeclareExchange(c, exchange("x", "direct", alternate("d"))));
    node.user.forbid("WRITE d").forbid("READ q").forbid("READ x");
    client.ok(c -> new Request.DeclareQueue(c, queueWith("q", toD)));
    client.ok(c -> new Request.DeclareExchange(c, exchange("x", "direct", alternate("d"))));
    assertThat(
            client.refusal(c ->
                new Request.DeclareQueue(
                    c, queueWith("q", arguments("x-dead-letter-exchange", Value.of("other"))))))
        .startsWith("PRECONDITION_FAILED inequivalent arg 'x-dead-letter-exchange'");
  }

  @Test
  void topicPermissionsApplyToTopicExchangesOnly() {
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    node.user.forbid("SUBSCRIBE a.#");
    client.ok(c -> new Request.Bind(c, List.of(toQueue("amq.direct", "q", "a.#"))));
  }

  @Test
  void aBindSentTogetherWithTheDeclarationOfItsExchangeIsCheckedAgainstIt() {
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    node.user.forbid("SUBSCRIBE secret");
    for (int i = 0; i < 50; i++) {
      String name = "late-" + i;
      var refusals =
          client.together(
              c -> new Request.DeclareExchange(c, exchange(name, "topic")),
              c -> new Request.Bind(c, List.of(toQueue(name, "q", "secret"))));
      assertThat(refusals.get(0)).isEmpty();
      assertThat(refusals.get(1)).startsWith("ACCESS_REFUSED read access to topic 'secret'");
    }
  }

  @Test
  void aChangeOfPermissionsCountsForTheNextMessage() {
    client.ok(c -> new Request.DeclareQueue(c, queue("q")));
    for (int i = 0; i < 20; i++) {
      assertThat(client.publish(message("", "q"))).isEqualTo(PublishResult.ROUTED);
      node.user.forbid("WRITE amq.default");
      assertThat(client.publish(message("", "q"))).isEqualTo(PublishResult.DENIED);
      node.user.allow("WRITE amq.default");
    }
    assertThat(node.count(Counter.MESSAGES_DENIED)).isEqualTo(20);
  }

  @Test
  void whatIsDeniedIsNotRetained() {
    client.ok(c -> new Request.DeclareQueue(c, queue("s")));
    node.user.forbid("PUBLISH a.secret");
    assertThat(client.publish(message("amq.topic", "a.secret"), Publisher.RETAIN))
        .isEqualTo(PublishResult.DENIED);
    assertThat(client.publish(message("amq.topic", "a.open"), Publisher.RETAIN))
        .isEqualTo(PublishResult.UNROUTABLE);
    QueueRef queue = client.ok(c -> new Request.CheckQueue(c, "s")).queue();
    client.consume("s");
    client.ok(c ->
        new Request.Subscribe(
            c,
            queue,
            List.of(subscription("s", "a/#", "m")),
            List.of(
                new Request.WantedRetained(TopicFilter.ofMqtt("a/#"), new Specs.Matches("m")))));
    assertThat(client.delivered(1)).containsExactly("a.open");
    client.publish(message("amq.topic", "a.last"));
    assertThat(client.delivered(2)).containsExactly("a.open", "a.last");
  }
}
