package io.serai.routing;

import io.serai.bus.PublishResult;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Address;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where messages of one address go. Immutable and shared by every message it is used for.
 *
 * @param result what the publisher is told
 * @param legs the message as it came first, then the copies rules make
 * @param dependencies what must still be the same object for the route to hold
 * @param isCacheable false when the answer depended on the message itself
 */
record Route(
    PublishResult result, List<Leg> legs, List<Dependency> dependencies, boolean isCacheable) {
  /**
   * @param readdressed the copy's address; null for the message as it came
   * @param slotsByShard by shard index, empty lists where nothing goes
   */
  record Leg(@Nullable Address readdressed, List<List<Slot>> slotsByShard) {}

  /** Something a route went by. */
  sealed interface Dependency {
    boolean holds(VhostTable vhost);
  }

  /** An exchange, or that there was none of that name. */
  record OnExchange(String name, @Nullable Exchange exchange) implements Dependency {
    @Override
    @SuppressWarnings(
        "ReferenceEquality") // exchanges are replaced when anything about them changes
    public boolean holds(VhostTable vhost) {
      return vhost.exchanges().get(name) == exchange;
    }
  }

  /** A queue by its name, or that there was none. */
  record OnQueue(String name, @Nullable QueueEntry queue) implements Dependency {
    @Override
    @SuppressWarnings("ReferenceEquality") // entries are replaced when the queue is declared anew
    public boolean holds(VhostTable vhost) {
      return vhost.queues().get(name) == queue;
    }
  }

  /** The vhost's rules. */
  record OnRules(RuleSet rules) implements Dependency {
    @Override
    @SuppressWarnings("ReferenceEquality") // rule sets are replaced whole
    public boolean holds(VhostTable vhost) {
      return vhost.rules() == rules;
    }
  }

  boolean holds(VhostTable vhost) {
    for (int i = 0; i < dependencies.size(); i++) {
      if (!dependencies.get(i).holds(vhost)) {
        return false;
      }
    }
    return true;
  }
}
