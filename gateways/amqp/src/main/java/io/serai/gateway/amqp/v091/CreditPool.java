package io.serai.gateway.amqp.v091;

import io.serai.gateway.Effects;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A channel's shared credit: the limit of basic.qos with global set, which holds over consumers of
 * queues on any loop. A queue says that messages wait, its consumer joins the line, and gets a
 * slice of what is free; what it cannot use comes back.
 *
 * <p>Invariant: deliveries unsettled + slices outstanding never exceed the limit.
 */
final class CreditPool {
  /** Largest slice when there is no limit. */
  private static final int MAX_SLICE = 1000;

  private final Unacked unacked;

  /** Consumers whose queue has messages, in the order they said so; each once. */
  private final Deque<ChannelConsumer> line = new ArrayDeque<>(2);

  private int limit;
  private int slices;

  CreditPool(Unacked unacked) {
    this.unacked = unacked;
  }

  /** Unsettled deliveries allowed over all consumers, 0 for no limit. */
  int limit() {
    return limit;
  }

  /** Changes the limit; one below what is out already stops grants until enough is settled. */
  void limit(int messages) {
    limit = messages;
  }

  /** A consumer's queue has messages for it. */
  void ready(ChannelConsumer consumer, Effects<Amqp091Frame> out) {
    if (!consumer.isWaiting) {
      consumer.isWaiting = true;
      line.add(consumer);
    }
    grant(out);
  }

  /** A consumer's slice has become deliveries. */
  void used(ChannelConsumer consumer, int count) {
    consumer.slice -= count;
    slices -= count;
  }

  /** A consumer's queue had no message for the rest of its slice. */
  void drained(ChannelConsumer consumer, int unused, Effects<Amqp091Frame> out) {
    used(consumer, unused);
    grant(out);
  }

  /** A consumer has ended; its slice is free again. */
  void left(ChannelConsumer consumer, Effects<Amqp091Frame> out) {
    slices -= consumer.slice;
    consumer.slice = 0;
    if (consumer.isWaiting) {
      consumer.isWaiting = false;
      line.remove(consumer);
    }
    grant(out);
  }

  /** Gives what is free to those who wait, in turn and in equal parts. */
  void grant(Effects<Amqp091Frame> out) {
    if (line.isEmpty() || !out.isWritable()) {
      return;
    }
    for (int turns = line.size(); turns > 0; turns--) {
      int free = limit == 0 ? MAX_SLICE : limit - unacked.ofConsumers() - slices;
      if (free <= 0) {
        return;
      }
      ChannelConsumer consumer = line.remove();
      int own = consumer.limit == 0 ? free : consumer.limit - consumer.unsettled - consumer.slice;
      int slice = Math.min(Math.min(own, (free + turns - 1) / turns), MAX_SLICE);
      if (slice <= 0) {
        line.add(consumer); // at its own limit
        continue;
      }
      consumer.isWaiting = false;
      consumer.slice += slice;
      slices += slice;
      out.grant(consumer.ref(), slice, true);
    }
  }
}
