package io.serai.routing;

import static io.serai.routing.Specs.alternate;
import static io.serai.routing.Specs.arguments;
import static io.serai.routing.Specs.autoDelete;
import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.queueWith;
import static io.serai.routing.Specs.toExchange;
import static io.serai.routing.Specs.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.Source;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topology as connections of two loops see it. */
@Timeout(300)
class TopologyIT {
  private RoutingNode node;
  private RoutingNode.Connection here;
  private RoutingNode.Connection there;

  @BeforeEach
  void start() {
    node = new RoutingNode(2);
    here = node.connect(0);
    there = node.connect(1);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static QueueRef declare(RoutingNode.Connection connection, QueueSpec spec) {
    return connection.ok(caller -> new Request.DeclareQueue(caller, spec)).queue();
  }

  // ---- read your writes

  @Test
  void whatWasDeclaredOnOneLoopIsFoundFromTheOtherAtOnce() {
    Set<Integer> shards = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      RoutingNode.Connection declarer = i % 2 == 0 ? here : there;
      RoutingNode.Connection user = i % 2 == 0 ? there : here;
      String name = "queue-" + i;
      shards.add(declare(declarer, queue(name)).shard());
      declarer.ok(
          caller -> new Request.Bind(caller, List.of(toQueue("amq.direct", name, "key-" + name))));

      assertThat(user.publish(message("", name))).isEqualTo(PublishResult.ROUTED);
      assertThat(user.publish(message("amq.direct", "key-" + name)))
          .isEqualTo(PublishResult.ROUTED);
      assertThat(user.ok(caller -> new Request.Get(caller, name, true)).remaining()).isEqualTo(1);
    }
    assertThat(shards).as("queues are spread over the loops").containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void whatWasDeletedOnOneLoopIsGoneForTheOtherAtOnce() {
    for (int i = 0; i < 100; i++) {
      String name = "queue-" + i;
      declare(here, queue(name));
      assertThat(there.publish(message("", name))).isEqualTo(PublishResult.ROUTED);
      node.settle(); // nothing orders what two connections do but waiting

      int messages = here.ok(caller -> new Request.DeleteQueue(caller, name, false, false));

      assertThat(messages).isEqualTo(1);
      assertThat(there.publish(message("", name))).isEqualTo(PublishResult.UNROUTABLE);
      assertThat(there.refusal(caller -> new Request.CheckQueue(caller, name)))
          .isEqualTo("NOT_FOUND no queue '" + name + "' in vhost '/'");
    }
  }

  @Test
  void unbindingOneOfManyCachedRoutesIsSeenByTheNextPublish() {
    declare(here, queue("q"));
    for (int i = 0; i < 50; i++) {
      String key = "key-" + i;
      here.ok(caller -> new Request.Bind(caller, List.of(toQueue("amq.direct", "q", key))));
    }
    for (int i = 0; i < 50; i++) {
      assertThat(there.publish(message("amq.direct", "key-" + i))).isEqualTo(PublishResult.ROUTED);
    }
    List<Boolean> existed =
        here.ok(caller ->
            new Request.Unbind(
                caller,
                List.of(
                    toQueue("amq.direct", "q", "key-7"),
                    toQueue("amq.direct", "q", "never"),
                    toQueue("amq.direct", "no such queue", "x"),
                    toQueue("no such exchange", "q", "x"))));
    assertThat(existed).containsExactly(true, false, false, false);
    for (int i = 0; i < 50; i++) {
      assertThat(there.publish(message("amq.direct", "key-" + i)))
          .isEqualTo(i == 7 ? PublishResult.UNROUTABLE : PublishResult.ROUTED);
    }
  }

  // ---- publishing

  @Test
  void confirmsComeFromEveryShardThatGotAMessage() {
    List<String> onEach = oneQueuePerShard();
    onEach.forEach(name ->
        here.ok(caller -> new Request.Bind(caller, List.of(toQueue("amq.fanout", name, "")))));

    int both =
        here.publishBatch(
            List.of(message("amq.fanout", "a"), message("", onEach.get(1))), Publisher.CONFIRM);
    int none = here.publishBatch(List.of(message("", "nowhere")), Publisher.CONFIRM);
    int unasked = here.publishBatch(List.of(message("amq.fanout", "a")), 0);

    assertThat(both).isEqualTo(2);
    assertThat(none).isZero();
    assertThat(unasked).isZero();
    List<SessionEvent> events = here.events(seen -> seen.size() >= 2);
    assertThat(events)
        .containsExactly(
            new SessionEvent.Appended(here.ref, 1, List.of()),
            new SessionEvent.Appended(here.ref, 1, List.of()));
  }

  private List<String> oneQueuePerShard() {
    List<String> names = new ArrayList<>(List.of("", ""));
    for (int i = 0; names.contains(""); i++) {
      String name = "spread-" + i;
      names.set(declare(here, queue(name)).shard(), name);
    }
    return names;
  }

  @Test
  void orderIsKeptFromOnePublisherToQueuesOfBothLoops() {
    List<String> names = oneQueuePerShard();
    for (String name : names) {
      there.ok(caller -> new Request.Bind(caller, List.of(toQueue("amq.fanout", name, ""))));
      there.consume(name);
    }
    List<String> sent = new ArrayList<>();
    for (int batch = 0; batch < 50; batch++) {
      List<Message> messages = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String body = batch + "." + i;
        sent.add(body);
        messages.add(message(Specs.address("amq.fanout", "k"), body));
      }
      here.publishBatch(messages, 0);
    }
    var deliveries = there.deliveries(2 * sent.size());
    for (String name : names) {
      assertThat(
              deliveries.stream()
                  .filter(d -> d.consumer().queue().name().equals(name))
                  .map(d -> d.message().body().toUtf8()))
          .containsExactlyElementsOf(sent);
    }
  }

  // ---- queues

  @Test
  void anExclusiveQueueIsLockedForOthersAndEndsWithItsConnection() {
    String locked =
        "RESOURCE_LOCKED cannot obtain exclusive access to locked queue 'mine' in vhost '/'. It"
            + " could be originally declared on another connection or the exclusive property value"
            + " does not match that of the original declaration.";
    QueueSpec mine = queue("mine", Lifetime.EXCLUSIVE, Source.CLIENT);
    QueueRef ref = declare(there, mine);
    assertThat(ref.shard()).as("lives on its connection's loop").isEqualTo(1);

    assertThat(here.refusal(c -> new Request.DeclareQueue(c, mine))).isEqualTo(locked);
    assertThat(here.refusal(c -> new Request.DeclareQueue(c, queue("mine")))).isEqualTo(locked);
    assertThat(there.refusal(c -> new Request.DeclareQueue(c, queue("mine")))).isEqualTo(locked);
    assertThat(here.refusal(c -> new Request.CheckQueue(c, "mine"))).isEqualTo(locked);
    assertThat(here.refusal(c -> new Request.Get(c, "mine", true))).isEqualTo(locked);
    assertThat(here.refusal(c -> new Request.PurgeQueue(c, "mine"))).isEqualTo(locked);
    assertThat(here.refusal(c -> new Request.DeleteQueue(c, "mine", false, false)))
        .isEqualTo(locked);
    assertThat(here.refusal(c -> new Request.Bind(c, List.of(toQueue("amq.direct", "mine", "k")))))
        .isEqualTo(locked);
    var binding = List.of(toQueue("amq.direct", "mine", "k"));
    List<Boolean> existed = here.ok(c -> new Request.Unbind(c, binding));
    assertThat(existed).containsExactly(false);
    there.ok(c -> new Request.Bind(c, binding));
    assertThat(here.refusal(c -> new Request.Unbind(c, binding))).isEqualTo(locked);
    assertThat(declare(there, mine)).isEqualTo(ref);

    there.end();
    node.settle();
    assertThat(here.refusal(c -> new Request.CheckQueue(c, "mine"))).startsWith("NOT_FOUND");
    assertThat(here.publish(message("", "mine"))).isEqualTo(PublishResult.UNROUTABLE);
  }

  @Test
  void aSharedQueueIsNotMadeExclusiveByDeclaringItAgain() {
    declare(here, queue("shared"));
    assertThat(
            here.refusal(c ->
                new Request.DeclareQueue(c, queue("shared", Lifetime.EXCLUSIVE, Source.CLIENT))))
        .startsWith("RESOURCE_LOCKED cannot obtain exclusive access to locked queue 'shared'");
  }

  @Test
  void anInequivalentRedeclarationSaysWhatDiffers() {
    declare(here, queueWith("q", arguments("x-message-ttl", new Value.Int(1000))));
    // A client library's choice of number width does not count.
    declare(there, queueWith("q", arguments("x-message-ttl", new Value.Long(1000))));
    assertThat(
            there.refusal(c ->
                new Request.DeclareQueue(
                    c, queueWith("q", arguments("x-message-ttl", new Value.Int(2000))))))
        .isEqualTo(
            "PRECONDITION_FAILED inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/':"
                + " received '2000' but current is '1000'");
    assertThat(
            there.refusal(
                c -> new Request.DeclareQueue(c, queue("q", Lifetime.TRANSIENT, Source.CLIENT))))
        .isEqualTo(
            "PRECONDITION_FAILED inequivalent arg 'durable' for queue 'q' in vhost '/': received"
                + " 'false' but current is 'true'");
  }

  @Test
  void theBrokerNamesAQueueThatAsksForAName() {
    QueueRef first = declare(here, queue(""));
    QueueRef second = declare(here, queue(""));
    assertThat(first.name()).matches("amq\\.gen-[A-Za-z0-9_-]{22}").isNotEqualTo(second.name());
    assertThat(here.refusal(c -> new Request.DeclareQueue(c, queue("amq.gen-mine"))))
        .isEqualTo("ACCESS_REFUSED queue name 'amq.gen-mine' contains reserved prefix 'amq.*'");
    assertThat(declare(there, queue(first.name()))).isEqualTo(first);
  }

  @Test
  void deletingAsksWhetherAQueueIsUsedOrFull() {
    declare(here, queue("q"));
    here.publish(message("", "q"));
    assertThat(here.refusal(c -> new Request.DeleteQueue(c, "q", false, true)))
        .isEqualTo("PRECONDITION_FAILED queue 'q' in vhost '/' not empty");
    there.consume("q");
    there.delivered(1);
    assertThat(here.refusal(c -> new Request.DeleteQueue(c, "q", true, false)))
        .isEqualTo("PRECONDITION_FAILED queue 'q' in vhost '/' in use");
    int left = here.ok(c -> new Request.DeleteQueue(c, "q", false, true));
    assertThat(left).isZero();
    there.events(seen -> seen.stream().anyMatch(SessionEvent.ConsumerCancelled.class::isInstance));
    int ofMissing = here.ok(c -> new Request.DeleteQueue(c, "q", true, true));
    assertThat(ofMissing).isZero();
  }

  @Test
  void anAutoDeleteQueueGoesWithItsLastConsumer() {
    declare(
        here,
        new QueueSpec(
            "auto",
            QueueKind.CLASSIC,
            Lifetime.TRANSIENT,
            true,
            Request.noArguments(),
            Source.CLIENT));
    var consumer = there.consume("auto");
    assertThat(here.publish(message("", "auto"))).isEqualTo(PublishResult.ROUTED);
    there.ok(c -> new Request.CancelConsumer(c, consumer));
    node.settle();
    assertThat(here.refusal(c -> new Request.CheckQueue(c, "auto"))).startsWith("NOT_FOUND");
  }

  // ---- exchanges

  @Test
  void anAutoDeleteExchangeGoesWithTheLastBindingFromItAndWhatThatLeavesUnused() {
    here.ok(c -> new Request.DeclareExchange(c, autoDelete("first", "fanout")));
    here.ok(c -> new Request.DeclareExchange(c, autoDelete("second", "direct")));
    here.ok(c -> new Request.DeclareExchange(c, autoDelete("fresh", "direct")));
    declare(here, queue("q"));
    here.ok(c ->
        new Request.Bind(
            c, List.of(toExchange("first", "second", ""), toQueue("second", "q", "k"))));

    there.ok(c -> new Request.DeleteQueue(c, "q", false, false));

    assertThat(there.refusal(c -> new Request.CheckExchange(c, "second")))
        .isEqualTo("NOT_FOUND no exchange 'second' in vhost '/'");
    assertThat(there.refusal(c -> new Request.CheckExchange(c, "first"))).startsWith("NOT_FOUND");
    there.ok(c -> new Request.CheckExchange(c, "fresh"));
  }

  @Test
  void bindingIsAllOrNone() {
    declare(here, queue("q"));
    assertThat(
            here.refusal(c ->
                new Request.Bind(
                    c,
                    List.of(toQueue("amq.direct", "q", "k"), toQueue("amq.direct", "other", "k")))))
        .isEqualTo("NOT_FOUND no queue 'other' in vhost '/'");
    assertThat(here.publish(message("amq.direct", "k"))).isEqualTo(PublishResult.UNROUTABLE);
    assertThat(here.refusal(c -> new Request.Bind(c, List.of(toQueue("missing", "q", "k")))))
        .isEqualTo("NOT_FOUND no exchange 'missing' in vhost '/'");
  }

  @Test
  void exchangesAreRefusedInRabbitMqsWords() {
    assertThat(here.refusal(c -> new Request.DeclareExchange(c, exchange("x", "nonsense"))))
        .startsWith(
            "PRECONDITION_FAILED unknown exchange type 'nonsense', expected one of direct, fanout,"
                + " headers, topic, x-")
        .contains("x-consistent-hash");
    assertThat(here.refusal(c -> new Request.DeclareExchange(c, exchange("amq.x", "direct"))))
        .isEqualTo("ACCESS_REFUSED exchange name 'amq.x' contains reserved prefix 'amq.*'");
    here.ok(c -> new Request.DeclareExchange(c, exchange("amq.direct", "direct")));
    assertThat(here.refusal(c -> new Request.DeclareExchange(c, exchange("amq.direct", "topic"))))
        .isEqualTo(
            "PRECONDITION_FAILED inequivalent arg 'type' for exchange 'amq.direct' in vhost '/':"
                + " received 'topic' but current is 'direct'");
    for (var onDefault :
        List.<java.util.function.Function<io.serai.bus.Caller, Request<?>>>of(
            c -> new Request.DeclareExchange(c, exchange("", "direct")),
            c -> new Request.CheckExchange(c, ""),
            c -> new Request.DeleteExchange(c, "", false),
            c -> new Request.Bind(c, List.of(toQueue("", "q", "k"))),
            c -> new Request.Unbind(c, List.of(toExchange("amq.direct", "", "k"))))) {
      assertThat(here.refusal(onDefault))
          .isEqualTo("ACCESS_REFUSED operation not permitted on the default exchange");
    }
    assertThat(here.refusal(c -> new Request.DeleteExchange(c, "amq.topic", false)))
        .isEqualTo(
            "ACCESS_REFUSED deletion of system exchange 'amq.topic' in vhost '/' not allowed");
    here.ok(c -> new Request.DeclareExchange(c, exchange("used", "direct", alternate("a"))));
    declare(here, queue("q"));
    here.ok(c -> new Request.Bind(c, List.of(toQueue("used", "q", "k"))));
    assertThat(here.refusal(c -> new Request.DeleteExchange(c, "used", true)))
        .isEqualTo("PRECONDITION_FAILED exchange 'used' in vhost '/' in use");
    assertThat(here.refusal(c -> new Request.DeclareExchange(c, exchange("used", "direct"))))
        .isEqualTo(
            "PRECONDITION_FAILED inequivalent arg 'alternate-exchange' for exchange 'used' in"
                + " vhost '/': received none but current is the value 'a' of type 'longstr'");
    here.ok(c -> new Request.DeleteExchange(c, "used", false));
    here.ok(c -> new Request.DeleteExchange(c, "used", true));
    assertThat(here.publish(message("used", "k"))).isEqualTo(PublishResult.NO_EXCHANGE);
  }

  @Test
  void aFaultOfAnExchangeTypeFailsItsOwnRequestOnly() {
    declare(here, queue("q"));
    here.ok(c -> new Request.DeclareExchange(c, exchange("broken", "x-broken")));
    List<String> answers =
        here.together(
            c -> new Request.Bind(c, List.of(toQueue("amq.direct", "q", "before"))),
            c -> new Request.Bind(c, List.of(toQueue("broken", "q", "k"))),
            c -> new Request.Bind(c, List.of(toQueue("amq.direct", "q", "after"))));
    assertThat(answers)
        .containsExactly("", "INTERNAL_ERROR the change of topology failed, see the log", "");
    assertThat(there.publish(message("amq.direct", "after"))).isEqualTo(PublishResult.ROUTED);
  }

  @Test
  void whatWaitsInAnExchangeThatIsNotThereIsNotFound() {
    assertThat(here.refusal(c -> new Request.ListDelayed(c, "nowhere", 0, 10)))
        .isEqualTo("NOT_FOUND no exchange 'nowhere' in vhost '/'");
    assertThat(here.refusal(c -> new Request.CancelDelayed(c, "nowhere", "id")))
        .startsWith("NOT_FOUND");
  }
}
