package io.serai.routing;

import static io.serai.routing.Specs.address;
import static io.serai.routing.Specs.alternate;
import static io.serai.routing.Specs.exchange;
import static io.serai.routing.Specs.internal;
import static io.serai.routing.Specs.message;
import static io.serai.routing.Specs.queue;
import static io.serai.routing.Specs.rule;
import static io.serai.routing.Specs.subscription;
import static io.serai.routing.Specs.toExchange;
import static io.serai.routing.Specs.toQueue;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.MatchData;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final SessionRef SESSION = new SessionRef(0, 1);

  private final TestUser user = new TestUser();
  private final Caller caller = user.on(SESSION);
  private VhostTable table = VhostTable.predeclared("/");
  private long lastIncarnation;

  private void exchanges(ExchangeSpec... specs) {
    for (ExchangeSpec spec : specs) {
      table = table.with(Exchange.of(spec));
    }
  }

  private void queues(String... names) {
    for (String name : names) {
      long incarnation = ++lastIncarnation;
      int shard = (int) (incarnation % 3);
      table =
          table.with(
              new QueueEntry(new QueueRef("/", name, shard, 0, incarnation), queue(name), SESSION));
    }
  }

  private void bind(BindingSpec... bindings) {
    table = RoutingNode.assertOk(BindingChanges.bind(table, caller, List.of(bindings)));
  }

  private void rules(RoutingRule... rules) {
    table = table.with(RuleSet.of(List.of(rules)));
  }

  private Route route(Message message) {
    return Router.route(table, caller, message);
  }

  /** Queue names with how their match data would read, over all copies. */
  private static Map<String, String> reached(Route route) {
    Map<String, String> reached = new TreeMap<>();
    for (Route.Leg leg : route.legs()) {
      for (Route.Part part : leg.parts()) {
        for (Slot slot : part.slots()) {
          assertThat(slot.queue().shard()).isEqualTo(part.shard());
          List<String> names = new ArrayList<>();
          for (MatchData match : slot.matches()) {
            names.add(((Specs.Matches) match).name());
          }
          names.sort(null);
          assertThat(reached.put(slot.queue().name(), String.join("+", names)))
              .as("copies for " + slot.queue().name())
              .isNull();
        }
      }
    }
    return reached;
  }

  private List<String> queuesFor(String exchange, String key) {
    return List.copyOf(reached(route(message(exchange, key))).keySet());
  }

  // ---- exchanges

  @Test
  void defaultExchangeGoesByQueueName() {
    queues("q", "a.b");
    assertThat(queuesFor("", "q")).containsExactly("q");
    assertThat(queuesFor("", "a.b")).containsExactly("a.b");
    assertThat(route(message("", "none")).result()).isEqualTo(PublishResult.UNROUTABLE);
  }

  @Test
  void missingAndInternalExchangesAreToldApart() {
    exchanges(internal("inside", "fanout"));
    assertThat(route(message("none", "k")).result()).isEqualTo(PublishResult.NO_EXCHANGE);
    assertThat(route(message("inside", "k")).result()).isEqualTo(PublishResult.INTERNAL_EXCHANGE);
    assertThat(route(message("amq.rabbitmq.trace", "k")).result())
        .isEqualTo(PublishResult.INTERNAL_EXCHANGE);
    assertThat(route(message("amq.sys", "$SYS.broker.uptime")).result())
        .isEqualTo(PublishResult.INTERNAL_EXCHANGE);
    assertThat(route(message("amq.direct", "k")).result()).isEqualTo(PublishResult.UNROUTABLE);
  }

  @Test
  void aQueueGetsOneCopyWithTheMatchesOfAllItsBindings() {
    queues("s");
    bind(
        subscription("s", "plant/+/temp", "first"),
        subscription("s", "plant/#", "second"),
        subscription("s", "other/#", "third"),
        toQueue("amq.topic", "s", "plant.1.temp"));
    assertThat(reached(route(message("amq.topic", "plant.1.temp"))))
        .containsExactly(Map.entry("s", "first+second"));
  }

  @Test
  void cyclesOfExchangesEndAndEachQueueGetsOneCopy() {
    exchanges(exchange("a", "fanout"), exchange("b", "topic"), exchange("c", "direct"));
    queues("qa", "qb", "qc");
    bind(
        toExchange("a", "b", ""),
        toExchange("b", "c", "#"),
        toExchange("c", "a", "k"),
        toExchange("a", "a", ""),
        toExchange("b", "a", "k"),
        toQueue("a", "qa", ""),
        toQueue("b", "qb", "*"),
        toQueue("b", "qa", "k"),
        toQueue("c", "qc", "k"));
    for (String start : List.of("a", "b", "c")) {
      assertThat(queuesFor(start, "k")).containsExactly("qa", "qb", "qc");
    }
    assertThat(queuesFor("c", "other")).isEmpty();
  }

  @Test
  void internalExchangesTakeMessagesFromOtherExchanges() {
    exchanges(exchange("front", "fanout"), internal("inside", "fanout"));
    queues("q");
    bind(toExchange("front", "inside", ""), toQueue("inside", "q", ""));
    assertThat(queuesFor("front", "k")).containsExactly("q");
  }

  @Test
  void aChainOfManyExchangesNeedsNoStack() {
    int length = 20_000;
    queues("q");
    exchanges(exchange("x0", "fanout"));
    for (int i = 1; i < length; i++) {
      exchanges(exchange("x" + i, "fanout"));
      bind(toExchange("x" + (i - 1), "x" + i, ""));
    }
    bind(toQueue("x" + (length - 1), "q", ""));
    assertThat(queuesFor("x0", "k")).containsExactly("q");
  }

  @Test
  void alternateExchangeGetsWhatMatchesNothing() {
    exchanges(
        exchange("first", "direct", alternate("second")),
        exchange("second", "topic", alternate("third")),
        exchange("third", "fanout", alternate("first")),
        exchange("lost", "direct", alternate("nowhere")),
        exchange("byName", "direct", alternate("")));
    queues("q1", "q2", "q3");
    bind(toQueue("first", "q1", "one"), toQueue("second", "q2", "two.#"));
    bind(toQueue("third", "q3", ""));
    assertThat(queuesFor("first", "one")).containsExactly("q1");
    assertThat(queuesFor("first", "two.x")).containsExactly("q2");
    assertThat(queuesFor("first", "three")).containsExactly("q3");
    assertThat(queuesFor("byName", "q2")).containsExactly("q2");
    assertThat(route(message("lost", "x")).result()).isEqualTo(PublishResult.UNROUTABLE);
    bind(toExchange("first", "lost", "four"));
    assertThat(queuesFor("first", "four")).as("a binding matched, though it led nowhere").isEmpty();
  }

  // ---- several topics

  private List<String> queuesFor(String exchange, String key, String... more) {
    List<Topic> topics = new ArrayList<>();
    for (String one : more) {
      topics.add(Topic.of(one, Spelling.DOT));
    }
    Route route = Router.route(table, caller, message(exchange, key), topics);
    return List.copyOf(reached(route).keySet());
  }

  @Test
  void severalTopicsReachTheUnionOfTheirQueuesEachOnce() {
    exchanges(exchange("d", "direct"), exchange("t", "topic"), exchange("f", "fanout"));
    queues("q1", "q2", "q3");
    bind(toQueue("d", "q1", "a"), toQueue("d", "q2", "b"), toQueue("d", "q1", "b"));
    bind(toQueue("t", "q1", "x.#"), toQueue("t", "q2", "*.y"), toQueue("t", "q3", "z"));
    bind(toQueue("f", "q3", ""));
    assertThat(queuesFor("d", "a", "b", "none")).containsExactly("q1", "q2");
    assertThat(queuesFor("d", "none", "b")).containsExactly("q1", "q2");
    assertThat(queuesFor("t", "x.y", "x.z", "z")).containsExactly("q1", "q2", "q3");
    assertThat(queuesFor("f", "a", "b", "a")).containsExactly("q3");
    assertThat(queuesFor("", "q2", "q3", "q2", "none")).containsExactly("q2", "q3");
  }

  @Test
  void rulesTakeAMessageByAnyOfItsTopics() {
    exchanges(exchange("d", "direct"));
    queues("q1", "q2", "q3", "main");
    bind(toQueue("d", "main", "a"));
    rules(
        rule("first", "a/#", "", "q1"),
        rule("second", "plant/+", "", "q2"),
        rule("third", "other", "", "q3"));
    assertThat(queuesFor("d", "a", "plant.7", "plant.8")).containsExactly("main", "q1", "q2");
    assertThat(queuesFor("d", "a")).containsExactly("main", "q1");
  }

  @Test
  void aSubscriptionThatSeveralTopicsMatchCountsOnce() {
    queues("s");
    bind(subscription("s", "plant/#", "first"), subscription("s", "plant/2", "second"));
    Route route =
        Router.route(
            table,
            caller,
            message("amq.topic", "plant.1"),
            List.of(Topic.of("plant.2", Spelling.DOT)));
    assertThat(reached(route)).containsExactly(Map.entry("s", "first+second"));
  }

  @Test
  void theAlternateTakesOverWhereNoneOfTheTopicsMatches() {
    exchanges(exchange("main", "direct", alternate("rest")), exchange("rest", "direct"));
    queues("q1", "q2");
    bind(toQueue("main", "q1", "a"), toQueue("rest", "q2", "b"));
    assertThat(queuesFor("main", "b", "a")).containsExactly("q1");
    assertThat(queuesFor("main", "c", "b")).containsExactly("q2");
  }

  @Test
  void everyTopicNeedsThePermissionToPublish() {
    exchanges(exchange("t", "topic"));
    queues("q1");
    bind(toQueue("t", "q1", "#"));
    user.forbid("PUBLISH secret");
    Route route =
        Router.route(
            table, caller, message("t", "open"), List.of(Topic.of("secret", Spelling.DOT)));
    assertThat(route.result()).isEqualTo(PublishResult.DENIED);
  }

  // ---- exchanges that look for repeats

  @Test
  void queuesBehindAnExchangeThatLooksForRepeatsAreTold() {
    exchanges(
        exchange("in", "topic", Specs.arguments("x-message-deduplication", new Value.Bool(true))),
        exchange("next", "fanout"),
        exchange("plugin", "x-message-deduplication"),
        exchange("plain", "fanout"));
    queues("q1", "q2", "q3");
    bind(toQueue("in", "q1", "#"), toExchange("in", "next", "#"), toQueue("next", "q2", ""));
    bind(toQueue("plugin", "q3", ""), toQueue("plain", "q3", ""));
    assertThat(windows(route(message("in", "k")))).isEqualTo(Map.of("q1", "in", "q2", "in"));
    assertThat(windows(route(message("next", "k")))).isEmpty();
    assertThat(windows(route(message("plugin", "k")))).isEqualTo(Map.of("q3", "plugin"));
    assertThat(windows(route(message("plain", "k")))).isEmpty();
  }

  private static Map<String, String> windows(Route route) {
    Map<String, String> windows = new TreeMap<>();
    for (Route.Leg leg : route.legs()) {
      for (Route.Part part : leg.parts()) {
        for (Slot slot : part.slots()) {
          if (slot.window() != null) {
            windows.put(slot.queue().name(), slot.window().scope());
          }
        }
      }
    }
    return windows;
  }

  // ---- addresses that mean a topic

  @Test
  void aReplyToOfTheDefaultExchangeMeansTheTopicUnlessAQueueHasThatName() {
    queues("s", "plain");
    bind(subscription("s", "reply/+", "sub"));
    Route route = route(message("", "/topic/reply.7"));
    assertThat(reached(route)).containsExactly(Map.entry("s", "sub"));
    Address meant = Address.ofTopic(Topic.of("reply/7", Spelling.SLASH));
    assertThat(route.meant()).isEqualTo(meant);
    assertThat(route.legs().getFirst().readdressed()).isEqualTo(meant);
    user.forbid("PUBLISH reply.7");
    assertThat(route(message("", "/topic/reply.7")).result()).isEqualTo(PublishResult.DENIED);
    user.allow("PUBLISH reply.7");
    user.forbid("WRITE amq.topic");
    assertThat(route(message("", "/topic/reply.7")).result()).isEqualTo(PublishResult.DENIED);

    Route before = route(message("", "/topic/reply.8"));
    queues("/topic/reply.8");
    assertThat(before.holds(table)).isFalse();
    assertThat(queuesFor("", "/topic/reply.8")).containsExactly("/topic/reply.8");
  }

  // ---- access

  @Test
  void publishingNeedsWriteAndOnTopicExchangesTheTopic() {
    queues("q");
    bind(toQueue("amq.topic", "q", "#"), toQueue("amq.direct", "q", "secret"));
    user.forbid("PUBLISH secret");
    assertThat(route(message("amq.topic", "secret")).result()).isEqualTo(PublishResult.DENIED);
    assertThat(route(message("amq.topic", "open")).result()).isEqualTo(PublishResult.ROUTED);
    assertThat(route(message("amq.direct", "secret")).result()).isEqualTo(PublishResult.ROUTED);
    user.forbid("WRITE amq.direct");
    assertThat(route(message("amq.direct", "secret")).result()).isEqualTo(PublishResult.DENIED);
    user.forbid("WRITE amq.default");
    assertThat(route(message("", "q")).result()).isEqualTo(PublishResult.DENIED);
  }

  @Test
  void aRefusedPublisherIsToldWhatIsKeptFromIt() {
    Address address = message("amq.topic", "secret").address();
    user.forbid("PUBLISH secret");
    assertThat(whyDenied(address))
        .isEqualTo(
            "write access to topic 'secret' in exchange 'amq.topic' in vhost '/' refused for user"
                + " 'guest'");
    user.forbid("WRITE amq.topic");
    assertThat(whyDenied(address))
        .isEqualTo("write access to exchange 'amq.topic' in vhost '/' refused for user 'guest'");
  }

  private String whyDenied(Address address) {
    return Objects.requireNonNull(PublishResult.DENIED.refusal(address, caller)).text();
  }

  // ---- rules

  @Test
  void aRulePublishesUnderTheTopicBuiltFromItsCaptures() {
    exchanges(exchange("orders", "topic"));
    queues("line");
    bind(toQueue("orders", "line", "temp.#"));
    rules(
        new RoutingRule(
            "temperatures",
            "mqtt",
            TopicFilter.ofMqtt("plant/+/temp/#"),
            "amq.topic",
            "guest",
            "orders",
            List.of(
                List.of(new RoutingRule.Fixed("temp")),
                List.of(new RoutingRule.Fixed("line-"), new RoutingRule.Captured(0)),
                List.of(new RoutingRule.Captured(1)))));
    Message mqtt = fromProtocol("mqtt-5.0", "plant/a.b/temp/in/side");
    Route route = route(mqtt);
    assertThat(reached(route)).containsExactly(Map.entry("line", ""));
    Address target = route.legs().getFirst().readdressed();
    assertThat(target.exchange()).isEqualTo("orders");
    assertThat(target.topic().levelList()).containsExactly("temp", "line-a.b", "in", "side");

    assertThat(route(fromProtocol("amqp-0-9-1", "plant/1/temp")).result())
        .isEqualTo(PublishResult.UNROUTABLE);
    assertThat(route(fromProtocol("mqttish", "plant/1/temp")).result())
        .isEqualTo(PublishResult.UNROUTABLE);
    assertThat(route(fromProtocol("mqtt", "plant/1/temp")).result())
        .isEqualTo(PublishResult.ROUTED);
    assertThat(route(fromProtocol("mqtt-3.1.1", "plant/1/speed")).result())
        .isEqualTo(PublishResult.UNROUTABLE);
  }

  private static Message fromProtocol(String protocol, String topic) {
    Message like = message("amq.topic", "x");
    return new Message(
        Address.ofTopic(Topic.of(topic, Spelling.SLASH)),
        like.encoding(),
        like.body(),
        new Origin(protocol, "/", "guest", ""),
        0);
  }

  @Test
  void aQueueReachedByBindingAndByRuleGetsTheMessageAsItCame() {
    queues("q", "other");
    bind(subscription("q", "a/#", "sub"));
    rules(rule("copy", "a/b", "", "q"), rule("again", "#", "", "other"), rule("x", "#", "", "q"));
    Route route = route(message("amq.topic", "a.b"));
    assertThat(reached(route)).containsExactly(Map.entry("other", ""), Map.entry("q", "sub"));
    assertThat(route.legs()).hasSize(2);
    assertThat(route.legs().getFirst().readdressed()).isNull();
    assertThat(route.legs().getLast().readdressed()).isEqualTo(address("", "other"));
  }

  @Test
  void whatDoesNotGoByTopicIsAskedOnceForAllOfThem() {
    exchanges(exchange("any", "x-random"));
    queues("a", "b", "c", "d", "e");
    for (String queue : List.of("a", "b", "c", "d", "e")) {
      bind(toQueue("any", queue, ""));
    }
    List<Topic> more = List.of(Topic.of("k1", Spelling.DOT), Topic.of("k2", Spelling.DOT));
    for (int i = 0; i < 20; i++) {
      assertThat(reached(Router.route(table, caller, message("any", "k"), more))).hasSize(1);
    }
  }

  @Test
  void rulesDoNotApplyToCopiesNorToWhatIsDenied() {
    queues("q", "second");
    rules(rule("first", "a/#", "amq.topic", "b"), rule("chain", "b", "", "q"));
    assertThat(route(message("amq.topic", "a")).result()).isEqualTo(PublishResult.UNROUTABLE);
    user.forbid("PUBLISH b");
    assertThat(route(message("amq.topic", "b")).result()).isEqualTo(PublishResult.DENIED);
  }

  // ---- how long a route holds

  @Test
  void aRouteHoldsWhileWhatItWentByIsUnchanged() {
    exchanges(exchange("mine", "topic"), exchange("other", "topic"), exchange("next", "fanout"));
    queues("q", "r");
    bind(toQueue("mine", "q", "k"), toExchange("mine", "next", "k"));
    Route route = route(message("mine", "k"));
    assertThat(route.isCacheable()).isTrue();

    for (int i = 0; i < 100; i++) {
      queues("churn-" + i);
      bind(toQueue("other", "churn-" + i, "k"), subscription("churn-" + i, "#", "m"));
      exchanges(exchange("churn-" + i, "direct"));
    }
    assertThat(route.holds(table)).as("churn elsewhere").isTrue();

    VhostTable before = table;
    bind(toQueue("next", "r", ""));
    assertThat(route.holds(table)).as("a binding further on").isFalse();
    assertThat(route.holds(before)).isTrue();
    table = before.without(before.queue("q"));
    assertThat(route.holds(table)).as("a queue that went").isFalse();
    table = before.with(RuleSet.of(List.of(rule("new", "#", "", "r"))));
    assertThat(route.holds(table)).as("a new rule").isFalse();
    table = before.without(before.exchange("mine"));
    assertThat(route.holds(table)).as("the exchange itself").isFalse();
  }

  @Test
  void routesThroughAHeadersExchangeAreNotKept() {
    exchanges(exchange("front", "fanout"), exchange("by-header", "headers"));
    queues("q");
    bind(toExchange("front", "by-header", ""), toQueue("by-header", "q", ""));
    assertThat(route(message("front", "k")).isCacheable()).isFalse();
  }
}
