package io.serai.routing;

import java.util.function.UnaryOperator;

/**
 * The node's current routing table: one volatile reference. Loops read it; only the topology owner
 * replaces it.
 */
public final class SharedTable {
  private volatile RoutingTable current = RoutingTable.EMPTY;

  RoutingTable current() {
    return current;
  }

  void publish(RoutingTable table) {
    current = table;
  }

  /** Publishes a change of one vhost; does nothing when there is none of that name. */
  void update(String vhost, UnaryOperator<VhostTable> change) {
    RoutingTable before = current;
    VhostTable known = before.vhost(vhost);
    if (known != null) {
      publish(before.with(change.apply(known)));
    }
  }

  /** How many changes the table has seen. */
  public long version() {
    return current.version();
  }

  /** How many queues exist, over all vhosts. */
  public int queueCount() {
    int[] count = new int[1];
    current.vhosts().forEach((_, vhost) -> count[0] += vhost.queues().size());
    return count[0];
  }

  /** How many exchanges exist, over all vhosts. */
  public int exchangeCount() {
    int[] count = new int[1];
    current.vhosts().forEach((_, vhost) -> count[0] += vhost.exchanges().size());
    return count[0];
  }
}
