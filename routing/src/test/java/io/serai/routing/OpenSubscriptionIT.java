package io.serai.routing;

import static io.serai.routing.Specs.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue of the connection's own that is declared, read and subscribed in one request. */
@Timeout(300)
class OpenSubscriptionIT {
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void itGetsTheRetainedValueAndWhatComesLater(int loop) {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection publisher = node.connect(0);
      publisher.publish(message("t/1", "kept"), Publisher.RETAIN);
      RoutingNode.Connection client = node.connect(loop);
      ConsumerRef consumer = client.ok(c -> open(c, "q", "t/+"));
      assertThat(consumer.queue().shard()).isEqualTo(loop);
      assertThat(client.delivered(1)).containsExactly("kept");
      publisher.publish(message("t/1", "later"));
      assertThat(client.deliveredUntil("later")).containsExactly("kept", "later");
    }
  }

  @Test
  void whatComesLiveAtThatMomentDoesNotComeAgain() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection publisher = node.connect(1);
      publisher.publish(message("end", "end"), Publisher.RETAIN);
      for (int round = 0; round < 50; round++) {
        String topic = "moment/" + round;
        RoutingNode.Connection client = node.connect(round % 2);
        Future<Integer> sent =
            publisher.publishUntilRouted(
                i -> message(topic, Integer.toString(i)), Publisher.RETAIN);
        ConsumerRef consumer = client.ok(c -> open(c, topic, topic));
        String last = Integer.toString(RoutingNode.await(sent));
        client.ok(c ->
            new Request.Subscribe(
                c, consumer.queue(), List.of(subscription(topic, "end", "m")), wanted("end")));
        assertThat(client.deliveredUntil("end")).as(topic).containsExactly(last, "end");
      }
    }
  }

  @Test
  void aNameThatIsTakenIsRefusedAndNothingIsLeftBehind() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection first = node.connect(0);
      first.ok(c -> open(c, "q", "a"));
      RoutingNode.Connection second = node.connect(1);
      assertThat(second.refusal(c -> open(c, "q", "b"))).startsWith("RESOURCE_LOCKED");
      assertThat(second.publish(message("b", "x"))).isEqualTo(PublishResult.UNROUTABLE);
      second.ok(c -> open(c, "another", "b"));
      assertThat(second.publish(message("b", "y"))).isEqualTo(PublishResult.ROUTED);
      assertThat(second.delivered(1)).containsExactly("y");
    }
  }

  @Test
  void aBindingThatCannotBeIsRefusedWithTheQueue() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection client = node.connect(1);
      BindingSpec nowhere = Specs.toQueue("missing", "q", "k");
      assertThat(
              client.refusal(c ->
                  new Request.OpenSubscription(
                      c,
                      spec("q"),
                      0,
                      options(),
                      List.of(subscription("q", "a", "m"), nowhere),
                      List.of())))
          .startsWith("NOT_FOUND");
      assertThat(client.refusal(c -> new Request.CheckQueue(c, "q"))).startsWith("NOT_FOUND");
      assertThat(client.publish(message("a", "x"))).isEqualTo(PublishResult.UNROUTABLE);
    }
  }

  @Test
  void othersFindItBeforeTheTopologyOwnersLoopHasLookedAtIt() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection client = node.connect(1);
      RoutingNode.Connection publisher = node.connect(1);
      Runnable goOn = node.hold(0);
      CompletableFuture<Result<ConsumerRef>> opened = client.start(c -> open(c, "q", "a"));
      assertThat(publisher.publish(message("a", "x"))).isEqualTo(PublishResult.ROUTED);
      assertThat(opened).isNotDone(); // whose queue it is is for the owner to know first
      goOn.run();
      RoutingNode.assertOk(opened.join());
      assertThat(client.delivered(1)).containsExactly("x");
      client.end();
      node.settle();
      assertThat(publisher.publish(message("a", "y"))).isEqualTo(PublishResult.UNROUTABLE);
    }
  }

  @Test
  void manyOpenWhileTheTopologyOwnerIsAtWorkAndNoneIsLost() {
    try (RoutingNode node = new RoutingNode(4)) {
      RoutingNode.Connection owner = node.connect(0);
      List<CompletableFuture<? extends Result<?>>> asked = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String name = "q" + i;
        asked.add(node.connect(i % 4).start(c -> open(c, name, "t/" + name)));
        asked.add(owner.start(c -> new Request.DeclareQueue(c, Specs.queue("own" + name))));
      }
      asked.forEach(one -> RoutingNode.assertOk(one.join()));
      RoutingNode.Connection publisher = node.connect(2);
      for (int i = 0; i < 400; i++) {
        assertThat(publisher.publish(message("t/q" + i, "x"))).isEqualTo(PublishResult.ROUTED);
        publisher.ok(checkQueue("ownq" + i));
      }
    }
  }

  private static Function<Caller, Request<Request.QueueInfo>> checkQueue(String name) {
    return c -> new Request.CheckQueue(c, name);
  }

  private static Request<ConsumerRef> open(Caller caller, String queue, String filter) {
    return new Request.OpenSubscription(
        caller,
        spec(queue),
        0,
        options(),
        List.of(subscription(queue, filter, "m")),
        wanted(filter));
  }

  private static QueueSpec spec(String name) {
    return new QueueSpec(
        name, QueueKind.CLASSIC, Lifetime.EXCLUSIVE, false, Request.noArguments(), Source.CLIENT);
  }

  private static ConsumerOptions options() {
    return new ConsumerOptions("c", true, false, 0, CreditMode.GRANTED, 1000);
  }

  private static List<Request.WantedRetained> wanted(String filter) {
    return List.of(new Request.WantedRetained(TopicFilter.ofMqtt(filter), new Specs.Matches("m")));
  }

  private static Message message(String topic, String body) {
    return Specs.message(Address.ofTopic(Topic.of(topic, Spelling.SLASH)), body);
  }
}
