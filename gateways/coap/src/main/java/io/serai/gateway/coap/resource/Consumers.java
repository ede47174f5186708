package io.serai.gateway.coap.resource;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Request;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.coap.CoapFrame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queues a peer reads, and who takes what comes from each. */
final class Consumers {
  /** Who takes a consumer's messages. */
  interface Taker {
    void take(Delivery delivery, Effects<CoapFrame> out);

    /** The queue was deleted. */
    default void onCancelled(Effects<CoapFrame> out) {}
  }

  /** Credit of a consumer that takes everything at once; half of it is granted at a time. */
  private static final int CREDIT = 256;

  private final PeerScope scope;
  private final Map<Integer, Taker> takers = new HashMap<>(0);
  private int nextId = 1;

  /** What the consumers that take everything have used of their credit. */
  private final Map<ConsumerRef, Integer> used = new HashMap<>(0);

  Consumers(PeerScope scope) {
    this.scope = scope;
  }

  /** Reads a queue without acknowledging, as fast as messages come. */
  void readAll(
      Incoming in,
      String queue,
      Taker taker,
      Effects<CoapFrame> out,
      Then<ConsumerRef, CoapFrame> then) {
    read(
        in,
        queue,
        new ConsumerOptions("", true, false, 0, CreditMode.GRANTED, CREDIT),
        taker,
        out,
        then);
  }

  /**
   * Reads a queue and acknowledges.
   *
   * @param isRefilled whether a message that is settled makes room for another one
   * @param most messages that may be unsettled, or ever come when it is not refilled
   */
  void readSettling(
      Incoming in,
      String queue,
      int most,
      boolean isRefilled,
      Taker taker,
      Effects<CoapFrame> out,
      Then<ConsumerRef, CoapFrame> then) {
    CreditMode mode = isRefilled ? CreditMode.PER_SETTLE : CreditMode.GRANTED;
    read(in, queue, new ConsumerOptions("", false, false, 0, mode, most), taker, out, then);
  }

  private void read(
      Incoming in,
      String queue,
      ConsumerOptions options,
      Taker taker,
      Effects<CoapFrame> out,
      Then<ConsumerRef, CoapFrame> then) {
    int id = nextId++;
    takers.put(id, taker);
    scope.askEither(
        new Request.Consume(in.client().caller(), queue, id, options),
        in.reply(),
        out,
        (result, later) -> {
          ConsumerRef ref = PeerScope.valueOrNull(result);
          if (ref == null) {
            takers.remove(id);
            throw PeerScope.refusal(result);
          }
          then.accept(ref, later);
        });
  }

  /** Reads no more; what the consumer holds may still be settled. */
  void cancel(Client client, ConsumerRef consumer, Effects<CoapFrame> out) {
    takers.remove(consumer.id());
    used.remove(consumer);
    out.tell(new Request.CancelConsumer(client.caller(), consumer));
  }

  void deliver(List<Delivery> deliveries, Effects<CoapFrame> out) {
    for (Delivery delivery : deliveries) {
      ConsumerRef consumer = delivery.consumer();
      if (consumer.options().noAck()) {
        used.merge(consumer, 1, Integer::sum);
      }
      Taker taker = takers.get(consumer.id());
      if (taker != null) {
        taker.take(delivery, out);
      } else if (!consumer.options().noAck()) {
        out.settle(delivery, io.serai.bus.Outcome.RETURNED);
      }
    }
    refill(out);
  }

  private void refill(Effects<CoapFrame> out) {
    if (!used.isEmpty()) {
      used.entrySet()
          .removeIf(entry -> {
            if (entry.getValue() < CREDIT / 2) {
              return false;
            }
            out.grant(entry.getKey(), entry.getValue(), false);
            return true;
          });
    }
  }

  void cancelled(ConsumerRef consumer, Effects<CoapFrame> out) {
    used.remove(consumer);
    @Nullable Taker taker = takers.remove(consumer.id());
    if (taker != null) {
      taker.onCancelled(out);
    }
  }
}
