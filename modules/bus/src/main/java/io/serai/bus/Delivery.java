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
  /** Bits of a sequence below the message's priority. */
  public static final int SEQUENCE_BITS = 48;

  /**
   * When a queue hands out what has this sequence in it: smaller ones first, that is the highest
   * priority first and within it in order.
   */
  public static long turn(long sequence) {
    return sequence ^ (-1L << SEQUENCE_BITS);
  }

  /** Whether it was delivered before. */
  public boolean isRedelivered() {
    return deliveryCount > 0;
  }
}
