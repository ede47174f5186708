package io.serai.routing.queue;

import io.serai.model.Topic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Topics of live messages that a queue got while a subscriber's retained values were being
 * collected: those values are older and must not follow. Lasts from the subscription until its
 * values are appended, a few turns.
 */
final class LiveWatches {
  /**
   * Topics that one watch notes. Beyond it, and that many in a few turns are a flood, every topic
   * counts as noted: a live value came or comes soon.
   */
  static final int MAX_TOPICS = 100_000;

  private static final class Watch {
    final Set<Topic> topics = new HashSet<>();
    boolean isOverrun;
  }

  private final Map<Long, Watch> watches = new HashMap<>();

  void begin(long watch) {
    watches.put(watch, new Watch());
  }

  /** A live message of this topic went into the queue. */
  void note(Topic topic) {
    for (Watch watch : watches.values()) {
      if (watch.topics.size() < MAX_TOPICS) {
        watch.topics.add(topic);
      } else if (!watch.topics.contains(topic)) {
        watch.isOverrun = true;
      }
    }
  }

  /** Whether a retained value of this topic is older than what the queue got live. */
  boolean isNoted(long watch, Topic topic) {
    @Nullable Watch known = watches.get(watch);
    return known != null && (known.isOverrun || known.topics.contains(topic));
  }

  void end(long watch) {
    watches.remove(watch);
  }

  boolean isEmpty() {
    return watches.isEmpty();
  }
}
