package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.SessionRef;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection as this shard knows it: its consumers here and the deliveries it gets when the
 * turn ends.
 */
final class ShardSession {
  /** Room that is made at once for a turn's deliveries, however many the last turn had. */
  private static final int MAX_EXPECTED = 1024;

  final SessionRef ref;

  /** Whether its connection has gone. */
  boolean isEnded;

  /** Consumers on queues of this shard, in no order; also those that only have unsettled left. */
  private final List<QueueConsumer> consumers = new ArrayList<>(2);

  /** This turn's deliveries; handed over and replaced when the turn ends. */
  private List<Delivery> outgoing = List.of();

  private int expected = 1;

  ShardSession(SessionRef ref) {
    this.ref = ref;
  }

  void add(QueueConsumer consumer) {
    consumer.placeInSession = consumers.size();
    consumers.add(consumer);
  }

  void remove(QueueConsumer consumer) {
    QueueConsumer moved = consumers.removeLast();
    if (moved != consumer) {
      moved.placeInSession = consumer.placeInSession;
      consumers.set(consumer.placeInSession, moved);
    }
  }

  List<QueueConsumer> consumers() {
    return consumers;
  }

  /**
   * Collects a delivery.
   *
   * @return true when it is the turn's first
   */
  boolean deliver(Delivery delivery) {
    boolean isFirst = outgoing.isEmpty();
    if (isFirst) {
      outgoing = new ArrayList<>(expected);
    }
    outgoing.add(delivery);
    return isFirst;
  }

  /** Hands over what was collected, empty when nothing was; the list is not written to again. */
  List<Delivery> takeOutgoing() {
    List<Delivery> taken = outgoing;
    if (!taken.isEmpty()) {
      expected = Math.min(taken.size(), MAX_EXPECTED);
      outgoing = List.of();
    }
    return taken;
  }
}
