package io.serai.bus;

import io.serai.model.Message;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to one consumer; also the handle to settle it with.
 *
 * @param consumer who gets it
 * @param sequence the message's place in the queue
 * @param unsettledIndex its place among the consumer's unsettled deliveries, counted from 0; -1
 *     when the consumer does not acknowledge
 * @param message the message
 * @param deliveryCount how often it was delivered before; above 0 means redelivered
 * @param match the folded match data of the bindings it came through, if they carry any
 */
public record Delivery(
    ConsumerRef consumer,
    long sequence,
    long unsettledIndex,
    Message message,
    int deliveryCount,
    @Nullable MatchData match) {
  /** Whether it was delivered before. */
  public boolean isRedelivered() {
    return deliveryCount > 0;
  }
}
