package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import io.serai.routing.index.PersistentMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One vhost of the routing table. Immutable; every change shares all but one path.
 *
 * @param exchanges by name, without the default exchange
 * @param queues by name
 * @param bindingsTo every binding by what it leads to, so that a queue's bindings are found at once
 * @param rules in force
 */
record VhostTable(
    String name,
    PersistentMap<String, Exchange> exchanges,
    PersistentMap<String, QueueEntry> queues,
    PersistentMap<Destination, PersistentMap<Bound, Bound>> bindingsTo,
    RuleSet rules) {
  private static final String TRACE_EXCHANGE = "amq.rabbitmq.trace";

  /** Exchanges that only the node publishes to. */
  private static final Set<String> INTERNAL = Set.of(TRACE_EXCHANGE, Address.SYSTEM_EXCHANGE);

  /** RabbitMQ's predeclared exchanges, and the node's own: name to type. */
  private static final Map<String, String> PREDECLARED =
      Map.of(
          "amq.direct",
          "direct",
          "amq.fanout",
          "fanout",
          Address.TOPIC_EXCHANGE,
          "topic",
          "amq.headers",
          "headers",
          "amq.match",
          "headers",
          TRACE_EXCHANGE,
          "topic",
          Address.SYSTEM_EXCHANGE,
          "topic");

  /** A vhost with the predeclared exchanges. */
  static VhostTable predeclared(String name) {
    VhostTable table =
        new VhostTable(
            name,
            PersistentMap.empty(),
            PersistentMap.empty(),
            PersistentMap.empty(),
            RuleSet.NONE);
    for (Map.Entry<String, String> entry : PREDECLARED.entrySet()) {
      table =
          table.with(
              Exchange.of(
                  new ExchangeSpec(
                      entry.getKey(),
                      entry.getValue(),
                      Lifetime.DURABLE,
                      false,
                      INTERNAL.contains(entry.getKey()),
                      Request.noArguments(),
                      Source.API)));
    }
    return table;
  }

  /** Whether every vhost has an exchange of that name from its beginning. */
  static boolean isPredeclared(String exchange) {
    return PREDECLARED.containsKey(exchange);
  }

  @Nullable Exchange exchange(String exchange) {
    return exchanges.get(exchange);
  }

  @Nullable QueueEntry queue(String queue) {
    return queues.get(queue);
  }

  VhostTable with(Exchange exchange) {
    return new VhostTable(
        name, exchanges.with(exchange.name(), exchange), queues, bindingsTo, rules);
  }

  VhostTable with(QueueEntry queue) {
    return new VhostTable(
        name, exchanges, queues.with(queue.spec().name(), queue), bindingsTo, rules);
  }

  VhostTable with(RuleSet changed) {
    return new VhostTable(name, exchanges, queues, bindingsTo, changed);
  }

  /** With a binding, in place of an equal one. Its source must exist. */
  VhostTable with(Bound binding) {
    PersistentMap<Bound, Bound> same = bindingsTo(binding.destination());
    return with(source(binding).with(binding, !same.containsKey(binding)))
        .withBindingsTo(binding.destination(), same.with(binding, binding));
  }

  /** Without a binding; unchanged when there is none. */
  VhostTable without(Bound binding) {
    PersistentMap<Bound, Bound> same = bindingsTo(binding.destination());
    return same.containsKey(binding)
        ? with(source(binding).without(binding))
            .withBindingsTo(binding.destination(), same.without(binding))
        : this;
  }

  /** The binding that equals this one, with its match data and source; null when there is none. */
  @Nullable Bound find(Bound binding) {
    return bindingsTo(binding.destination()).get(binding);
  }

  private Exchange source(Bound binding) {
    BindingSpec spec = binding.spec();
    Exchange from = exchanges.get(spec.source());
    if (from == null) {
      throw new IllegalArgumentException("no exchange " + spec.source());
    }
    return from;
  }

  private PersistentMap<Bound, Bound> bindingsTo(Destination destination) {
    PersistentMap<Bound, Bound> known = bindingsTo.get(destination);
    return known == null ? PersistentMap.empty() : known;
  }

  private VhostTable withBindingsTo(Destination to, PersistentMap<Bound, Bound> bindings) {
    return new VhostTable(
        name,
        exchanges,
        queues,
        bindings.isEmpty() ? bindingsTo.without(to) : bindingsTo.with(to, bindings),
        rules);
  }

  /** How many bindings lead to a queue or exchange. */
  int bindingCountTo(Destination destination) {
    return bindingsTo(destination).size();
  }

  /** How many bindings go with an exchange. */
  int bindingCountOf(Exchange exchange) {
    return exchange.bindingCount() + bindingCountTo(new Destination.ToExchange(exchange.name()));
  }

  /** Without a queue, its bindings and the auto-delete exchanges that this leaves unused. */
  VhostTable without(QueueEntry gone) {
    return without(List.of(gone));
  }

  /** Without queues, their bindings and the auto-delete exchanges that this leaves unused. */
  VhostTable without(Collection<QueueEntry> gone) {
    if (gone.isEmpty()) {
      return this;
    }
    PersistentMap<String, QueueEntry> queuesLeft = queues;
    Set<Destination> destinations = new HashSet<>();
    for (QueueEntry queue : gone) {
      queuesLeft = queuesLeft.without(queue.spec().name());
      destinations.add(queue.destination());
    }
    Set<String> sources = new LinkedHashSet<>();
    VhostTable table = withoutBindingsTo(destinations, sources);
    return new VhostTable(name, table.exchanges, queuesLeft, table.bindingsTo, rules)
        .withoutUnused(sources);
  }

  /** Without an exchange, the bindings from and to it and what this leaves unused. */
  VhostTable without(Exchange exchange) {
    Set<String> sources = new LinkedHashSet<>();
    return withoutOnly(exchange, sources).withoutUnused(sources);
  }

  private VhostTable withoutOnly(Exchange exchange, Set<String> sources) {
    return withoutBindingsFrom(exchange)
        .withoutBindingsTo(Set.of(new Destination.ToExchange(exchange.name())), sources)
        .withoutExchange(exchange.name());
  }

  private VhostTable withoutExchange(String exchange) {
    return new VhostTable(name, exchanges.without(exchange), queues, bindingsTo, rules);
  }

  /**
   * Without every binding to some destinations. Each source exchange changes once, and goes through
   * its bindings or those that leave, whichever are fewer.
   *
   * @param sources gets the exchanges they came from
   */
  private VhostTable withoutBindingsTo(Set<Destination> destinations, Set<String> sources) {
    PersistentMap<Destination, PersistentMap<Bound, Bound>> left = bindingsTo;
    Map<String, List<Bound>> bySource = new LinkedHashMap<>();
    for (Destination destination : destinations) {
      bindingsTo(destination)
          .forEach((binding, _) ->
              bySource
                  .computeIfAbsent(binding.spec().source(), _ -> new ArrayList<>())
                  .add(binding));
      left = left.without(destination);
    }
    PersistentMap<String, Exchange> changed = exchanges;
    for (Map.Entry<String, List<Bound>> source : bySource.entrySet()) {
      Exchange exchange = exchanges.get(source.getKey());
      if (exchange != null) {
        Exchange other =
            source.getValue().size() > exchange.bindingCount() / 2
                ? exchange.retaining(it -> !destinations.contains(it.destination()))
                : exchange.without(source.getValue());
        changed = changed.with(source.getKey(), other);
      }
    }
    sources.addAll(bySource.keySet());
    return new VhostTable(name, changed, queues, left, rules);
  }

  /** Forgets at their destinations every binding from an exchange that goes. */
  private VhostTable withoutBindingsFrom(Exchange exchange) {
    Map<Destination, List<Bound>> byDestination = new LinkedHashMap<>();
    for (Bound binding : exchange.bindings()) {
      byDestination.computeIfAbsent(binding.destination(), _ -> new ArrayList<>()).add(binding);
    }
    PersistentMap<Destination, PersistentMap<Bound, Bound>> left = bindingsTo;
    for (Map.Entry<Destination, List<Bound>> entry : byDestination.entrySet()) {
      PersistentMap<Bound, Bound> same = bindingsTo(entry.getKey());
      if (same.size() == entry.getValue().size()) {
        left = left.without(entry.getKey());
      } else {
        for (Bound binding : entry.getValue()) {
          same = same.without(binding);
        }
        left = left.with(entry.getKey(), same);
      }
    }
    return new VhostTable(name, exchanges, queues, left, rules);
  }

  /** Without the auto-delete exchanges among these that have no binding left, and so on. */
  VhostTable withoutUnused(Collection<String> candidates) {
    VhostTable table = this;
    Deque<String> names = new ArrayDeque<>(candidates);
    while (!names.isEmpty()) {
      Exchange exchange = table.exchange(names.poll());
      if (exchange != null && exchange.isUnused()) {
        Set<String> sources = new LinkedHashSet<>();
        table = table.withoutOnly(exchange, sources);
        names.addAll(sources);
      }
    }
    return table;
  }
}
