package io.serai.routing;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.SessionRef;
import io.serai.routing.exchange.Destination;

/**
 * A queue in the table.
 *
 * @param destination where bindings to it lead: the handle its shard gave
 * @param spec as it was declared
 * @param declaredBy the connection that declared it; owns it when it is exclusive
 */
record QueueEntry(Destination.ToQueue destination, QueueSpec spec, SessionRef declaredBy) {
  QueueEntry(QueueRef ref, QueueSpec spec, SessionRef declaredBy) {
    this(new Destination.ToQueue(ref), spec, declaredBy);
  }

  QueueRef ref() {
    return destination.queue();
  }

  /** Whether another connection may not even name it. */
  boolean isLockedFor(SessionRef session) {
    return spec.lifetime() == Lifetime.EXCLUSIVE && !declaredBy.equals(session);
  }
}
