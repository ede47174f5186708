package io.serai.routing;

import io.serai.routing.index.PersistentMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything routing knows: one immutable structure per node, written by one at a time and read by
 * every loop.
 *
 * @param version counts changes
 * @param vhosts by name
 */
record RoutingTable(long version, PersistentMap<String, VhostTable> vhosts) {
  static final RoutingTable EMPTY = new RoutingTable(0, PersistentMap.empty());

  @Nullable VhostTable vhost(String name) {
    return vhosts.get(name);
  }

  RoutingTable with(VhostTable vhost) {
    return new RoutingTable(version + 1, vhosts.with(vhost.name(), vhost));
  }

  RoutingTable without(String vhost) {
    return new RoutingTable(version + 1, vhosts.without(vhost));
  }
}
