package io.serai.routing;

import io.serai.bus.QueueRef;
import io.serai.bus.Result;
import io.serai.model.Address;
import io.serai.routing.exchange.Destination;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The node's current routing table: one volatile reference. Loops read it; only who has the
 * writer's turn replaces it, nearly always the topology owner.
 */
public final class SharedTable {
  private volatile RoutingTable current = RoutingTable.EMPTY;
  private final WriterTurn turn = new WriterTurn();

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

  /** Who may write it now. */
  WriterTurn turn() {
    return turn;
  }

  /**
   * Makes a change of one vhost on the current loop, whichever that is.
   *
   * @return what came of it, or null when the change has to go to the topology owner
   */
  @Nullable Result<VhostTable> tryChange(
      String vhost, Function<VhostTable, Result<VhostTable>> change) {
    if (!turn.tryTake()) {
      return null;
    }
    try {
      RoutingTable before = current;
      VhostTable known = before.vhost(vhost);
      if (known == null) {
        return Refusals.noVhost(vhost);
      }
      Result<VhostTable> made = change.apply(known);
      if (made instanceof Result.Ok<VhostTable>(VhostTable changed)) {
        publish(before.with(changed));
      }
      return made;
    } catch (RuntimeException e) {
      return null; // our fault: the owner meets it too, logs it and answers
    } finally {
      turn.giveBack();
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
