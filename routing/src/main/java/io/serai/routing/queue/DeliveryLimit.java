package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.model.Header;
import io.serai.model.Rewrite;
import io.serai.model.Value;

/**
 * How often a message may come back to its queue ({@code x-delivery-limit}). With a limit of 3 it
 * is delivered four times; the return that follows is one too many and ends it. Consumers are told
 * how often it came back so far.
 *
 * @param mostReturns {@link Integer#MAX_VALUE} for a queue that only counts
 */
record DeliveryLimit(int mostReturns) {
  /** The header that redeliveries carry, as RabbitMQ's quorum queues write it. */
  static final String HEADER = "x-delivery-count";

  /** What a quorum queue that says nothing allows: 20 returns, as in RabbitMQ 4. */
  static final DeliveryLimit OF_QUORUM_QUEUES = new DeliveryLimit(20);

  /** A limit as declared: -1 for none. */
  static DeliveryLimit of(long declared) {
    return new DeliveryLimit(
        declared < 0 ? Integer.MAX_VALUE : (int) Math.min(declared, Integer.MAX_VALUE));
  }

  /** Whether this delivery's return would be one too many. */
  boolean isReachedBy(Delivery delivery) {
    return delivery.deliveryCount() >= mostReturns;
  }

  /** A redelivery with its count in a header; the queue goes on holding the message as it is. */
  Delivery counted(Delivery delivery) {
    Header count = new Header(HEADER, new Value.Long(delivery.deliveryCount()));
    return new Delivery(
        delivery.consumer(),
        delivery.sequence(),
        delivery.unsettledIndex(),
        delivery
            .message()
            .republished(
                delivery.message().address(),
                Rewrite.with(count),
                delivery.message().receivedMillis()),
        delivery.deliveryCount(),
        delivery.match());
  }
}
