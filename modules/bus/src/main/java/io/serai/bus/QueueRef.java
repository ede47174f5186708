package io.serai.bus;

import org.jspecify.annotations.Nullable;

/**
 * A resolved handle on one incarnation of a queue: it goes stale, harmlessly, when the queue is
 * deleted. Equality is by incarnation.
 *
 * @param vhost the name space
 * @param name the queue's name, at most 255 bytes
 * @param shard the loop that owns the queue's state
 * @param slot index in the owner's queue table
 * @param incarnation unique per creation within the node's life
 */
public record QueueRef(String vhost, String name, int shard, int slot, long incarnation) {
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof QueueRef that && incarnation == that.incarnation;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(incarnation);
  }
}
