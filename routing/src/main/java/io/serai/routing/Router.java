package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.MatchData;
import io.serai.bus.PublishResult;
import io.serai.bus.QueueRef;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Works out where one message goes: exchanges, exchange-to-exchange bindings, alternate exchanges
 * and rules. Each queue gets one copy however many ways lead to it. Used once and thrown away.
 */
final class Router {
  /**
   * A routing key under the default exchange that means a topic, as reply-to addresses are written.
   */
  private static final String TOPIC_PREFIX = "/topic/";

  private final VhostTable vhost;
  private final int shards;
  private final Consumer<RouteStep> steps;
  private final List<Route.Dependency> dependencies = new ArrayList<>();
  private final Set<QueueRef> reached = new HashSet<>();
  private boolean cacheable = true;

  private Router(VhostTable vhost, int shards, Consumer<RouteStep> steps) {
    this.vhost = vhost;
    this.shards = shards;
    this.steps = steps;
  }

  /**
   * The route of {@code message}.
   *
   * @param shards how many shards the node has
   */
  static Route route(VhostTable vhost, Message message, int shards) {
    return route(vhost, message, shards, _ -> {});
  }

  /** As {@link #route(VhostTable, Message, int)}, telling {@code steps} the way there. */
  static Route route(VhostTable vhost, Message message, int shards, Consumer<RouteStep> steps) {
    return new Router(vhost, shards, steps).route(message);
  }

  private Route route(Message message) {
    Address address = message.address();
    List<Route.Leg> legs = new ArrayList<>(1);
    PublishResult result = PublishResult.UNROUTABLE;
    if (!address.exchange().isEmpty()) {
      Exchange exchange = lookUp(address.exchange());
      if (exchange == null) {
        return new Route(PublishResult.NO_EXCHANGE, List.of(), List.copyOf(dependencies), true);
      }
      if (exchange.spec().internal()) {
        return new Route(
            PublishResult.INTERNAL_EXCHANGE, List.of(), List.copyOf(dependencies), true);
      }
    }
    List<List<Slot>> own = walk(address.exchange(), message);
    if (!own.isEmpty()) {
      legs.add(new Route.Leg(null, own));
      result = PublishResult.ROUTED;
    }
    dependencies.add(new Route.OnRules(vhost.rules()));
    for (RoutingRule rule : vhost.rules().matching(message)) {
      Address target = rule.target(message);
      steps.accept(
          new RouteStep.Rule(rule.name(), target.exchange(), target.topic().spelled(Spelling.DOT)));
      List<List<Slot>> copies = walk(target.exchange(), message.readdressed(target));
      if (!copies.isEmpty()) {
        legs.add(new Route.Leg(target, copies));
        result = PublishResult.ROUTED;
      }
    }
    return new Route(result, List.copyOf(legs), List.copyOf(dependencies), cacheable);
  }

  private @org.jspecify.annotations.Nullable Exchange lookUp(String name) {
    Exchange exchange = vhost.exchanges().get(name);
    dependencies.add(new Route.OnExchange(name, exchange));
    return exchange;
  }

  /** The queues reached from an exchange that no earlier leg reached, by shard; empty for none. */
  private List<List<Slot>> walk(String start, Message message) {
    Map<QueueRef, Set<Bound>> found = new LinkedHashMap<>();
    Set<String> visited = new HashSet<>();
    visit(start, message, visited, found);
    found.keySet().removeIf(queue -> !reached.add(queue));
    if (found.isEmpty()) {
      return List.of();
    }
    List<List<Slot>> byShard = new ArrayList<>(shards);
    for (int i = 0; i < shards; i++) {
      byShard.add(new ArrayList<>());
    }
    found.forEach(
        (queue, bindings) -> byShard.get(queue.shard()).add(new Slot(queue, matches(bindings))));
    byShard.replaceAll(List::copyOf);
    return List.copyOf(byShard);
  }

  private static List<MatchData> matches(Set<Bound> bindings) {
    List<MatchData> matches = new ArrayList<>();
    for (Bound binding : bindings) {
      MatchData match = binding.spec().match();
      if (match != null) {
        matches.add(match);
      }
    }
    return List.copyOf(matches);
  }

  private void visit(
      String name, Message message, Set<String> visited, Map<QueueRef, Set<Bound>> found) {
    if (!visited.add(name)) {
      return;
    }
    if (name.isEmpty()) {
      visitDefault(message, visited, found);
      return;
    }
    Exchange exchange = lookUp(name);
    if (exchange == null) {
      steps.accept(new RouteStep.NoExchange(name));
      return;
    }
    steps.accept(new RouteStep.AtExchange(name, exchange.type().name()));
    cacheable &= !exchange.matcher().dependsOnMessage();
    Set<Bound> matched = new LinkedHashSet<>();
    exchange.matcher().match(message, matched::add);
    for (Bound binding : matched) {
      BindingSpec spec = binding.spec();
      steps.accept(new RouteStep.Matched(name, spec.key(), spec.destination(), spec.toExchange()));
      switch (binding.destination()) {
        case Destination.ToQueue(QueueRef queue) ->
            found.computeIfAbsent(queue, _ -> new LinkedHashSet<>()).add(binding);
        case Destination.ToExchange(String next) -> visit(next, message, visited, found);
      }
    }
    String alternate = exchange.alternate();
    if (matched.isEmpty() && alternate != null) {
      steps.accept(new RouteStep.Alternate(name, alternate));
      visit(alternate, message, visited, found);
    }
  }

  /** The default exchange: every queue is bound by its name (AMQP 0-9-1 §3.1.3.1). */
  private void visitDefault(Message message, Set<String> visited, Map<QueueRef, Set<Bound>> found) {
    String key = message.topic().spelled(Spelling.DOT);
    QueueEntry queue = vhost.queues().get(key);
    dependencies.add(new Route.OnQueue(key, queue));
    steps.accept(new RouteStep.ByName(key, queue != null));
    if (queue != null) {
      found.computeIfAbsent(queue.ref(), _ -> new LinkedHashSet<>());
    } else if (key.startsWith(TOPIC_PREFIX)) {
      Topic topic = Topic.of(key.substring(TOPIC_PREFIX.length()), Spelling.DOT);
      visit(Address.TOPIC_EXCHANGE, message.readdressed(Address.ofTopic(topic)), visited, found);
    }
  }
}
