package io.serai.routing;

import io.serai.bus.Lifetime;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.SessionRef;

/**
 * A queue in the table.
 *
 * @param ref the handle its shard gave
 * @param spec as it was declared
 * @param declaredBy the connection that declared it; owns it when it is exclusive
 */
record QueueEntry(QueueRef ref, QueueSpec spec, SessionRef declaredBy) {
  /** Whether another connection may not even name it. */
  boolean isLockedFor(SessionRef session) {
    return spec.lifetime() == Lifetime.EXCLUSIVE && !declaredBy.equals(session);
  }
}
