package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Caller;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

  /** Queues an earlier leg reached; null until there is one. */
  private @Nullable Set<QueueRef> reached;

  /** Told the way; null on the data path. */
  private final @Nullable Consumer<RouteStep> steps;

  private boolean isCacheable = true;

  private Router(VhostTable vhost, @Nullable Consumer<RouteStep> steps) {
    this.vhost = vhost;
    this.steps = steps;
  }

  /** The route of a message that {@code caller} publishes. */
  static Route route(VhostTable vhost, Caller caller, Message message) {
    return new Router(vhost, null).route(caller, message);
  }

  /** The route of a message whoever publishes it, telling {@code steps} the way there. */
  static Route preview(VhostTable vhost, Message message, Consumer<RouteStep> steps) {
    return new Router(vhost, steps).route(null, message);
  }

  private Route route(@Nullable Caller caller, Message message) {
    Address written = message.address();
    Address meant = meant(written);
    Message routed = meant == null ? message : message.readdressed(meant);
    Address address = meant == null ? written : meant;
    Exchange exchange = address.exchange().isEmpty() ? null : lookUp(address.exchange());
    if (caller != null && !Access.mayPublish(caller, exchange, address)) {
      return ended(PublishResult.DENIED);
    }
    if (exchange == null && !address.exchange().isEmpty()) {
      return ended(PublishResult.NO_EXCHANGE);
    }
    if (exchange != null && exchange.spec().internal()) {
      return ended(PublishResult.INTERNAL_EXCHANGE);
    }
    addLeg(meant, walk(exchange, routed));
    dependencies.add(new Route.OnRules(vhost.rules()));
    for (RoutingRule rule : vhost.rules().matching(routed)) {
      Address target = rule.target(routed);
      if (steps != null) {
        steps.accept(
            new RouteStep.Rule(
                rule.name(), target.exchange(), target.topic().spelled(Spelling.DOT)));
      }
      Exchange to = target.exchange().isEmpty() ? null : lookUp(target.exchange());
      if (to != null || target.exchange().isEmpty()) {
        addLeg(target, walk(to, routed.readdressed(target)));
      }
    }
    return new Route(
        legs.isEmpty() ? PublishResult.UNROUTABLE : PublishResult.ROUTED,
        meant,
        List.copyOf(legs),
        List.copyOf(dependencies),
        isCacheable);
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
   */
  private Map<QueueRef, List<MatchData>> walk(@Nullable Exchange start, Message message) {
    Map<QueueRef, List<MatchData>> found = new LinkedHashMap<>();
    if (start == null) {
      QueueEntry queue = named(message.topic());
      if (queue != null) {
        found.put(queue.ref(), List.of());
      }
      return found;
    }
    // A work list and not recursion: clients choose how long a chain of exchanges is.
    Deque<Exchange> open = new ArrayDeque<>();
    Set<String> visited = new HashSet<>();
    visited.add(start.name());
    List<Bound> matched = new ArrayList<>();
    for (Exchange at = start; at != null; at = open.poll()) {
      matched.clear();
      isCacheable &= !at.matcher().dependsOnMessage();
      at.matcher().match(message, matched::add);
      if (steps != null) {
        tell(at, matched, steps);
      }
      for (int i = 0; i < matched.size(); i++) {
        Bound binding = matched.get(i);
        switch (binding.destination()) {
          case Destination.ToQueue(QueueRef queue) -> add(found, queue, binding.spec().match());
          case Destination.ToExchange(String next) -> visit(next, visited, open);
        }
      }
      if (matched.isEmpty() && at.alternate() != null) {
        if (at.alternate().isEmpty()) {
          QueueEntry queue = named(message.topic());
          if (queue != null) {
            add(found, queue.ref(), null);
          }
        } else {
          visit(at.alternate(), visited, open);
        }
      }
    }
    return found;
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

  private void visit(String name, Set<String> visited, Deque<Exchange> open) {
    if (visited.add(name)) {
      Exchange exchange = lookUp(name);
      if (exchange != null) {
        open.add(exchange);
      }
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

  private static void add(
      Map<QueueRef, List<MatchData>> found, QueueRef queue, @Nullable MatchData match) {
    List<MatchData> one = match == null ? List.of() : List.of(match);
    List<MatchData> before = found.putIfAbsent(queue, one);
    if (before != null && match != null) {
      List<MatchData> more =
          before instanceof ArrayList<MatchData> ? before : new ArrayList<>(before);
      more.add(match);
      found.put(queue, more);
    }
  }

  // ---- the copy's slots

  private void addLeg(@Nullable Address readdressed, Map<QueueRef, List<MatchData>> found) {
    Set<QueueRef> before = reached;
    if (before != null) {
      found.keySet().removeAll(before);
    }
    if (found.isEmpty()) {
      return;
    }
    if (before == null) {
      reached = new HashSet<>(found.keySet());
    } else {
      before.addAll(found.keySet());
    }
    List<List<Slot>> byShard = new ArrayList<>();
    found.forEach((queue, matches) -> {
      while (byShard.size() <= queue.shard()) {
        byShard.add(new ArrayList<>(1));
      }
      byShard.get(queue.shard()).add(new Slot(queue, List.copyOf(matches)));
    });
    List<Route.Part> parts = new ArrayList<>(1);
    for (int shard = 0; shard < byShard.size(); shard++) {
      if (!byShard.get(shard).isEmpty()) {
        parts.add(new Route.Part(shard, List.copyOf(byShard.get(shard))));
      }
    }
    legs.add(new Route.Leg(readdressed, List.copyOf(parts)));
  }
}
