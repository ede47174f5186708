package io.serai.routing;

import static io.serai.routing.NodeRestarts.LOOPS;
import static io.serai.routing.NodeRestarts.binding;
import static io.serai.routing.NodeRestarts.confirmed;
import static io.serai.routing.NodeRestarts.peek;
import static io.serai.routing.NodeRestarts.persistent;
import static io.serai.routing.NodeRestarts.transientMessage;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.queueWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.store.FactKind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages of queues over a node that ends without a word. */
class RestartIT {
  private final NodeRestarts nodes = new NodeRestarts();

  @Test
  void persistentMessagesOfADurableQueueComeBackInOrderWhateverTheNumberOfLoops() {
    var node = nodes.start();
    var client = node.connect(0);
    for (int i = 0; i < 20; i++) {
      String name = "q" + i;
      client.ok(caller -> new Request.DeclareQueue(caller, queue(name)));
      client.publish(persistent(name, "a"), Publisher.CONFIRM);
      client.publish(transientMessage(name, "gone"));
      client.publish(persistent(name, "b"), Publisher.CONFIRM);
    }
    confirmed(client, 40);
    for (int loops : new int[] {3, 1, LOOPS}) {
      node = nodes.restarted(node, loops);
      var reader = node.connect(0);
      for (int i = 0; i < 20; i++) {
        String name = "q" + i;
        assertThat(reader.ok(caller -> new Request.CheckQueue(caller, name)).readyMessages())
            .isEqualTo(2);
      }
    }
    assertThat(peek(node.connect(0), "q7")).containsExactly("a", "b");
    node.close();
  }

  @Test
  void whatWasNotSyncedIsNotConfirmedAndMayBeGone() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.publish(persistent("q", "safe"), Publisher.CONFIRM);
    confirmed(client, 1);
    nodes.store().hold();
    client.publish(persistent("q", "unsafe"), Publisher.CONFIRM);
    node.settle();
    assertThat(confirmed(client, 1)).hasSize(1);
    node.close();
    var withTail = new RoutingNode(LOOPS, nodes.store().afterCrashWithTail());
    assertThat(peek(withTail.connect(0), "q")).containsExactly("safe", "unsafe");
    withTail.close();
    var without = new RoutingNode(LOOPS, nodes.store().afterCrash());
    assertThat(peek(without.connect(0), "q")).containsExactly("safe");
    without.close();
  }

  @Test
  void acknowledgedMessagesStayAwayAndDeliveredOnesAreMarkedRedelivered() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    for (String body : List.of("a", "b", "c", "d")) {
      client.publish(persistent("q", body), Publisher.CONFIRM);
    }
    confirmed(client, 4);
    client.ok(caller ->
        new Request.Consume(
            caller, "q", 1, new ConsumerOptions("t", false, false, 0, CreditMode.GRANTED, 3)));
    List<Delivery> got = client.deliveries(3);
    client.settle(got.get(1), Outcome.ACCEPTED);
    node.settle();
    node = nodes.restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("a again", "c again", "d");
    node.close();
  }

  @Test
  void aQueueThatCountsReturnsGoesOnCounting() {
    var node = nodes.start();
    var client = node.connect(0);
    Value.MapOf quorum =
        new Value.MapOf(List.of(new Value.Entry(Value.of("x-queue-type"), Value.of("quorum"))));
    client.ok(caller -> new Request.DeclareQueue(caller, queueWith("q", quorum)));
    client.publish(transientMessage("q", "all are kept"), Publisher.CONFIRM);
    confirmed(client, 1);
    for (int i = 0; i < 3; i++) {
      Delivery got = client.ok(caller -> new Request.Get(caller, "q", false)).delivery();
      assertThat(got).isNotNull();
      client.settle(got, Outcome.RETURNED);
    }
    node.settle();
    node = nodes.restarted(node);
    var reader = node.connect(0);
    Delivery back = reader.ok(caller -> new Request.Get(caller, "q", false)).delivery();
    assertThat(back).isNotNull();
    assertThat(back.deliveryCount()).isEqualTo(3);
    node.close();
  }

  @Test
  void prioritiesAndExpiryOutliveTheNode() throws InterruptedException {
    var node = nodes.start();
    var client = node.connect(0);
    Value.MapOf priorities =
        new Value.MapOf(List.of(new Value.Entry(Value.of("x-max-priority"), new Value.Int(5))));
    client.ok(caller -> new Request.DeclareQueue(caller, queueWith("q", priorities)));
    client.publish(persistent("q", "low"), Publisher.CONFIRM);
    client.publish(persistent("q", "high", Properties.builder().priority(4)), Publisher.CONFIRM);
    client.publish(
        persistent("q", "short", Properties.builder().priority(5).expiryMillis(1)),
        Publisher.CONFIRM);
    confirmed(client, 3);
    Thread.sleep(5); // what is restored counts from when it was received
    node = nodes.restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("high", "low");
    node.close();
  }

  @Test
  void aMessageOfManyQueuesIsInEachOfThemAgain() {
    var node = nodes.start(1);
    var client = node.connect(0);
    for (int i = 0; i < 3; i++) {
      String name = "q" + i;
      client.ok(caller -> new Request.DeclareQueue(caller, queue(name)));
      client.ok(caller -> new Request.Bind(caller, List.of(binding("amq.topic", name, false))));
    }
    client.publish(
        new Message(
            new Address("amq.topic", Topic.of("a.b", Spelling.DOT)),
            new Encoding.Neutral(Properties.builder().durable(true).build(), Headers.NONE),
            Body.ofUtf8("x"),
            Specs.ORIGIN,
            System.currentTimeMillis()),
        Publisher.CONFIRM);
    confirmed(client, 1);
    node = nodes.restarted(node, 1);
    var reader = node.connect(0);
    for (int i = 0; i < 3; i++) {
      String name = "q" + i;
      Delivery one = reader.ok(caller -> new Request.Get(caller, name, false)).delivery();
      assertThat(one).isNotNull();
      assertThat(one.message().holderCount()).as("read for its queue alone").isEqualTo(1);
      reader.settle(one, Outcome.ACCEPTED);
    }
    assertThat(reader.ok(caller -> new Request.Get(caller, "q0", false)).delivery()).isNull();
    node.close();
  }

  @Test
  void whatWasDeliveredStaysMarkedOverTwoCrashesThoughOnlySomeIsDeliveredAgain() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    for (String body : List.of("a", "b", "c", "d")) {
      client.publish(persistent("q", body), Publisher.CONFIRM);
    }
    confirmed(client, 4);
    for (int i = 0; i < 3; i++) {
      client.ok(caller -> new Request.Get(caller, "q", false));
    }
    node.settle();
    node = nodes.restarted(node);
    var second = node.connect(0);
    assertThat(second.ok(caller -> new Request.Get(caller, "q", false)).delivery().isRedelivered())
        .isTrue();
    node.settle();
    node = nodes.restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("a again", "b again", "c again", "d");
    node.close();
  }

  @Test
  void aDeletedQueueLeavesNoMarksOfAnEarlierRun() {
    var node = nodes.start();
    var client = node.connect(0);
    client.ok(caller ->
        new Request.DeclareQueue(
            caller,
            queueWith(
                "q",
                new Value.MapOf(
                    List.of(new Value.Entry(Value.of("x-max-priority"), new Value.Int(9)))))));
    client.publish(persistent("q", "a", Properties.builder().priority(7)), Publisher.CONFIRM);
    confirmed(client, 1);
    Delivery delivery = client.ok(caller -> new Request.Get(caller, "q", false)).delivery();
    client.settle(delivery, Outcome.ACCEPTED);
    node.settle();
    node = nodes.restarted(node);
    node.connect(0).ok(caller -> new Request.DeleteQueue(caller, "q", false, false));
    node.settle();
    assertThat(nodes.store().afterCrash().recover().facts())
        .noneMatch(fact -> fact.is(FactKind.DELIVERED));
    node.close();
  }
}
