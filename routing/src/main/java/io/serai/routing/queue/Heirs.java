package io.serai.routing.queue;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The attached consumers of a queue with a single active one, in the order in which they follow
 * each other: the highest priority first, among equals who came first. Adding, removing and looking
 * take a logarithm of how many priorities there are, however many consumers.
 */
final class Heirs {
  private final TreeMap<Integer, Set<QueueConsumer>> byPriority =
      new TreeMap<>(Comparator.reverseOrder());

  void add(QueueConsumer consumer) {
    byPriority
        .computeIfAbsent(consumer.options().priority(), _ -> new LinkedHashSet<>())
        .add(consumer);
  }

  void remove(QueueConsumer consumer) {
    int priority = consumer.options().priority();
    Set<QueueConsumer> equals = byPriority.get(priority);
    if (equals != null && equals.remove(consumer) && equals.isEmpty()) {
      byPriority.remove(priority);
    }
  }

  /** Who is first; null when nobody is there. */
  @Nullable QueueConsumer first() {
    return byPriority.isEmpty() ? null : byPriority.firstEntry().getValue().iterator().next();
  }
}
