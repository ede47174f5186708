package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.RepeatWindow;
import io.serai.bus.ShardCommand.Entry;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import io.serai.routing.exchange.Remembering;
import io.serai.routing.queue.DeadLetter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Works out where one message goes: access, exchanges, exchange-to-exchange bindings, alternate
 * exchanges and rules. Each queue gets one copy however many ways lead to it, with the match data
 * of every binding that matched. Used once and thrown away.
 */
final class Router {
  /** A key under the default exchange that means a topic, as reply-to addresses are written. */
  private static final String TOPIC_PREFIX = "/topic/";

  private final VhostTable vhost;
  private final List<Route.Dependency> dependencies = new ArrayList<>(4);
  private final List<Route.Leg> legs = new ArrayList<>(1);

  /** Queues an earlier leg reached; null while no later one can come. */
  private @Nullable Set<QueueRef> reached;

  /** Told the way; null on the data path. */
  private final @Nullable Consumer<RouteStep> steps;

  /** What the message is routed by beside its address's topic (CC and BCC). */
  private final List<Topic> more;

  /** Null for most messages: no exchange on the way looks for repeats. */
  private @Nullable RepeatWindows windows;

  /** The copies for histories of exchanges on the way, by exchange; null for most messages. */
  private @Nullable Map<String, Route.Leg> histories;

  /** The message as it came. */
  private @Nullable Message original;

  private boolean looksForRepeats = true;

  /** The loop where a copy waits that comes to a delayed exchange. */
  private int waitingLoop;

  private boolean isCacheable = true;
  private boolean admitsInternal;
  private boolean appliesRules = true;

  private Router(VhostTable vhost, @Nullable Consumer<RouteStep> steps, List<Topic> more) {
    this.vhost = vhost;
    this.steps = steps;
    this.more = more;
  }

  /** The route of a message that {@code caller} publishes. */
  static Route route(VhostTable vhost, Caller caller, Message message) {
    return route(vhost, caller, message, List.of());
  }

  /**
   * Likewise, routed by several topics: each queue that one of them leads to gets one copy, and an
   * alternate exchange takes over where none of them matches.
   */
  static Route route(VhostTable vhost, Caller caller, Message message, List<Topic> more) {
    Router router = new Router(vhost, null, more);
    router.admitsInternal = caller.principal() == NodePrincipal.NODE;
    return router.route(caller, message);
  }

  /**
   * The route of a message that a queue gave up. Dead letters come to internal exchanges too, as in
   * RabbitMQ.
   */
  static Route routeDeadLetter(VhostTable vhost, DeadLetter letter) {
    Router router = new Router(vhost, null, letter.message().encoding().moreTopics());
    router.admitsInternal = true;
    router.appliesRules = letter.isPublished();
    router.looksForRepeats = false; // it comes again by itself
    return router.route(letter.declaredBy(), letter.message());
  }

  /** The route of a message whoever publishes it, telling {@code steps} the way there. */
  static Route preview(VhostTable vhost, Message message, Consumer<RouteStep> steps) {
    return new Router(vhost, steps, List.of()).route(null, message);
  }

  /** The route of a message that {@code caller} would publish, telling {@code steps} the way. */
  static Route explain(
      VhostTable vhost, Caller caller, Message message, Consumer<RouteStep> steps) {
    return new Router(vhost, steps, message.encoding().moreTopics()).route(caller, message);
  }

  /** The route of what the broker answers to {@code caller}, with whose permission it is sent. */
  static Route routeAnswer(VhostTable vhost, Caller caller, Message answer) {
    Router router = new Router(vhost, null, List.of());
    router.appliesRules = false;
    return router.route(caller, answer);
  }

  /** The route of a message that an exchange remembers, from another one that is bound to it. */
  static Route routeFrom(VhostTable vhost, Exchange start, Message message) {
    Router router = new Router(vhost, null, message.encoding().moreTopics());
    router.original = message;
    router.looksForRepeats = false;
    router.addLeg(null, router.walk(start, message, router.more));
    return router.found(null);
  }

  private Route route(@Nullable Caller caller, Message message) {
    original = message;
    waitingLoop = caller == null ? 0 : caller.session().loop();
    Address written = message.address();
    Address meant = meant(written);
    Message routed = meant == null ? message : message.readdressed(meant);
    Address address = meant == null ? written : meant;
    Exchange exchange = address.exchange().isEmpty() ? null : lookUp(address.exchange());
    if (caller != null && !mayPublish(caller, exchange, address)) {
      return ended(PublishResult.DENIED);
    }
    if (exchange == null && !address.exchange().isEmpty()) {
      return ended(PublishResult.NO_EXCHANGE);
    }
    if (exchange != null && exchange.spec().internal() && !admitsInternal) {
      return ended(PublishResult.INTERNAL_EXCHANGE);
    }
    if (exchange != null && exchange.matcher().holds(routed)) {
      if (steps == null) {
        return held();
      }
      steps.accept(new RouteStep.Waits(exchange.name()));
    }
    addLeg(meant, walk(exchange, routed, more));
    if (appliesRules) {
      followRules(routed);
    }
    return found(meant);
  }

  private Route found(@Nullable Address meant) {
    PublishResult result = legs.isEmpty() ? PublishResult.UNROUTABLE : PublishResult.ROUTED;
    if (histories != null) {
      legs.addAll(histories.values()); // to be remembered is not to be routed
    }
    return new Route(result, meant, List.copyOf(legs), List.copyOf(dependencies), isCacheable);
  }

  private boolean mayPublish(Caller caller, @Nullable Exchange exchange, Address address) {
    if (!Access.mayPublish(caller, exchange, address)) {
      return false;
    }
    for (Topic topic : more) {
      if (!Access.mayPublish(caller, exchange, new Address(address.exchange(), topic))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The copies that the configuration's rules make of what clients publish. A rule takes a message
   * by any of its topics, and its captures are from that one.
   */
  private void followRules(Message routed) {
    dependencies.add(new Route.OnRules(vhost.rules()));
    followRulesBy(routed);
    for (Topic topic : more) {
      followRulesBy(routed.readdressed(new Address(routed.address().exchange(), topic)));
    }
  }

  private void followRulesBy(Message routed) {
    for (RoutingRule rule : vhost.rules().matching(routed)) {
      Address target = rule.target(routed);
      if (steps != null) {
        steps.accept(
            new RouteStep.Rule(
                rule.name(), target.exchange(), target.topic().spelled(Spelling.DOT)));
      }
      Exchange to = target.exchange().isEmpty() ? null : lookUp(target.exchange());
      if (to != null || target.exchange().isEmpty()) {
        addLeg(target, walk(to, routed.readdressed(target), List.of()));
      }
    }
  }

  /** A message waits on its publisher's loop until its delay is over, and is routed then. */
  private Route held() {
    Route.Leg leg = new Route.Leg(null, List.of(new Route.Part(waitingLoop, List.of())));
    return new Route(PublishResult.ROUTED, null, List.of(leg), List.of(), false);
  }

  private Route ended(PublishResult result) {
    return new Route(result, null, List.of(), List.copyOf(dependencies), true);
  }

  private @Nullable Exchange lookUp(String name) {
    Exchange exchange = vhost.exchange(name);
    dependencies.add(new Route.OnExchange(name, exchange));
    if (exchange == null && steps != null) {
      steps.accept(new RouteStep.NoExchange(name));
    }
    return exchange;
  }

  /** The topic that a key of the default exchange means, unless a queue has that name. */
  private @Nullable Address meant(Address written) {
    if (!written.exchange().isEmpty()) {
      return null;
    }
    String key = written.topic().spelled(Spelling.DOT);
    return key.startsWith(TOPIC_PREFIX) && named(written.topic()) == null
        ? Address.ofTopic(Topic.of(key.substring(TOPIC_PREFIX.length()), Spelling.DOT))
        : null;
  }

  // ---- one copy's way through the exchanges

  /**
   * The queues reached, with the match data of every binding that led there.
   *
   * @param start null for the default exchange
   * @param others further topics to go by
   */
  private FoundQueues walk(@Nullable Exchange start, Message message, List<Topic> others) {
    FoundQueues found = new FoundQueues();
    if (start == null) {
      addNamed(found, message.topic(), others);
      return found;
    }
    Way way = new Way(start);
    List<Bound> matched = new ArrayList<>();
    for (Exchange at = start; at != null; at = way.next()) {
      matched.clear();
      isCacheable &= !at.matcher().dependsOnMessage();
      if (waits(at, message)) {
        continue;
      }
      remember(at, message);
      match(at, message, others, matched);
      if (steps != null) {
        tell(at, matched, steps);
      }
      RepeatWindow window = looksForRepeats ? window(at) : null;
      for (int i = 0; i < matched.size(); i++) {
        Bound binding = matched.get(i);
        if (window != null) {
          handOn(window, binding.destination());
        }
        switch (binding.destination()) {
          case Destination.ToQueue(QueueRef queue) -> found.add(queue, binding.spec().match());
          case Destination.ToExchange(String next) -> way.goOn(next);
        }
      }
      String alternate = at.alternate();
      if (matched.isEmpty() && alternate != null) {
        if (window != null && !alternate.isEmpty()) {
          handOn(window, new Destination.ToExchange(alternate));
        }
        if (alternate.isEmpty()) {
          addNamed(found, message.topic(), others);
        } else {
          way.goOn(alternate);
        }
      }
    }
    return found;
  }

  /** The window of an exchange, or else of the first before it that has one; null for most. */
  private @Nullable RepeatWindow window(Exchange at) {
    RepeatWindow before = windows == null ? null : windows.of(at.name());
    return before != null ? before : at.window();
  }

  private void handOn(RepeatWindow window, Destination to) {
    RepeatWindows known = windows;
    if (known == null) {
      known = new RepeatWindows();
      windows = known;
    }
    known.handOn(window, to);
  }

  /**
   * Whether the copy for this exchange waits there, as one of its own, and goes on later. What is
   * published to a delayed exchange does not come here before its delay is over.
   */
  private boolean waits(Exchange at, Message message) {
    if (!at.matcher().holds(message)) {
      return false;
    }
    if (steps != null) {
      if (!at.name().equals(message.address().exchange())) {
        steps.accept(new RouteStep.Waits(at.name()));
      }
      return false; // the way it will go then is told
    }
    legs.add(
        new Route.Leg(
            new Address(at.name(), message.topic()),
            List.of(new Route.Part(waitingLoop, Entry.ROUTED_ON))));
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // the very message, or one with another address
  private void remember(Exchange at, Message message) {
    Remembering history = steps != null ? null : at.matcher().remembering();
    if (history == null || !history.remembers(message)) {
      return;
    }
    Map<String, Route.Leg> known = histories;
    if (known == null) {
      known = new LinkedHashMap<>();
      histories = known;
    }
    known.putIfAbsent(
        at.name(),
        new Route.Leg(
            message == original ? null : message.address(),
            List.of(
                new Route.Part(
                    LoopRouting.TOPOLOGY_LOOP,
                    Entry.toHistory(vhost.name(), at.name(), LoopRouting.TOPOLOGY_LOOP)))));
  }

  /** The bindings of one exchange that match by any of the topics, each once. */
  private static void match(Exchange at, Message message, List<Topic> others, List<Bound> matched) {
    at.matcher().match(message, matched::add);
    if (!others.isEmpty() && at.matcher().dependsOnTopic()) {
      Set<Bound> all = new LinkedHashSet<>(matched);
      for (Topic topic : others) {
        Address address = new Address(message.address().exchange(), topic);
        at.matcher().match(message.readdressed(address), all::add);
      }
      matched.clear();
      matched.addAll(all);
    }
  }

  /**
   * The exchanges still to visit, each once. A work list and not recursion, because clients choose
   * how long a chain of exchanges is. Takes memory only when there is more than one.
   */
  private final class Way {
    private final Exchange start;
    private @Nullable Set<String> visited;
    private @Nullable Deque<Exchange> open;

    Way(Exchange start) {
      this.start = start;
    }

    void goOn(String name) {
      Set<String> known = visited;
      if (known == null) {
        known = new HashSet<>();
        known.add(start.name());
        visited = known;
        open = new ArrayDeque<>();
      }
      if (known.add(name)) {
        Exchange exchange = lookUp(name);
        if (exchange != null && open != null) {
          open.add(exchange);
        }
      }
    }

    @Nullable Exchange next() {
      return open == null ? null : open.poll();
    }
  }

  private static void tell(Exchange at, List<Bound> matched, Consumer<RouteStep> steps) {
    steps.accept(new RouteStep.AtExchange(at.name(), at.type().name()));
    for (Bound binding : matched) {
      BindingSpec spec = binding.spec();
      steps.accept(
          new RouteStep.Matched(at.name(), spec.key(), spec.destination(), spec.toExchange()));
    }
    if (matched.isEmpty() && at.alternate() != null) {
      steps.accept(new RouteStep.Alternate(at.name(), at.alternate()));
    }
  }

  /** The default exchange binds every queue by its name (AMQP 0-9-1 §3.1.3.1). */
  private @Nullable QueueEntry named(Topic topic) {
    String key = topic.spelled(Spelling.DOT);
    QueueEntry queue = vhost.queue(key);
    dependencies.add(new Route.OnQueue(key, queue));
    if (steps != null) {
      steps.accept(new RouteStep.ByName(key, queue != null));
    }
    return queue;
  }

  private void addNamed(FoundQueues found, Topic topic, List<Topic> others) {
    addNamed(found, topic);
    for (Topic other : others) {
      addNamed(found, other);
    }
  }

  private void addNamed(FoundQueues found, Topic topic) {
    QueueEntry queue = named(topic);
    if (queue != null) {
      found.add(queue.ref(), null);
    }
  }

  private void addLeg(@Nullable Address readdressed, FoundQueues found) {
    Set<QueueRef> before = reached;
    if (before != null) {
      found.queues().removeAll(before);
    }
    if (found.isEmpty()) {
      return;
    }
    if (!vhost.rules().rules().isEmpty()) {
      if (before == null) {
        before = new HashSet<>();
        reached = before;
      }
      before.addAll(found.queues());
    }
    legs.add(new Route.Leg(readdressed, found.parts(windows)));
  }
}
