package io.serai.routing;

import io.serai.bus.Caller;
import io.serai.bus.PublishResult;
import io.serai.model.Address;
import io.serai.model.Message;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one connection's addresses. A route holds as long as the exchanges, queues and
 * rules it went by and the user's permissions are unchanged, so churn elsewhere in the table does
 * not empty the cache. Confined to the connection's loop.
 */
final class RouteCache {
  /** Addresses remembered per connection; beyond it the cache starts afresh. */
  private static final int MOST_ADDRESSES = 1024;

  private static final Route NO_VHOST =
      new Route(PublishResult.NO_EXCHANGE, null, List.of(), List.of(), false);

  private final SharedTable shared;
  private final Caller caller;

  private RoutingTable table = RoutingTable.EMPTY;
  private @Nullable VhostTable vhost;
  private @Nullable Address lastAddress;
  private @Nullable Cached last;

  /** Null until a second address comes: most connections publish to one. */
  private @Nullable Map<Address, Cached> others;

  /** A route and what it was found with. */
  private static final class Cached {
    final Route route;
    final long principalVersion;

    /** The vhost that the route was last found to hold in. */
    VhostTable seen;

    Cached(Route route, long principalVersion, VhostTable seen) {
      this.route = route;
      this.principalVersion = principalVersion;
      this.seen = seen;
    }
  }

  RouteCache(SharedTable shared, Caller caller) {
    this.shared = shared;
    this.caller = caller;
  }

  /** The route of a message in the current table. */
  Route find(Message message) {
    VhostTable now = vhost();
    if (now == null) {
      return NO_VHOST;
    }
    Address address = message.address();
    Cached known = cached(address);
    if (known == null || !holds(known, now)) {
      // Before routing: a change of permissions meanwhile must not count as seen.
      long principalVersion = caller.principal().version();
      Route route = Router.route(now, caller, message);
      if (!route.isCacheable()) {
        return route;
      }
      known = new Cached(route, principalVersion, now);
      put(address, known);
    }
    lastAddress = address;
    last = known;
    return known.route;
  }

  /** The route of a message that names more topics than its address does; never remembered. */
  Route findForCopies(Message message) {
    VhostTable now = vhost();
    return now == null
        ? NO_VHOST
        : Router.route(now, caller, message, message.encoding().moreTopics());
  }

  /** The caller's vhost as it is now, null when it is gone. */
  @SuppressWarnings("ReferenceEquality") // the table is replaced by every change
  @Nullable VhostTable vhost() {
    RoutingTable now = shared.current();
    if (now != table) {
      table = now;
      vhost = now.vhost(caller.vhost());
    }
    return vhost;
  }

  @SuppressWarnings("ReferenceEquality") // gateways keep one instance per address
  private @Nullable Cached cached(Address address) {
    if (address == lastAddress) {
      return last;
    }
    Map<Address, Cached> map = others;
    if (map != null) {
      return map.get(address);
    }
    return address.equals(lastAddress) ? last : null;
  }

  private void put(Address address, Cached route) {
    Map<Address, Cached> map = others;
    if (map == null) {
      if (lastAddress == null || lastAddress.equals(address) || last == null) {
        return; // remembered as the last one
      }
      map = new HashMap<>();
      others = map;
      map.put(lastAddress, last);
    } else if (map.size() >= MOST_ADDRESSES) {
      map.clear();
    }
    map.put(address, route);
  }

  @SuppressWarnings("ReferenceEquality") // an unchanged vhost is the same object
  private boolean holds(Cached known, VhostTable now) {
    if (known.principalVersion != caller.principal().version()) {
      return false;
    }
    if (known.seen != now) {
      if (!known.route.holds(now)) {
        return false;
      }
      known.seen = now;
    }
    return true;
  }
}
