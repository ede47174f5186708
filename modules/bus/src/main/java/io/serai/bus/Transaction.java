package io.serai.bus;

import io.serai.model.Message;
import io.vertx.core.Future;

/**
 * What a connection publishes and settles together: it takes effect in every queue or in none, also
 * when the node ends without a word in the middle. Confined to the connection's loop; used once.
 */
public interface Transaction {
  /**
   * Routes a message now; it reaches its queues with {@link #commit}.
   *
   * @param flags {@link Publisher} flags but CONFIRM and RETAIN
   */
  PublishResult publish(Message message, int flags);

  /** Settles a delivery with {@link #commit}. */
  void settle(Delivery delivery, Outcome outcome);

  /** Heap bytes of what it publishes. */
  long sizeBytes();

  /**
   * Takes effect.
   *
   * @return completes on the loop: true once everything is where it goes and safe; false when a
   *     queue had no room for its part or a delivery was not the connection's any more, and then
   *     nothing has changed but that deliveries have gone back to their queues
   */
  Future<Boolean> commit();
}
