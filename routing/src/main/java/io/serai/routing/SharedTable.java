package io.serai.routing;

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
