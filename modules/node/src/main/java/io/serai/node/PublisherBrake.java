package io.serai.node;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Holds the node's publishers back while there is any reason to: memory, disk, a full journal. Used
 * from the threads that watch those, never from a loop.
 */
final class PublisherBrake {
  private final List<LoopVerticle> loops;
  private final Set<String> reasons = new LinkedHashSet<>();
  private boolean isStarted;

  /**
   * @param loops the node's; may be filled later
   */
  PublisherBrake(List<LoopVerticle> loops) {
    this.loops = loops;
  }

  /** The loops run: from now on the brake acts on them, and does what it missed. */
  synchronized void start() {
    isStarted = true;
    reasons.stream().findFirst().ifPresent(this::blockAll);
  }

  private void blockAll(String reason) {
    loops.forEach(loop -> loop.blockPublishers(reason));
  }

  /** A part of the brake for one reason. */
  MemoryWatch.Gate gate(String reason) {
    return new MemoryWatch.Gate() {
      @Override
      public void block() {
        PublisherBrake.this.block(reason);
      }

      @Override
      public void unblock() {
        PublisherBrake.this.unblock(reason);
      }
    };
  }

  private synchronized void block(String reason) {
    if (isStarted && reasons.isEmpty()) {
      blockAll(reason);
    }
    reasons.add(reason);
  }

  private synchronized void unblock(String reason) {
    if (reasons.remove(reason) && reasons.isEmpty() && isStarted) {
      loops.forEach(LoopVerticle::unblockPublishers);
    }
  }
}
