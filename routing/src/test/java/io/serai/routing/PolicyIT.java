package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Counter;
import io.serai.bus.Request;
import io.serai.model.Header;
import io.serai.model.Value;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Policies on queues and exchanges that are there, and on those to come. */
@Timeout(300)
class PolicyIT {
  private final RoutingNode node = new RoutingNode(2);
  private final RoutingNode.Connection connection = node.connect(1);

  @AfterEach
  void close() {
    node.close();
  }

  private static Policy policy(String pattern, Policy.Target target, Object... definition) {
    return new Policy(pattern, Pattern.compile(pattern), target, 0, Specs.arguments(definition));
  }

  private static List<DeclaredTopology.Vhost> with(Policy... policies) {
    return List.of(
        new DeclaredTopology.Vhost(
            "/", List.of(), List.of(), List.of(), List.of(), List.of(policies)));
  }

  private void declare(String queue) {
    connection.ok(caller -> new Request.DeclareQueue(caller, Specs.queue(queue)));
  }

  private void publish(String queue, int count) {
    for (int n = 0; n < count; n++) {
      connection.publish(Specs.message(Specs.address("", queue), "" + n));
    }
  }

  private long ready(String queue) {
    return connection.ok(caller -> new Request.CheckQueue(caller, queue)).readyMessages();
  }

  @Test
  void aPolicyAppliesToWhatIsReadyAndEndsWhenItIsTakenAway() {
    for (String queue : List.of("short-1", "short-2", "long")) {
      declare(queue);
      publish(queue, 10);
    }
    declare("dead");
    node.declare(
        with(
            policy(
                "^short",
                Policy.Target.QUEUES,
                "max-length",
                new Value.Int(4),
                "dead-letter-exchange",
                Value.of(""),
                "dead-letter-routing-key",
                Value.of("dead"))));
    for (int n = 0; n < 6; n++) {
      node.settle();
    }
    assertThat(ready("short-1")).isEqualTo(4);
    assertThat(ready("short-2")).isEqualTo(4);
    assertThat(ready("long")).isEqualTo(10);
    assertThat(ready("dead")).isEqualTo(12);
    declare("short-3");
    publish("short-3", 10);
    assertThat(ready("short-3")).isEqualTo(4);
    node.declare(with());
    publish("short-1", 10);
    publish("short-3", 10);
    assertThat(ready("short-1")).isEqualTo(14);
    assertThat(ready("short-3")).isEqualTo(14);
  }

  @Test
  void aRedeclarationComparesWhatTheClientSaid() {
    node.declare(with(policy("", Policy.Target.ALL, "max-length", new Value.Int(1))));
    declare("q");
    declare("q");
    publish("q", 5);
    assertThat(ready("q")).isEqualTo(1);
  }

  @Test
  void aTimeToLiveAndAnExpiryCountAtOnce() {
    declare("q");
    publish("q", 3);
    node.declare(with(policy("^q$", Policy.Target.QUEUES, "message-ttl", new Value.Int(1))));
    // The messages say they came long ago.
    for (int n = 0; n < 100 && ready("q") > 0; n++) {
      node.settle();
    }
    assertThat(ready("q")).isZero();
    assertThat(node.count(Counter.MESSAGES_EXPIRED)).isEqualTo(3);
  }

  @Test
  void anAlternateExchangeByPolicyTakesWhatMatchesNothing() {
    declare("rest");
    connection.ok(
        caller -> new Request.DeclareExchange(caller, Specs.exchange("before", "direct")));
    connection.ok(
        caller -> new Request.DeclareExchange(caller, Specs.exchange("others", "fanout")));
    connection.ok(caller -> new Request.Bind(caller, List.of(Specs.toQueue("others", "rest", ""))));
    node.declare(
        with(
            policy(
                "before|after",
                Policy.Target.EXCHANGES,
                "alternate-exchange",
                Value.of("others"))));
    connection.ok(caller -> new Request.DeclareExchange(caller, Specs.exchange("after", "direct")));
    connection.publish(Specs.message("before", "k"));
    connection.publish(Specs.message("after", "k"));
    assertThat(ready("rest")).isEqualTo(2);
    node.declare(with());
    connection.publish(Specs.message("before", "k"));
    connection.publish(Specs.message("after", "k"));
    assertThat(ready("rest")).isEqualTo(2);
    assertThat(node.count(Counter.MESSAGES_UNROUTABLE)).isEqualTo(2);
  }

  @Test
  void anExchangeLooksForRepeatsByPolicy() {
    declare("q");
    for (String exchange : List.of("before", "own")) {
      connection.ok(caller ->
          new Request.DeclareExchange(
              caller,
              Specs.exchange(
                  exchange,
                  "fanout",
                  exchange.equals("own")
                      ? Specs.arguments("x-deduplication-header", Value.of("mine"))
                      : Request.noArguments())));
      connection.ok(caller -> new Request.Bind(caller, List.of(Specs.toQueue(exchange, "q", ""))));
    }
    publishTwice("before", "id");
    assertThat(ready("q")).isEqualTo(2);
    node.declare(
        with(
            policy(
                "before|after|own",
                Policy.Target.EXCHANGES,
                "message-deduplication",
                new Value.Bool(true),
                "deduplication-header",
                Value.of("id"))));
    connection.ok(caller -> new Request.DeclareExchange(caller, Specs.exchange("after", "fanout")));
    connection.ok(caller -> new Request.Bind(caller, List.of(Specs.toQueue("after", "q", ""))));
    publishTwice("before", "id");
    assertThat(ready("q")).isEqualTo(3);
    publishTwice("after", "id");
    assertThat(ready("q")).isEqualTo(4);
    publishTwice("own", "id");
    assertThat(ready("q")).as("its own header is another one").isEqualTo(6);
    publishTwice("own", "mine");
    assertThat(ready("q")).isEqualTo(7);
    node.declare(with());
    publishTwice("before", "id");
    assertThat(ready("q")).isEqualTo(9);
  }

  private void publishTwice(String exchange, String header) {
    for (int n = 0; n < 2; n++) {
      connection.publish(Specs.message(Specs.address(exchange, ""), "m", Header.of(header, "1")));
    }
  }

  @Test
  void aPolicyThatCannotBeChangesNothing() {
    declare("q");
    node.declare(with(policy("", Policy.Target.QUEUES, "max-length", new Value.Int(2))));
    var refused =
        node.apply(with(policy("", Policy.Target.QUEUES, "max-length", Value.of("many"))));
    assertThat(refused.toString()).contains("policy ''").contains("x-max-length");
    publish("q", 5);
    assertThat(ready("q")).isEqualTo(2);
  }
}
