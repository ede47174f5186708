package io.serai.routing;

import io.serai.bus.QueueRef;
import io.serai.model.Address;
import io.serai.routing.exchange.Destination;
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

  /**
   * How many bindings lead from the topic exchange to queues whose names start so, over all vhosts.
   * Walks all of them: not for event loops.
   */
  public int topicBindings(String prefix) {
    int[] count = new int[1];
    current
        .vhosts()
        .forEach((_, vhost) ->
            vhost
                .bindingsTo()
                .forEach((to, bindings) -> {
                  if (to instanceof Destination.ToQueue(QueueRef queue)
                      && queue.name().startsWith(prefix)) {
                    bindings.forEach((binding, _) -> {
                      if (binding.spec().source().equals(Address.TOPIC_EXCHANGE)) {
                        count[0]++;
                      }
                    });
                  }
                }));
    return count[0];
  }

  /** How many exchanges exist, over all vhosts. */
  public int exchangeCount() {
    int[] count = new int[1];
    current.vhosts().forEach((_, vhost) -> count[0] += vhost.exchanges().size());
    return count[0];
  }
}
