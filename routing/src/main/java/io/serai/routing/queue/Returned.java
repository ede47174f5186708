package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * A ready message that was handed out before.
 *
 * @param sequence its place in the queue
 * @param deliveryCount how often it was handed out, at least 1
 */
record Returned(long sequence, Message message, int deliveryCount, @Nullable MatchData match) {
  /**
   * A delivery that comes back, once more than before. That counts when it was not handed over yet,
   * too: later messages may have been, and a first delivery never comes after those.
   */
  static Returned of(Delivery held) {
    return new Returned(held.sequence(), held.message(), held.deliveryCount() + 1, held.match());
  }
}
