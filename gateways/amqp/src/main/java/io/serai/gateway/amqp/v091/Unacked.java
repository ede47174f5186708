package io.serai.gateway.amqp.v091;

import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.SlotRing;
import io.serai.gateway.Effects;
import io.serai.gateway.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel's deliveries by delivery tag, until they are settled. Bounded by the prefetch limits
 * the client chose; a client without any keeps as many as it leaves unacknowledged.
 */
final class Unacked {
  private final ConnectionScope connection;
  private final SlotRing<Delivery> byTag = new SlotRing<>(1);
  private int ofConsumers;

  /** Holds settlements back, once the channel is transactional. */
  private @Nullable Transaction transaction;

  Unacked(ConnectionScope connection) {
    this.connection = connection;
  }

  void select(Transaction held) {
    transaction = held;
  }

  /** Deliveries to consumers that are not settled; those of basic.get do not count. */
  int ofConsumers() {
    return ofConsumers;
  }

  boolean isEmpty() {
    return byTag.isEmpty();
  }

  /** Gives a run of deliveries to one consumer consecutive tags and answers the first. */
  long add(ChannelConsumer consumer, List<Delivery> deliveries, int from, int to) {
    long first = byTag.nextNumber();
    if (consumer.isNoAck()) {
      for (int i = from; i < to; i++) {
        byTag.skip();
      }
      return first;
    }
    for (int i = from; i < to; i++) {
      byTag.add(deliveries.get(i));
    }
    consumer.unsettled += to - from;
    ofConsumers += to - from;
    return first;
  }

  /** Gives what basic.get took a tag. */
  long addGot(Delivery delivery, boolean noAck) {
    return noAck ? byTag.skip() : byTag.add(delivery);
  }

  /**
   * Settles one delivery, or with {@code multiple} all up to that tag; tag 0 then means all.
   *
   * @throws ProtocolException PRECONDITION_FAILED for a tag that is not outstanding
   */
  void settle(long tag, boolean multiple, Outcome outcome, Effects<Amqp091Frame> out) {
    if (multiple && tag == 0) {
      settleThrough(Long.MAX_VALUE, outcome, out);
      return;
    }
    Delivery delivery = multiple ? byTag.get(tag) : byTag.remove(tag);
    if (delivery == null) {
      throw ReplyCode.PRECONDITION_FAILED.because(
          "unknown delivery tag " + Long.toUnsignedString(tag), "AMQP 0-9-1 §1.8.3.13");
    }
    if (multiple) {
      settleThrough(tag, outcome, out);
    } else {
      settled(tag, delivery, outcome, out);
    }
  }

  /** Gives everything back to its old place. */
  void returnAll(Effects<Amqp091Frame> out) {
    byTag.drain(delivery -> settleNow(delivery, Outcome.RETURNED, out));
  }

  /** A settlement is taken back: the delivery is outstanding again under its tag. */
  void putBack(long tag, Delivery delivery) {
    byTag.putBack(tag, delivery);
  }

  private void settleThrough(long tag, Outcome outcome, Effects<Amqp091Frame> out) {
    while (!byTag.isEmpty() && byTag.firstNumber() <= tag) {
      long first = byTag.firstNumber();
      Delivery delivery = byTag.remove(first);
      if (delivery != null) {
        settled(first, delivery, outcome, out);
      }
    }
  }

  private void settled(long tag, Delivery delivery, Outcome outcome, Effects<Amqp091Frame> out) {
    Transaction held = transaction;
    if (held == null) {
      settleNow(delivery, outcome, out);
    } else {
      held.add(tag, delivery, outcome);
    }
  }

  /** Settles a delivery that has no tag any more. */
  void settleNow(Delivery delivery, Outcome outcome, Effects<Amqp091Frame> out) {
    out.settle(delivery, outcome);
    int consumerId = delivery.consumer().id();
    if (consumerId >= 0) { // basic.get has no consumer
      ofConsumers--;
      @Nullable ChannelConsumer consumer = connection.consumer(consumerId);
      if (consumer != null) {
        consumer.unsettled--;
      }
    }
  }
}
