package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Value;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import io.serai.routing.exchange.ExchangeType;
import io.serai.routing.exchange.ExchangeTypes;
import io.serai.routing.index.PersistentMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /** RabbitMQ's predeclared exchanges: name to type. */
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
          "amq.rabbitmq.trace",
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
      boolean internal = entry.getKey().equals("amq.rabbitmq.trace");
      table =
          table.with(
              new ExchangeSpec(
                  entry.getKey(),
                  entry.getValue(),
                  Lifetime.DURABLE,
                  false,
                  internal,
                  Request.noArguments(),
                  Source.API));
    }
    return table;
  }

  /** With an exchange that has no bindings. Its type must be known. */
  VhostTable with(ExchangeSpec spec) {
    ExchangeType type = ExchangeTypes.find(spec.type());
    if (type == null) {
      throw new IllegalArgumentException("unknown exchange type " + spec.type());
    }
    return with(new Exchange(spec, type, type.emptyMatcher(), 0, alternate(spec)));
  }

  static @Nullable String alternate(ExchangeSpec spec) {
    for (Value.Entry entry : spec.arguments().entries()) {
      if (entry.key().asText().equals("alternate-exchange")) {
        return entry.value().asText();
      }
    }
    return null;
  }

  private VhostTable with(Exchange exchange) {
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
    Exchange from = exchange(binding.spec());
    PersistentMap<Bound, Bound> same = bindingsOf(binding.destination());
    boolean isNew = !same.containsKey(binding);
    Exchange changed =
        from.withMatcher(from.matcher().with(binding), from.bindingsFrom() + (isNew ? 1 : 0));
    // The key carries the match data too: take an equal one out before.
    return with(changed)
        .withBindingsTo(binding.destination(), same.without(binding).with(binding, binding));
  }

  /** Without a binding. */
  VhostTable without(Bound binding) {
    PersistentMap<Bound, Bound> same = bindingsOf(binding.destination());
    if (!same.containsKey(binding)) {
      return this;
    }
    Exchange from = exchange(binding.spec());
    return with(from.withMatcher(from.matcher().without(binding), from.bindingsFrom() - 1))
        .withBindingsTo(binding.destination(), same.without(binding));
  }

  /** Whether there is a binding equal to this one. */
  boolean has(Bound binding) {
    return bindingsOf(binding.destination()).containsKey(binding);
  }

  private Exchange exchange(BindingSpec binding) {
    Exchange from = exchanges.get(binding.source());
    if (from == null) {
      throw new IllegalArgumentException("no exchange " + binding.source());
    }
    return from;
  }

  PersistentMap<Bound, Bound> bindingsOf(Destination destination) {
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

  /** Without a queue and its bindings. */
  VhostTable withoutQueue(QueueEntry queue) {
    VhostTable table = withoutBindingsTo(new Destination.ToQueue(queue.ref()));
    return new VhostTable(
        name,
        table.exchanges,
        table.queues.without(queue.spec().name()),
        table.bindingsTo,
        table.rules);
  }

  /** Without an exchange and the bindings from and to it. */
  VhostTable withoutExchange(String exchange) {
    VhostTable table = withoutBindingsTo(new Destination.ToExchange(exchange));
    List<Bound> from = table.bindingsFrom(exchange);
    for (Bound binding : from) {
      table = table.without(binding);
    }
    return new VhostTable(
        name, table.exchanges.without(exchange), table.queues, table.bindingsTo, table.rules);
  }

  private VhostTable withoutBindingsTo(Destination destination) {
    List<Bound> bindings = new ArrayList<>();
    bindingsOf(destination).forEach((binding, _) -> bindings.add(binding));
    VhostTable table = this;
    for (Bound binding : bindings) {
      table = table.without(binding);
    }
    return table;
  }

  /** Every binding from an exchange. Looks through all bindings of the vhost: for rare use. */
  List<Bound> bindingsFrom(String exchange) {
    List<Bound> found = new ArrayList<>();
    bindingsTo.forEach((_, bindings) ->
        bindings.forEach((binding, _) -> {
          if (binding.spec().source().equals(exchange)) {
            found.add(binding);
          }
        }));
    return found;
  }
}
