package io.serai.routing;

import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.subscription;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Caller;
import io.serai.bus.Delivery;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retained values while publishers go on: each subscriber gets every topic's values in order. */
@Timeout(120)
class RetainedIT {
  private static final int TOPICS = 8;

  @Test
  void aQueueOfAnotherProtocolGetsThemToo() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection publisher = node.connect(0);
      publisher.publish(message("live/1", "kept"), Publisher.RETAIN);
      RoutingNode.Connection client = node.connect(1);
      Request.QueueInfo queue = client.ok(c -> new Request.DeclareQueue(c, Specs.queue("plain")));
      client.ok(c ->
          new Request.Subscribe(
              c,
              queue.queue(),
              List.of(Specs.toQueue(Address.TOPIC_EXCHANGE, "plain", "live.*")),
              List.of(new Request.WantedRetained(TopicFilter.ofAmqp("live.*"), null))));
      client.consume("plain");
      assertThat(client.delivered(1)).containsExactly("kept");
      publisher.publish(message("live/1", "later"));
      assertThat(client.deliveredUntil("later")).containsExactly("kept", "later");
    }
  }

  @Test
  void aSubscriberGetsTheRetainedValueThenEachLaterOneExactlyOnce() throws Exception {
    try (RoutingNode node = new RoutingNode(3)) {
      AtomicBoolean isOver = new AtomicBoolean();
      AtomicInteger[] lastSent = new AtomicInteger[TOPICS];
      List<Thread> publishers = new ArrayList<>();
      for (int topic = 0; topic < TOPICS; topic++) {
        lastSent[topic] = new AtomicInteger();
        RoutingNode.Connection publisher = node.connect(topic % 3);
        String name = "live/" + topic;
        AtomicInteger counter = lastSent[topic];
        publishers.add(
            Thread.ofVirtual()
                .start(() -> {
                  while (!isOver.get()) {
                    int next = counter.get() + 1;
                    publisher.publish(message(name, Integer.toString(next)), Publisher.RETAIN);
                    counter.set(next);
                  }
                }));
      }
      int received = 0;
      for (int round = 0; round < 60; round++) {
        received += subscribeAndCheck(node, round, lastSent);
      }
      isOver.set(true);
      for (Thread publisher : publishers) {
        publisher.join();
      }
      assertThat(received).isGreaterThan(60 * TOPICS);
    }
  }

  private static int subscribeAndCheck(RoutingNode node, int round, AtomicInteger[] lastSent) {
    String name = "subscriber-" + round;
    RoutingNode.Connection subscriber = node.connect(round % 3);
    QueueRef queue = subscriber.ok(c -> new Request.DeclareQueue(c, queue(name))).queue();
    subscriber.consume(name);
    int[] before = new int[TOPICS];
    for (int topic = 0; topic < TOPICS; topic++) {
      before[topic] = lastSent[topic].get();
    }
    subscriber.ok(c -> subscribe(c, queue, "live/+"));
    List<Delivery> deliveries = subscriber.deliveries(TOPICS * 3);
    int[] last = new int[TOPICS];
    for (Delivery delivery : deliveries) {
      int topic = Integer.parseInt(delivery.message().topic().level(1));
      int value = Integer.parseInt(delivery.message().body().toUtf8());
      if (last[topic] == 0) {
        assertThat(value)
            .as("first value of topic %d in round %d", topic, round)
            .isBetween(before[topic], lastSent[topic].get() + 1);
      } else {
        assertThat(value)
            .as("next value of topic %d in round %d", topic, round)
            .isEqualTo(last[topic] + 1);
      }
      last[topic] = value;
    }
    subscriber.ok(c -> new Request.DeleteQueue(c, name, false, false));
    return deliveries.size();
  }

  @Test
  void subscribersThatComeTogetherShareBarriersAndAllGetTheValue() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection client = node.connect(1);
      client.publish(message("kept", "value"), Publisher.RETAIN);
      List<QueueRef> queues = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String name = "s" + i;
        queues.add(client.ok(c -> new Request.DeclareQueue(c, queue(name))).queue());
      }
      List<String> refusals =
          client.together(
              queues.stream()
                  .<java.util.function.Function<io.serai.bus.Caller, Request<?>>>map(
                      queue -> c -> subscribe(c, queue, "#"))
                  .toList());
      assertThat(refusals).hasSize(100).containsOnly("");
      for (QueueRef queue : queues) {
        RoutingNode.Connection subscriber = node.connect(1);
        subscriber.consume(queue.name());
        assertThat(subscriber.delivered(1)).as(queue.name()).containsExactly("value");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatComesLiveAtTheMomentOfSubscribingDoesNotComeAgain(int publisherLoop) {
    try (RoutingNode node = new RoutingNode(3)) {
      RoutingNode.Connection publisher = node.connect(publisherLoop);
      publisher.publish(message("end", "end"), Publisher.RETAIN);
      for (int round = 0; round < 50; round++) {
        String topic = "moment/" + round;
        RoutingNode.Connection subscriber = node.connect(round % 3);
        QueueRef queue = subscriber.ok(c -> new Request.DeclareQueue(c, queue(topic))).queue();
        subscriber.consume(topic);
        Future<Integer> sent =
            publisher.publishUntilRouted(
                i -> message(topic, Integer.toString(i)), Publisher.RETAIN);
        subscriber.ok(c -> subscribe(c, queue, topic));
        String last = Integer.toString(RoutingNode.await(sent));
        subscriber.ok(c -> subscribe(c, queue, "end")); // its value comes behind the first's
        assertThat(subscriber.deliveredUntil("end")).as(topic).containsExactly(last, "end");
      }
    }
  }

  @Test
  void valuesAreReadByTopicOrFilterWithoutASubscription() {
    try (RoutingNode node = new RoutingNode(3)) {
      RoutingNode.Connection client = node.connect(1);
      for (int i = 0; i < 20; i++) {
        client.publish(message("read/" + i, "value " + i), Publisher.RETAIN);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(bodies(client, "read/" + i, 100)).containsExactly("value " + i);
      }
      assertThat(bodies(client, "read/+", 100)).hasSize(20).contains("value 0", "value 19");
      assertThat(bodies(client, "read/+", 7)).hasSize(7);
      assertThat(bodies(client, "read/none", 100)).isEmpty();
    }
  }

  private static List<String> bodies(RoutingNode.Connection client, String filter, int most) {
    List<String> bodies = bodies(client, filter, most, false);
    assertThat(bodies(client, filter, most, true)).hasSameElementsAs(bodies);
    return bodies;
  }

  private static List<String> bodies(
      RoutingNode.Connection client, String filter, int most, boolean isBound) {
    return client
        .ok(c -> new Request.ReadRetained(c, TopicFilter.ofMqtt(filter), most, isBound))
        .stream()
        .map(message -> message.body().toUtf8())
        .toList();
  }

  @Test
  void onlyWhatGoesToATopicExchangeIsKept() {
    try (RoutingNode node = new RoutingNode(2)) {
      RoutingNode.Connection client = node.connect(0);
      Topic topic = Topic.of("kept/here", Spelling.SLASH);
      client.publish(Specs.message(new Address("amq.direct", topic), "direct"), Publisher.RETAIN);
      client.publish(Specs.message(new Address("amq.fanout", topic), "fanout"), Publisher.RETAIN);
      client.publish(message("kept/end", "end"), Publisher.RETAIN);
      QueueRef queue = client.ok(c -> new Request.DeclareQueue(c, queue("q"))).queue();
      client.consume("q");
      client.ok(c -> subscribe(c, queue, "kept/here"));
      client.ok(c -> subscribe(c, queue, "kept/end")); // its value comes behind the first
      assertThat(client.deliveredUntil("end")).containsExactly("end");
    }
  }

  private static Message message(String topic, String body) {
    return Specs.message(Address.ofTopic(Topic.of(topic, Spelling.SLASH)), body);
  }

  private static Request<Request.Done> subscribe(Caller caller, QueueRef queue, String filter) {
    return new Request.Subscribe(
        caller,
        queue,
        List.of(subscription(queue.name(), filter, "m")),
        List.of(new Request.WantedRetained(TopicFilter.ofMqtt(filter), new Specs.Matches("m"))));
  }
}
