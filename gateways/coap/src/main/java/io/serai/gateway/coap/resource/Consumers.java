package io.serai.gateway.coap.resource;

import io.serai.bus.BindingSpec;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Effects;
import io.serai.gateway.Then;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.Reply;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
  private final Map<Integer, Reading> byId = new HashMap<>(0);
  private int nextId = 1;

  /** One consumer. */
  private static final class Reading {
    final Taker taker;

    /** What has come and was not granted again, of a consumer that takes everything. */
    int used;

    Reading(Taker taker) {
      this.taker = taker;
    }
  }

  Consumers(PeerScope scope) {
    this.scope = scope;
  }

  /**
   * Declares a queue, binds it and reads it without acknowledging, as fast as messages come.
   *
   * @param then gets the consumer, or why there is none; then there is no queue either
   */
  void open(
      Client client,
      QueueSpec spec,
      List<BindingSpec> bindings,
      Taker taker,
      Reply reply,
      Effects<CoapFrame> out,
      Then<Result<ConsumerRef>, CoapFrame> then) {
    int id = nextId++;
    byId.put(id, new Reading(taker));
    scope.askEither(
        new Request.OpenSubscription(client.caller(), spec, id, takingAll(), bindings, List.of()),
        reply,
        out,
        (result, later) -> {
          if (result instanceof Result.Refused<ConsumerRef>) {
            byId.remove(id);
          }
          then.accept(result, later);
        });
  }

  /** Reads a queue without acknowledging, as fast as messages come. */
  void readAll(
      Incoming in,
      String queue,
      Taker taker,
      Effects<CoapFrame> out,
      Then<ConsumerRef, CoapFrame> then) {
    read(in, queue, takingAll(), taker, out, then);
  }

  private static ConsumerOptions takingAll() {
    return new ConsumerOptions("", true, false, 0, CreditMode.GRANTED, CREDIT);
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
    byId.put(id, new Reading(taker));
    scope.askEither(
        new Request.Consume(in.client().caller(), queue, id, options),
        in.reply(),
        out,
        (result, later) -> {
          ConsumerRef ref = PeerScope.valueOrNull(result);
          if (ref == null) {
            byId.remove(id);
            throw PeerScope.refusal(result);
          }
          then.accept(ref, later);
        });
  }

  /** Reads no more; what the consumer holds may still be settled. */
  void cancel(Client client, ConsumerRef consumer, Effects<CoapFrame> out) {
    byId.remove(consumer.id());
    out.tell(new Request.CancelConsumer(client.caller(), consumer));
  }

  void deliver(List<Delivery> deliveries, Effects<CoapFrame> out) {
    for (int i = 0; i < deliveries.size(); i++) {
      Delivery delivery = deliveries.get(i);
      ConsumerRef consumer = delivery.consumer();
      Reading reading = byId.get(consumer.id());
      if (reading == null) {
        if (!consumer.options().noAck()) {
          out.settle(delivery, Outcome.RETURNED);
        }
      } else {
        reading.taker.take(delivery, out);
        if (consumer.options().noAck() && ++reading.used == CREDIT / 2) {
          reading.used = 0;
          out.grant(consumer, CREDIT / 2, false);
        }
      }
    }
  }

  void cancelled(ConsumerRef consumer, Effects<CoapFrame> out) {
    Reading reading = byId.remove(consumer.id());
    if (reading != null) {
      reading.taker.onCancelled(out);
    }
  }
}
