package io.serai.gateway.stomp;

import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.SlotRing;
import io.serai.bus.StreamRead;
import io.serai.gateway.CreditWindow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One subscription: what a client gets from one destination. */
final class Subscription {
  /** The client's own name for it: its id, or for a 1.0 client without one its destination. */
  final String name;

  final String destination;
  final int consumerId;
  final SubscriptionTag tag;
  final AckMode ackMode;

  /** Most unsettled deliveries, 0 for no limit. */
  final int prefetch;

  /** Which messages it sees, and whether it takes them. */
  final ConsumerView view;

  /** How it reads its queue if that is a stream. */
  final StreamRead stream;

  /** Deliveries by number, until they are settled; bounded by the prefetch the client chose. */
  final SlotRing<Delivery> unacked = new SlotRing<>(1);

  /** With {@link CreditMode#GRANTED}. */
  final CreditWindow window = new CreditWindow();

  /** The queue it reads; set before the consumer is attached. */
  String queue = "";

  /** Whether the queue outlives the subscription and was made for it. */
  boolean isDurable;

  /** It has browsed everything: its consumer is gone, the client may still unsubscribe. */
  boolean hasBrowsedAll;

  private @Nullable ConsumerRef ref;

  Subscription(
      String name,
      String destination,
      int consumerId,
      SubscriptionTag tag,
      AckMode ackMode,
      int prefetch,
      ConsumerView view,
      StreamRead stream) {
    this.name = name;
    this.destination = destination;
    this.consumerId = consumerId;
    this.tag = tag;
    this.ackMode = ackMode;
    this.prefetch = prefetch;
    this.view = view;
    this.stream = stream;
  }

  boolean isNoAck() {
    return ackMode == AckMode.AUTO;
  }

  CreditMode creditMode() {
    return !isNoAck() && prefetch > 0 ? CreditMode.PER_SETTLE : CreditMode.GRANTED;
  }

  void attached(ConsumerRef to) {
    ref = to;
  }

  /** The consumer at its queue. */
  ConsumerRef ref() {
    ConsumerRef known = ref;
    if (known == null) {
      throw new IllegalStateException("subscription " + name + " is not attached yet");
    }
    return known;
  }

  /** Numbers a run of deliveries, remembers what must be acknowledged and answers the first. */
  long add(List<Delivery> deliveries, int from, int to) {
    long first = unacked.nextNumber();
    for (int i = from; i < to; i++) {
      if (isNoAck()) {
        unacked.skip();
      } else {
        unacked.add(deliveries.get(i));
      }
    }
    return first;
  }
}
