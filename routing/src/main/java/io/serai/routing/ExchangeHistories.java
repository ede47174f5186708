package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.MatchData;
import io.serai.bus.ShardCommand;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Message;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import io.serai.routing.exchange.Remembering;
import io.serai.routing.index.PersistentMap;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows the table for exchanges that remember: each has its history on this loop's shard for as
 * long as it exists, and whatever is bound to it gets that, in order. A message that is published
 * while a binding is made comes at least once. Confined to the topology owner's loop.
 */
final class ExchangeHistories {
  private final SharedTable shared;
  private final Bus bus;
  private final Barrier barrier;
  private RoutingTable known = RoutingTable.EMPTY;

  ExchangeHistories(SharedTable shared, Bus bus) {
    this.shared = shared;
    this.bus = bus;
    this.barrier = new Barrier(bus);
  }

  /** Takes note of a change; completes when what it binds has been given what is remembered. */
  Future<?> follow(RoutingTable table) {
    RoutingTable before = known;
    known = table;
    List<Future<?>> given = new ArrayList<>(0);
    PersistentMap<String, Exchange> none = PersistentMap.empty();
    table
        .vhosts()
        .forEachChange(
            before.vhosts(),
            (vhost, older, newer) ->
                (newer == null ? none : newer.exchanges())
                    .forEachChange(
                        older == null ? none : older.exchanges(),
                        (_, was, is) -> follow(vhost, was, is, given)));
    return given.isEmpty() ? Future.succeededFuture() : Future.all(given);
  }

  private void follow(
      String vhost, @Nullable Exchange was, @Nullable Exchange is, List<Future<?>> given) {
    Remembering older = remembering(was);
    Remembering newer = remembering(is);
    boolean isSame = was != null && is != null && was.spec().equals(is.spec());
    if (older != null && was != null && !isSame) {
      bus.callHere(new ShardCall.EndHistory(vhost, was.name()));
    }
    if (newer == null || is == null) {
      return;
    }
    if (isSame) {
      newer.forEachAdded(older, binding -> given.add(give(vhost, is.name(), binding)));
    } else {
      bus.callHere(new ShardCall.BeginHistory(vhost, is.name(), newer.most()));
    }
  }

  private static @Nullable Remembering remembering(@Nullable Exchange exchange) {
    return exchange == null ? null : exchange.matcher().remembering();
  }

  /** Behind the barrier: what was routed without the binding is remembered by then. */
  private Future<?> give(String vhost, String exchange, Bound binding) {
    return barrier
        .pass()
        .compose(_ -> bus.callHere(new ShardCall.ReadHistory(vhost, exchange)))
        .compose(messages -> append(vhost, binding, messages));
  }

  private Future<?> append(String vhost, Bound binding, List<Message> messages) {
    Map<Integer, List<ShardCommand.Entry>> byShard = new TreeMap<>();
    for (Message message : messages) {
      switch (binding.destination()) {
        case Destination.ToQueue(var queue) -> {
          MatchData match = binding.spec().match();
          Slot slot = new Slot(queue, match == null ? List.of() : List.of(match));
          add(byShard, queue.shard(), message, List.of(slot));
        }
        case Destination.ToExchange(String next) -> addRouted(byShard, vhost, next, message);
      }
    }
    List<Future<?>> appended = new ArrayList<>(byShard.size());
    byShard.forEach((shard, entries) ->
        appended.add(bus.call(shard, new ShardCall.AppendDeadLetters(entries))));
    return Future.all(appended);
  }

  private void addRouted(
      Map<Integer, List<ShardCommand.Entry>> byShard,
      String vhost,
      String exchange,
      Message message) {
    VhostTable table = shared.current().vhost(vhost);
    Exchange start = table == null ? null : table.exchange(exchange);
    if (table == null || start == null) {
      return; // gone meanwhile
    }
    for (Route.Leg leg : Router.routeFrom(table, start, message).legs()) {
      Message copy = leg.copyOf(message);
      for (Route.Part part : leg.parts()) {
        add(byShard, part.shard(), copy, part.slots());
      }
    }
  }

  private static void add(
      Map<Integer, List<ShardCommand.Entry>> byShard,
      int shard,
      Message message,
      List<Slot> slots) {
    List<ShardCommand.Entry> entries = byShard.computeIfAbsent(shard, _ -> new ArrayList<>());
    entries.add(new ShardCommand.Entry(message, slots, entries.size()));
  }
}
