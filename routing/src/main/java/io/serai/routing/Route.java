package io.serai.routing;

import io.serai.bus.PublishResult;
import io.serai.bus.ShardCommand.Slot;
import io.serai.model.Address;
import io.serai.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where messages of one address go. Immutable and shared by every message it is used for.
 *
 * @param result what the publisher is told
 * @param meant the address the publisher means, where it wrote another one; null where it is the
 *     message's own
 * @param legs the message as it came first, then the copies that rules make, then those for
 *     histories of exchanges, which are there also for what is not routed
 * @param dependencies what must still be the same object for the route to hold
 * @param isCacheable false when the answer depended on more than the address
 */
record Route(
    PublishResult result,
    @Nullable Address meant,
    List<Leg> legs,
    List<Dependency> dependencies,
    boolean isCacheable) {

  /** From so many queues on, what is encoded for one consumer is kept for the others. */
  private static final int MANY = 8;

  /**
   * One copy of the message.
   *
   * @param readdressed the copy's address; null for the message as it came
   * @param parts at least one
   * @param isForMany whether it reaches many queues
   */
  record Leg(@Nullable Address readdressed, List<Part> parts, boolean isForMany) {
    Leg(@Nullable Address readdressed, List<Part> parts) {
      this(readdressed, parts, parts.stream().mapToInt(part -> part.slots().size()).sum() >= MANY);
    }

    /** What goes this way of a message. */
    Message copyOf(Message message) {
      return readdressed == null ? message : message.readdressed(readdressed);
    }
  }

  /** The queues of one shard. */
  record Part(int shard, List<Slot> slots) {}

  /** Something a route went by. */
  sealed interface Dependency {
    boolean holds(VhostTable vhost);
  }

  /** An exchange, or that there was none of that name. */
  record OnExchange(String name, @Nullable Exchange exchange) implements Dependency {
    @Override
    @SuppressWarnings("ReferenceEquality") // a change of anything about one gives a new one
    public boolean holds(VhostTable vhost) {
      return vhost.exchange(name) == exchange;
    }
  }

  /** A queue by its name, or that there was none. */
  record OnQueue(String name, @Nullable QueueEntry queue) implements Dependency {
    @Override
    @SuppressWarnings("ReferenceEquality") // entries are replaced when the queue is declared anew
    public boolean holds(VhostTable vhost) {
      return vhost.queue(name) == queue;
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

  /** Whether a message of the same address would still go the same way. */
  boolean holds(VhostTable vhost) {
    for (int i = 0; i < dependencies.size(); i++) {
      if (!dependencies.get(i).holds(vhost)) {
        return false;
      }
    }
    return true;
  }
}
