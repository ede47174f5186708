package io.serai.gateway.coap;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.gateway.Effects;
import io.serai.gateway.Session;
import java.util.List;

/**
 * What sessions over every transport do alike: what the broker has for a peer is its resources'.
 */
interface PeerSession extends Session<CoapFrame> {
  /** The resources. */
  RequestHandler handler();

  /** Sends what a call has brought about, and sets the next wake-up. */
  void settle(Effects<CoapFrame> out);

  /** When the resources want to be woken, by the loop's clock; the past when that is now. */
  default long nextHandlerMillis(Effects<CoapFrame> out) {
    long wanted = handler().nextDeadlineMillis();
    return wanted == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : out.clockMillis() + Math.max(0, wanted - out.nowMillis());
  }

  @Override
  default void onDeliveries(List<Delivery> deliveries, Effects<CoapFrame> out) {
    handler().onDeliveries(deliveries, out);
  }

  @Override
  default void onConfirm(long token, boolean accepted, Effects<CoapFrame> out) {
    handler().onConfirm(token, accepted, out);
  }

  @Override
  default void onCommitted(long token, boolean isDone, Effects<CoapFrame> out) {
    handler().onConfirm(token, isDone, out);
  }

  @Override
  default void onBatchEnd(Effects<CoapFrame> out) {
    settle(out);
  }

  @Override
  default void onAnswerHandled(Effects<CoapFrame> out) {
    settle(out);
  }

  @Override
  default void onConsumerCancelled(ConsumerRef consumer, Effects<CoapFrame> out) {
    handler().onConsumerCancelled(consumer, out);
    settle(out);
  }
}
