package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.QueueRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A queue as it should be: messages by number, how often each was delivered before. */
final class ModelQueue {
  /** Told apart by queues with priorities. */
  static final int HIGHEST_PRIORITY = 3;

  final QueueRef ref;
  final TreeMap<Integer, Integer> ready = new TreeMap<>();
  final Map<Delivery, Integer> unsettled = new IdentityHashMap<>();

  /** Ready numbers that a session which ended may have been about to get. */
  final Set<Integer> uncertain = new HashSet<>();

  /**
   * By priority: numbers below were delivered or purged; none of them may come as a first delivery.
   */
  final int[] firstDeliveries = new int[HIGHEST_PRIORITY + 1];

  /** Whether only one of the consumers gets messages. */
  final boolean isSingleActive;

  /** Attached consumers in the order they came. */
  final List<ModelConsumer> attached = new ArrayList<>();

  @Nullable ModelConsumer active;

  ModelQueue(QueueRef ref, boolean isSingleActive) {
    this.ref = ref;
    this.isSingleActive = isSingleActive;
  }

  void joined(ModelConsumer consumer) {
    attached.add(consumer);
    if (isSingleActive && active == null) {
      active = consumer;
    }
  }

  void left(ModelConsumer consumer) {
    attached.remove(consumer);
    if (active == consumer) {
      active = null;
      for (ModelConsumer one : attached) {
        if (active == null || one.priority() > active.priority()) {
          active = one;
        }
      }
    }
  }

  boolean serves(ModelConsumer consumer) {
    return !isSingleActive || active == consumer;
  }
}
