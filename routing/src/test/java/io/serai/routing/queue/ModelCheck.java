package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must be so whenever a shard under {@link ShardModel} has come to rest. */
final class ModelCheck {
  private final ShardModel model;

  ModelCheck(ShardModel model) {
    this.model = model;
  }

  void run() {
    Set<Integer> held = new HashSet<>(model.browsedInMemory);
    List<Integer> alone =
        new ArrayList<>(model.browsedInMemory); // what was loaded is nobody else's
    for (ModelQueue queue : model.queues) {
      assertThat(model.shard.readyIn(queue.ref)).isEqualTo(queue.ready.size());
      held.addAll(queue.ready.keySet());
      held.addAll(queue.unsettled.values());
      alone.addAll(queue.ready.keySet());
      alone.addAll(queue.unsettled.values());
      for (int rank = 0; rank < queue.firstDeliveries.length; rank++) {
        checkFirstDeliveries(queue, rank);
      }
    }
    for (ModelConsumer consumer : model.consumers.values()) {
      if (isWaited(consumer)) {
        assertThat(consumer.credit).as("credit while messages wait").isZero();
        if (consumer.isShared()) {
          assertThat(consumer.isTold).as("told that messages wait").isTrue();
        }
      }
    }
    for (ModelSession session : model.sessions.values()) {
      long shared = session.unsettled.stream().filter(ModelEvents::isShared).count();
      assertThat(shared).as("shared limit").isLessThanOrEqualTo(ShardModel.SHARED_LIMIT);
    }
    if (model.isPaging) {
      assertThat(model.shard.shard.heldBytes()).isBetween(0L, bytesOf(alone));
    } else {
      assertThat(model.shard.shard.heldBytes()).isEqualTo(bytesOf(held));
    }
  }

  private long bytesOf(Collection<Integer> numbers) {
    return numbers.stream().mapToLong(number -> model.messages.get(number).sizeBytes()).sum();
  }

  /** Whether something is ready that the consumer should be given. */
  private boolean isWaited(ModelConsumer consumer) {
    return consumer.queue.serves(consumer)
        && consumer.queue.ready.entrySet().stream()
            .filter(entry -> consumer.wants(ShardModel.kind(entry.getKey())))
            .anyMatch(entry -> !consumer.isBrowser() || isNewTo(consumer, entry));
  }

  /** What came back behind its place a browser is not shown; what was not there neither. */
  private boolean isNewTo(ModelConsumer consumer, Map.Entry<Integer, Integer> ready) {
    return consumer.ref.options().view().mode() == ConsumerView.Mode.FOLLOW
        && ready.getValue() == 0
        && !model.hasExpired(consumer.queue, ready.getKey())
        && !consumer.queue.uncertain.contains(ready.getKey())
        && !consumer.seen.contains(ready.getKey());
  }

  /** A message that was never delivered does not stay behind one that was. */
  private void checkFirstDeliveries(ModelQueue queue, int rank) {
    int firstNew =
        queue.ready.entrySet().stream()
            .filter(entry -> model.rank(entry.getKey()) == rank)
            .filter(entry -> entry.getValue() == 0)
            .filter(entry -> !queue.uncertain.contains(entry.getKey()))
            .mapToInt(Map.Entry::getKey)
            .min()
            .orElse(Integer.MAX_VALUE);
    int delivered =
        queue.unsettled.values().stream()
            .filter(number -> model.rank(number) == rank)
            .mapToInt(number -> number + 1)
            .max()
            .orElse(0);
    queue.firstDeliveries[rank] = Math.max(queue.firstDeliveries[rank], delivered);
    assertThat(firstNew)
        .as("no first delivery overtook")
        .isGreaterThanOrEqualTo(queue.firstDeliveries[rank]);
  }
}
