package io.serai.node.store;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Tells a loop up to which position a journal or its streams have what it said. What comes while
 * the loop has not heard of what came before is told with that. {@link #accept} is for the writer's
 * thread, the rest for the loop's.
 */
final class LoopNotice implements LongConsumer {
  private final Executor onLoop;

  /** What the loop was not told yet; below 0 when it was told everything. */
  private final AtomicLong untold = new AtomicLong(-1);

  private LongConsumer told = _ -> {};

  LoopNotice(Executor onLoop) {
    this.onLoop = onLoop;
  }

  /** Says who is told, on the loop. */
  void tell(LongConsumer listener) {
    told = listener;
  }

  @Override
  public void accept(long position) {
    if (untold.getAndSet(position) < 0) {
      onLoop.execute(() -> told.accept(untold.getAndSet(-1)));
    }
  }
}
