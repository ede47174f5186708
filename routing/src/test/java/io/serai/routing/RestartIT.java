package io.serai.routing;

import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.queueWith;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What survives a node that ends without a word, and what does not. */
class RestartIT {
  private static final int LOOPS = 2;

  private MemoryNodeStore store = new MemoryNodeStore();

  /** Starts a node on what the one before left, with as many loops as wanted. */
  private RoutingNode restarted(RoutingNode before, int loops) {
    before.close();
    store = store.afterCrash();
    return new RoutingNode(loops, store);
  }

  private RoutingNode restarted(RoutingNode before) {
    return restarted(before, LOOPS);
  }

  private static Message persistent(String queue, String body, Properties.Builder properties) {
    return new Message(
        Address.ofQueue(queue),
        new Encoding.Neutral(properties.durable(true).build(), Headers.NONE),
        Body.ofUtf8(body),
        Specs.ORIGIN,
        System.currentTimeMillis());
  }

  private static Message persistent(String queue, String body) {
    return persistent(queue, body, Properties.builder());
  }

  private static Message transientMessage(String queue, String body) {
    return new Message(
        Address.ofQueue(queue),
        Encoding.Neutral.NONE,
        Body.ofUtf8(body),
        Specs.ORIGIN,
        System.currentTimeMillis());
  }

  private static List<SessionEvent.Appended> confirmed(
      RoutingNode.Connection connection, int count) {
    return connection
        .events(events ->
            events.stream().filter(SessionEvent.Appended.class::isInstance).count() >= count)
        .stream()
        .filter(SessionEvent.Appended.class::isInstance)
        .map(SessionEvent.Appended.class::cast)
        .toList();
  }

  /** Takes everything out of a queue without acknowledging it; answers body and count of each. */
  private static List<String> peek(RoutingNode.Connection connection, String queue) {
    List<String> all = new ArrayList<>();
    while (connection.ok(caller -> new Request.Get(caller, queue, false)).delivery()
        instanceof Delivery delivery) {
      all.add(delivery.message().body().toUtf8() + (delivery.isRedelivered() ? " again" : ""));
    }
    return all;
  }

  private static BindingSpec binding(String source, String destination, boolean toExchange) {
    return new BindingSpec(
        source,
        destination,
        toExchange,
        "a.*",
        Spelling.DOT,
        Request.noArguments(),
        null,
        Source.CLIENT);
  }

  private static ExchangeSpec exchange(String name, Lifetime lifetime) {
    return new ExchangeSpec(
        name, "topic", lifetime, false, false, Request.noArguments(), Source.CLIENT);
  }

  @Test
  void persistentMessagesOfADurableQueueComeBackInOrderWhateverTheNumberOfLoops() {
    var node = new RoutingNode(LOOPS, store);
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
      node = restarted(node, loops);
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
    var node = new RoutingNode(LOOPS, store);
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.publish(persistent("q", "safe"), Publisher.CONFIRM);
    confirmed(client, 1);
    store.hold();
    client.publish(persistent("q", "unsafe"), Publisher.CONFIRM);
    node.settle();
    assertThat(confirmed(client, 1)).hasSize(1);
    node.close();
    var withTail = new RoutingNode(LOOPS, store.afterCrashWithTail());
    assertThat(peek(withTail.connect(0), "q")).containsExactly("safe", "unsafe");
    withTail.close();
    var without = new RoutingNode(LOOPS, store.afterCrash());
    assertThat(peek(without.connect(0), "q")).containsExactly("safe");
    without.close();
  }

  @Test
  void acknowledgedMessagesStayAwayAndDeliveredOnesAreMarkedRedelivered() {
    var node = new RoutingNode(LOOPS, store);
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
    node = restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("a again", "c again", "d");
    node.close();
  }

  @Test
  void aQueueThatCountsReturnsGoesOnCounting() {
    var node = new RoutingNode(LOOPS, store);
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
    node = restarted(node);
    var reader = node.connect(0);
    Delivery back = reader.ok(caller -> new Request.Get(caller, "q", false)).delivery();
    assertThat(back).isNotNull();
    assertThat(back.deliveryCount()).isEqualTo(3);
    node.close();
  }

  @Test
  void prioritiesAndExpiryOutliveTheNode() throws InterruptedException {
    var node = new RoutingNode(LOOPS, store);
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
    node = restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("high", "low");
    node.close();
  }

  @Test
  void durableExchangesAndBindingsBetweenDurableThingsComeBack() {
    var node = new RoutingNode(LOOPS, store);
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareExchange(caller, exchange("d", Lifetime.DURABLE)));
    client.ok(caller -> new Request.DeclareExchange(caller, exchange("t", Lifetime.TRANSIENT)));
    client.ok(caller -> new Request.DeclareQueue(caller, queue("kept")));
    client.ok(caller ->
        new Request.DeclareQueue(caller, queue("gone", Lifetime.TRANSIENT, Source.CLIENT)));
    client.ok(caller ->
        new Request.DeclareQueue(caller, queue("mine", Lifetime.EXCLUSIVE, Source.CLIENT)));
    client.ok(caller ->
        new Request.Bind(
            caller,
            List.of(
                binding("amq.topic", "d", true),
                binding("d", "kept", false),
                binding("t", "kept", false),
                binding("d", "gone", false),
                binding("d", "mine", false))));
    node = restarted(node);
    var reader = node.connect(1);
    assertThat(reader.refusal(caller -> new Request.CheckExchange(caller, "t")))
        .contains("NOT_FOUND");
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "gone")))
        .contains("NOT_FOUND");
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "mine")))
        .contains("NOT_FOUND");
    Message message =
        new Message(
            new Address("amq.topic", Topic.of("a.b", Spelling.DOT)),
            Encoding.Neutral.NONE,
            Body.ofUtf8("x"),
            Specs.ORIGIN,
            System.currentTimeMillis());
    reader.publish(message, Publisher.CONFIRM);
    confirmed(reader, 1);
    assertThat(peek(reader, "kept")).containsExactly("x");
    // What was unbound stays unbound, and what was deleted takes its bindings along.
    reader.ok(caller -> new Request.Unbind(caller, List.of(binding("d", "kept", false))));
    reader.ok(caller -> new Request.DeleteExchange(caller, "d", false));
    node = restarted(node);
    var last = node.connect(0);
    assertThat(last.refusal(caller -> new Request.CheckExchange(caller, "d")))
        .contains("NOT_FOUND");
    last.ok(caller -> new Request.DeclareExchange(caller, exchange("d", Lifetime.DURABLE)));
    assertThat(last.publish(message)).isEqualTo(PublishResult.UNROUTABLE);
    node.close();
  }

  @Test
  void aDeletedQueueTakesItsMessagesAlong() {
    var node = new RoutingNode(LOOPS, store);
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.publish(persistent("q", "a"), Publisher.CONFIRM);
    confirmed(client, 1);
    client.ok(caller -> new Request.DeleteQueue(caller, "q", false, false));
    node = restarted(node);
    var reader = node.connect(0);
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "q"))).contains("NOT_FOUND");
    reader.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    assertThat(peek(reader, "q")).isEmpty();
    assertThat(store.recover().backlogs()).isEmpty();
    node.close();
  }

  @Test
  void aDeclarationIsAnsweredOnlyWhenItIsSafe() {
    var node = new RoutingNode(1, store);
    var client = node.connect(0);
    store.hold();
    var declared = client.start(caller -> new Request.DeclareQueue(caller, queue("q")));
    node.settle();
    assertThat(store.unsyncedBatches()).isPositive();
    assertThat(declared).isNotDone();
    store.sync();
    RoutingNode.assertOk(declared.join());
    node.close();
  }

  @Test
  void whatTheConfigurationDeclaresIsNoConflictAndWhatItNoLongerDeclaresGoes() {
    var conf = queue("conf", Lifetime.DURABLE, Source.CONF);
    var vhosts =
        List.of(
            new DeclaredTopology.Vhost(
                "/",
                List.of(),
                List.of(conf),
                List.of(
                    new BindingSpec(
                        "amq.topic",
                        "conf",
                        false,
                        "a.*",
                        Spelling.DOT,
                        Request.noArguments(),
                        null,
                        Source.CONF)),
                List.of()));
    var node = new RoutingNode(LOOPS, store, vhosts);
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("own")));
    client.publish(persistent("conf", "a"), Publisher.CONFIRM);
    client.publish(persistent("own", "b"), Publisher.CONFIRM);
    confirmed(client, 2);
    node.close();
    store = store.afterCrash();
    node = new RoutingNode(LOOPS, store, vhosts);
    assertThat(peek(node.connect(0), "conf")).containsExactly("a");
    node = restarted(node);
    var reader = node.connect(0);
    assertThat(reader.refusal(caller -> new Request.CheckQueue(caller, "conf")))
        .contains("NOT_FOUND");
    assertThat(peek(reader, "own")).containsExactly("b");
    node.close();
  }

  @Test
  void aQueueOfAVhostThatIsNotConfiguredWaitsForIt() {
    var node = new RoutingNode(LOOPS, store);
    var client = node.connect(0);
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.publish(persistent("q", "a"), Publisher.CONFIRM);
    confirmed(client, 1);
    node.close();
    store = store.afterCrash();
    var other = new DeclaredTopology.Vhost("/o", List.of(), List.of(), List.of(), List.of());
    node = new RoutingNode(LOOPS, store, List.of(other));
    node = restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("a");
    node.close();
  }

  @Test
  void aMessageOfManyQueuesIsInEachOfThemAgain() {
    var node = new RoutingNode(1, store);
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
    node = restarted(node, 1);
    var reader = node.connect(0);
    for (int i = 0; i < 3; i++) {
      String name = "q" + i;
      Delivery one = reader.ok(caller -> new Request.Get(caller, name, false)).delivery();
      assertThat(one).isNotNull();
      assertThat(one.message().holderCount()).as("read for its queue alone").isEqualTo(1);
      reader.settle(one, io.serai.bus.Outcome.ACCEPTED);
    }
    assertThat(reader.ok(caller -> new Request.Get(caller, "q0", false)).delivery()).isNull();
    node.close();
  }

  private static Message retained(String topic, String body, boolean isDurable) {
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        new Encoding.Neutral(Properties.builder().durable(isDurable).build(), Headers.NONE),
        Body.ofUtf8(body),
        Specs.ORIGIN,
        System.currentTimeMillis());
  }

  private static List<String> retainedIn(RoutingNode node, String filter) {
    var reader = node.connect(0);
    String name = "r" + reader.ref.id();
    var queue =
        reader
            .ok(caller ->
                new Request.DeclareQueue(caller, queue(name, Lifetime.EXCLUSIVE, Source.CLIENT)))
            .queue();
    reader.ok(caller ->
        new Request.Subscribe(
            caller,
            queue,
            List.of(),
            List.of(
                new Request.WantedRetained(TopicFilter.ofMqtt(filter), new Specs.Matches("r")))));
    node.settle();
    node.settle();
    node.settle();
    return peek(reader, name).stream().sorted().toList();
  }

  @Test
  void retainedValuesSurviveWhateverTheirQosAndTheNewestOfATopicCounts() {
    var node = new RoutingNode(LOOPS, store);
    var client = node.connect(0);
    int flags = Publisher.RETAIN | Publisher.CONFIRM;
    client.publish(retained("a/1", "old", true), flags);
    client.publish(retained("a/1", "new", true), flags);
    client.publish(retained("a/2", "removed", true), flags);
    client.publish(retained("a/2", "", true), flags);
    client.publish(retained("a/3", "transient too", false), flags);
    confirmed(client, 5);
    for (int loops : new int[] {3, 1, LOOPS}) {
      node = restarted(node, loops);
      assertThat(retainedIn(node, "a/#")).containsExactly("new", "transient too");
    }
    assertThat(store.recover().messages().get(Store.RETAINED_OWNER)).hasSize(2);
    node.close();
  }

  @Test
  void aRetainedPublishIsConfirmedOnlyWhenItsValueIsSafe() {
    var node = new RoutingNode(1, store);
    var client = node.connect(0);
    store.hold();
    client.publish(retained("a", "v", true), Publisher.RETAIN | Publisher.CONFIRM);
    node.settle();
    assertThat(store.unsyncedBatches()).isPositive();
    assertThat(confirmed(client, 0)).isEmpty();
    store.sync();
    assertThat(confirmed(client, 1)).hasSize(1);
    node.close();
  }

  @Test
  void whatWaitsForItsTimeWaitsOnAfterARestart() throws InterruptedException {
    var node = new RoutingNode(LOOPS, store);
    var client = node.connect(0);
    client.ok(caller ->
        new Request.DeclareExchange(
            caller,
            new ExchangeSpec(
                "later",
                "x-delayed-message",
                Lifetime.DURABLE,
                false,
                false,
                new Value.MapOf(
                    List.of(new Value.Entry(Value.of("x-delayed-type"), Value.of("direct")))),
                Source.CLIENT)));
    client.ok(caller -> new Request.DeclareQueue(caller, queue("q")));
    client.ok(caller ->
        new Request.Bind(
            caller,
            List.of(
                new BindingSpec(
                    "later",
                    "q",
                    false,
                    "k",
                    Spelling.DOT,
                    Request.noArguments(),
                    null,
                    Source.CLIENT))));
    client.publish(
        new Message(
            new Address("later", Topic.of("k", Spelling.DOT)),
            new Encoding.Neutral(
                Properties.builder().durable(true).build(),
                Headers.of(new Header("x-delay", new Value.Int(1_000)))),
            Body.ofUtf8("x"),
            Specs.ORIGIN,
            System.currentTimeMillis()),
        Publisher.CONFIRM);
    confirmed(client, 1);
    node = restarted(node, 3);
    var reader = node.connect(0);
    assertThat(peek(reader, "q")).isEmpty();
    long deadline = System.nanoTime() + 10_000_000_000L;
    List<String> got = List.of();
    while (got.isEmpty() && System.nanoTime() < deadline) {
      Thread.sleep(20);
      got = peek(reader, "q");
    }
    assertThat(got).containsExactly("x");
    node.close();
  }

  /** Writes to the store what an earlier run would have. */
  private void stored(Consumer<Store> writes) {
    Store handle = store.open(0, Runnable::run);
    writes.accept(handle);
    handle.flush();
  }

  @Test
  void whatACrashLeftOfADeletedQueueGoes() {
    stored(it -> it.append(1_000, 1, persistent("gone", "x"), null, false, 0));
    assertThat(store.recover().backlogs()).containsOnlyKeys(1_000L);
    new RoutingNode(LOOPS, store).close();
    assertThat(store.recover().backlogs()).isEmpty();
  }

  @Test
  void whatWaitsInAVhostThatIsNotConfiguredIsStillThereWhenItIs() throws InterruptedException {
    stored(it -> it.append(Store.DELAYED_OWNER, 1, persistent("q", "x"), null, false, 1));
    var other = new DeclaredTopology.Vhost("other", List.of(), List.of(), List.of(), List.of());
    var node = new RoutingNode(LOOPS, store, List.of(other));
    Thread.sleep(50); // it is due
    node.settle();
    node.close();
    assertThat(store.recover().messages().get(Store.DELAYED_OWNER)).hasSize(1);
  }

  @Test
  void aBindingOfAnExchangeWhoseTypeIsNotInstalledStaysStored() {
    var exchange =
        new ExchangeSpec(
            "plug",
            "x-not-installed",
            Lifetime.DURABLE,
            false,
            false,
            Request.noArguments(),
            Source.CLIENT);
    var binding = binding("plug", "amq.topic", true);
    stored(it -> {
      it.put(
          FactKind.EXCHANGE,
          Definitions.key(TestUser.VHOST, "plug"),
          Definitions.write(TestUser.VHOST, exchange));
      it.put(
          FactKind.BINDING,
          Definitions.key(TestUser.VHOST, binding),
          Definitions.write(TestUser.VHOST, binding));
    });
    new RoutingNode(LOOPS, store).close();
    assertThat(store.recover().facts())
        .anyMatch(it -> it.is(FactKind.EXCHANGE))
        .anyMatch(it -> it.is(FactKind.BINDING));
  }

  @Test
  void whatWasDeliveredStaysMarkedOverTwoCrashesThoughOnlySomeIsDeliveredAgain() {
    var node = new RoutingNode(LOOPS, store);
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
    node = restarted(node);
    var second = node.connect(0);
    assertThat(second.ok(caller -> new Request.Get(caller, "q", false)).delivery().isRedelivered())
        .isTrue();
    node.settle();
    node = restarted(node);
    assertThat(peek(node.connect(0), "q")).containsExactly("a again", "b again", "c again", "d");
    node.close();
  }

  @Test
  void aDeletedQueueLeavesNoMarksOfAnEarlierRun() {
    var node = new RoutingNode(LOOPS, store);
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
    node = restarted(node);
    node.connect(0).ok(caller -> new Request.DeleteQueue(caller, "q", false, false));
    node.settle();
    assertThat(store.afterCrash().recover().facts()).noneMatch(fact -> fact.is(FactKind.DELIVERED));
    node.close();
  }
}
