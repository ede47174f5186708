package io.serai.bus;

import java.util.function.Consumer;

/** The owner of queue state on one loop: where commands and calls of that loop end up. */
public interface ShardEndpoint {
  /** Carries out a command. */
  void onCommand(ShardCommand command);

  /**
   * Answers a request, at once or later on this loop.
   *
   * @param answer called exactly once
   */
  <R> void onCall(OwnerRequest<R> request, Consumer<R> answer);

  /** The turn ends: hand over what was collected (deliveries) before the bus sends its batches. */
  void onTurnEnd();
}
