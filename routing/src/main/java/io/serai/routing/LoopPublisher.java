package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.ShardCommand;
import io.serai.bus.ShardCommand.Entry;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.routing.queue.ShardCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection's way into routing. Routes are cached per address and hold as long as the exchanges
 * they went through are unchanged, so churn elsewhere does not empty the cache. Confined to the
 * connection's loop.
 */
final class LoopPublisher implements Publisher {
  /** Addresses remembered per connection; beyond it the cache starts afresh. */
  private static final int MAX_CACHED_ROUTES = 1024;

  private final SharedTable table;
  private final Bus bus;
  private final Counters counters;
  private final Caller caller;
  private final Map<Address, CachedRoute> cache = new HashMap<>();
  private @Nullable Address lastAddress;
  private @Nullable CachedRoute lastRoute;

  /** The open batch, by shard; null where nothing goes. */
  private final @Nullable List<Entry>[] open;

  private boolean isOpenEmpty = true;
  private final boolean[] confirmsWanted;
  private int nextConfirmIndex;

  /** A route and what it was found with. */
  private static final class CachedRoute {
    final Route route;
    final long principalVersion;

    /** The vhost as the route was last found to hold. */
    VhostTable seen;

    CachedRoute(Route route, long principalVersion, VhostTable seen) {
      this.route = route;
      this.principalVersion = principalVersion;
      this.seen = seen;
    }
  }

  LoopPublisher(SharedTable table, Bus bus, Counters counters, Caller caller) {
    this.table = table;
    this.bus = bus;
    this.counters = counters;
    this.caller = caller;
    @SuppressWarnings({"unchecked", "rawtypes"}) // filled with lists of the right type only
    List<Entry>[] lists = new List[bus.loopCount()];
    this.open = lists;
    this.confirmsWanted = new boolean[bus.loopCount()];
  }

  @Override
  public PublishResult publish(Message message, int flags) {
    counters.add(Counter.MESSAGES_PUBLISHED, 1);
    Route route = route(message);
    if ((flags & RETAIN) != 0 && mayBeKept(route.result())) {
      bus.call(retainedOwner(message), new ShardCall.Retain(message));
    }
    switch (route.result()) {
      case ROUTED -> append(message, route, (flags & CONFIRM) != 0);
      case UNROUTABLE -> counters.add(Counter.MESSAGES_UNROUTABLE, 1);
      case DENIED -> counters.add(Counter.MESSAGES_DENIED, 1);
      case NO_EXCHANGE, INTERNAL_EXCHANGE -> {}
    }
    return route.result();
  }

  private static boolean mayBeKept(PublishResult result) {
    return result == PublishResult.ROUTED || result == PublishResult.UNROUTABLE;
  }

  private int retainedOwner(Message message) {
    return Placement.ofName(caller.vhost(), message.topic().hashCode(), bus.loopCount());
  }

  // ---- routes

  @SuppressWarnings("ReferenceEquality") // gateways keep one instance per address
  private Route route(Message message) {
    VhostTable vhost = table.current().vhost(caller.vhost());
    if (vhost == null) {
      return NO_VHOST;
    }
    Address address = message.address();
    CachedRoute known = address == lastAddress ? lastRoute : cache.get(address);
    if (known != null && holds(known, vhost)) {
      lastAddress = address;
      lastRoute = known;
      return known.route;
    }
    Route route = check(vhost, message);
    if (route.isCacheable()) {
      if (cache.size() >= MAX_CACHED_ROUTES) {
        cache.clear();
      }
      lastRoute = new CachedRoute(route, caller.principal().version(), vhost);
      lastAddress = address;
      cache.put(address, lastRoute);
    }
    return route;
  }

  @SuppressWarnings("ReferenceEquality") // an unchanged vhost is the same object
  private boolean holds(CachedRoute known, VhostTable vhost) {
    if (known.principalVersion != caller.principal().version()) {
      return false;
    }
    if (known.seen == vhost) {
      return true;
    }
    if (!known.route.holds(vhost)) {
      return false;
    }
    known.seen = vhost;
    return true;
  }

  private Route check(VhostTable vhost, Message message) {
    if (!Access.mayPublish(caller, vhost, message.address())) {
      return new Route(PublishResult.DENIED, List.of(), exchangeOf(vhost, message), true);
    }
    return Router.route(vhost, message, bus.loopCount());
  }

  private static List<Route.Dependency> exchangeOf(VhostTable vhost, Message message) {
    String exchange = message.address().exchange();
    return List.of(new Route.OnExchange(exchange, vhost.exchanges().get(exchange)));
  }

  private static final Route NO_VHOST =
      new Route(PublishResult.NO_EXCHANGE, List.of(), List.of(), false);

  // ---- batches

  private void append(Message message, Route route, boolean confirm) {
    int confirmIndex = confirm ? nextConfirmIndex++ : -1;
    List<Route.Leg> legs = route.legs();
    for (int i = 0; i < legs.size(); i++) {
      Route.Leg leg = legs.get(i);
      Address to = leg.readdressed();
      Message copy = to == null ? message : message.readdressed(to);
      List<List<Slot>> byShard = leg.slotsByShard();
      for (int shard = 0; shard < byShard.size(); shard++) {
        List<Slot> slots = byShard.get(shard);
        if (!slots.isEmpty()) {
          add(shard, new Entry(copy, slots, confirmIndex));
          confirmsWanted[shard] |= confirm;
        }
      }
    }
  }

  private void add(int shard, Entry entry) {
    List<Entry> entries = open[shard];
    if (entries == null) {
      entries = new ArrayList<>();
      open[shard] = entries;
    }
    entries.add(entry);
    isOpenEmpty = false;
  }

  @Override
  public int flush(long batchId) {
    if (isOpenEmpty) {
      return 0;
    }
    isOpenEmpty = true;
    nextConfirmIndex = 0;
    int answers = 0;
    for (int shard = 0; shard < open.length; shard++) {
      List<Entry> entries = open[shard];
      if (entries != null) {
        open[shard] = null;
        boolean confirm = confirmsWanted[shard];
        confirmsWanted[shard] = false;
        if (confirm) {
          answers++;
        }
        bus.send(shard, new ShardCommand.Append(caller.session(), batchId, confirm, entries));
      }
    }
    return answers;
  }
}
