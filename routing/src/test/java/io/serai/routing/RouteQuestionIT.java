package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.ReplyTo;
import io.serai.model.Value;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A message that asks where it would go. */
@Timeout(300)
class RouteQuestionIT {
  private final RoutingNode node = new RoutingNode(2);
  private final RoutingNode.Connection client = node.connect(1);

  @BeforeEach
  void declare() {
    node.declare(
        List.of(
            new DeclaredTopology.Vhost(
                "/",
                List.of(),
                List.of(),
                List.of(),
                List.of(Specs.rule("copy", "plant/#", "", "q2")))));
    client.ok(caller -> new Request.DeclareExchange(caller, Specs.exchange("plant", "topic")));
    for (String queue : List.of("q1", "q2", "answers")) {
      client.ok(caller -> new Request.DeclareQueue(caller, Specs.queue(queue)));
    }
    client.ok(caller -> new Request.Bind(caller, List.of(Specs.toQueue("plant", "q1", "plant.*"))));
    client.consume("answers");
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static Message asking(Address address, String replyTo) {
    Properties properties =
        Properties.builder()
            .replyTo(new ReplyTo.Queue(replyTo))
            .correlationId(Value.of("c-1"))
            .build();
    return new Message(
        address,
        new Encoding.Neutral(properties, Headers.NONE),
        Body.ofUtf8("never delivered"),
        Specs.ORIGIN,
        1_000_000);
  }

  private JsonObject answer(Address address) {
    assertThat(client.publish(asking(address, "answers"), Publisher.EXPLAIN))
        .isEqualTo(PublishResult.ROUTED);
    Delivery delivery = client.deliveries(1).getLast();
    assertThat(delivery.message().properties().correlationId()).isEqualTo(Value.of("c-1"));
    assertThat(delivery.message().properties().contentType()).isEqualTo("application/json");
    return new JsonObject(client.delivered(1).getLast());
  }

  private long ready(String queue) {
    return client.ok(caller -> new Request.CheckQueue(caller, queue)).readyMessages();
  }

  @Test
  void theAnswerNamesRulesExchangesBindingsAndQueuesAndNothingIsDelivered() {
    JsonObject answer = answer(Specs.address("plant", "plant.1"));
    assertThat(answer.getBoolean("routed")).isTrue();
    assertThat(answer.getJsonArray("queues")).containsExactlyInAnyOrder("q1", "q2");
    assertThat(answer.getJsonArray("rules")).containsExactly("copy");
    assertThat(answer.getJsonArray("exchanges")).containsExactly("plant");
    assertThat(answer.getInteger("hidden")).isZero();
    assertThat(answer.getJsonArray("steps").encode())
        .isEqualTo(
            "[{\"step\":\"exchange\",\"name\":\"plant\",\"type\":\"topic\"},"
                + "{\"step\":\"binding\",\"source\":\"plant\",\"routing_key\":\"plant.*\","
                + "\"destination\":\"q1\",\"destination_type\":\"queue\"},"
                + "{\"step\":\"rule\",\"name\":\"copy\",\"exchange\":\"\",\"routing_key\":\"q2\"},"
                + "{\"step\":\"queue_name\",\"name\":\"q2\",\"exists\":true}]");
    node.settle();
    assertThat(ready("q1")).isZero();
    assertThat(ready("q2")).isZero();
    assertThat(node.count(Counter.MESSAGES_PUBLISHED)).isZero();
  }

  @Test
  void aMessageThatWouldGoNowhereIsExplainedToo() {
    JsonObject answer = answer(Specs.address("plant", "other"));
    assertThat(answer.getBoolean("routed")).isFalse();
    assertThat(answer.getJsonArray("queues")).isEmpty();
  }

  @Test
  void whatTheUserMayNotPublishIsNotExplained() {
    node.user.forbid("WRITE plant");
    assertThat(client.publish(asking(Specs.address("plant", "plant.1"), "answers"), 16))
        .isEqualTo(PublishResult.DENIED);
    assertThat(client.publish(asking(Specs.address("none", "k"), "answers"), Publisher.EXPLAIN))
        .isEqualTo(PublishResult.NO_EXCHANGE);
  }

  @Test
  void theAnswerNeedsThePermissionToWriteToItsQueueAndTheQueue() {
    Address address = Specs.address("plant", "plant.1");
    assertThat(client.publish(asking(address, "nobody"), Publisher.EXPLAIN))
        .isEqualTo(PublishResult.UNROUTABLE);
    node.user.forbid("WRITE amq.default");
    assertThat(client.publish(asking(address, "answers"), Publisher.EXPLAIN))
        .isEqualTo(PublishResult.DENIED);
  }

  @Test
  void queuesThatTheUserHasNothingToDoWithAreCountedAndNotNamed() {
    for (String action : List.of("READ", "WRITE", "CONFIGURE")) {
      node.user.forbid(action + " q1");
    }
    JsonObject answer = answer(Specs.address("plant", "plant.1"));
    assertThat(answer.getJsonArray("queues")).containsExactly("q2");
    assertThat(answer.getInteger("hidden")).isOne();
    assertThat(answer.encode()).doesNotContain("q1");
  }

  @Test
  void aRuleDoesNotNameAQueueThatTheUserHasNothingToDoWith() {
    for (String action : List.of("READ", "WRITE", "CONFIGURE")) {
      node.user.forbid(action + " q2");
    }
    JsonObject answer = answer(Specs.address("plant", "plant.1"));
    assertThat(answer.getJsonArray("rules")).containsExactly("copy");
    assertThat(answer.getJsonArray("queues")).containsExactly("q1");
    assertThat(answer.getInteger("hidden")).isOne();
    assertThat(answer.encode()).doesNotContain("q2");
  }

  @Test
  void aLongWayIsCut() {
    assertThat(answer(Specs.address("plant", "plant.1")).getBoolean("cut")).isFalse();
    client.ok(caller -> new Request.DeclareExchange(caller, Specs.exchange("all", "direct")));
    List<BindingSpec> bindings = new ArrayList<>();
    for (int i = 0; i < RouteAnswer.MOST_TOLD + 10; i++) {
      String queue = "to" + i;
      client.ok(caller -> new Request.DeclareQueue(caller, Specs.queue(queue)));
      bindings.add(Specs.toQueue("all", queue, "k"));
    }
    client.ok(caller -> new Request.Bind(caller, bindings));
    assertThat(client.publish(asking(Specs.address("all", "k"), "answers"), Publisher.EXPLAIN))
        .isEqualTo(PublishResult.ROUTED);
    client.deliveries(2);
    JsonObject answer = new JsonObject(client.delivered(2).getLast());
    assertThat(answer.getBoolean("cut")).isTrue();
    assertThat(answer.getBoolean("routed")).isTrue();
    assertThat(answer.getJsonArray("steps")).hasSize(RouteAnswer.MOST_TOLD);
    assertThat(answer.getJsonArray("queues")).hasSize(RouteAnswer.MOST_TOLD);
  }

  @Test
  void askingIsConfirmedWhenTheAnswerIsStored() {
    int shards =
        client.publishBatch(
            List.of(asking(Specs.address("plant", "plant.1"), "answers")),
            Publisher.EXPLAIN | Publisher.CONFIRM);
    assertThat(shards).isOne();
  }
}
