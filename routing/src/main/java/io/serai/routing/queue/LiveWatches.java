package io.serai.routing.queue;

import io.serai.model.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Topics of live messages that queues got while subscribers' retained values were being collected:
 * those values are older and must not follow. A watch lasts from the subscription until its values
 * are appended, a few turns; it goes with its queue.
 */
final class LiveWatches {
  /**
   * Topics that one watch notes. Beyond it, and that many in a few turns are a flood, every topic
   * counts as noted: a live value came or comes soon.
   */
  static final int MAX_TOPICS = 100_000;

  private static final class Watch {
    final long id;
    final Set<Topic> topics = new HashSet<>();
    boolean isOverrun;

    Watch(long id) {
      this.id = id;
    }
  }

  private final Map<ShardQueue, List<Watch>> watches = new HashMap<>();
  private long lastId;

  /** Begins to note the queue's live messages and answers the watch's id. */
  long begin(ShardQueue queue) {
    watches.computeIfAbsent(queue, _ -> new ArrayList<>(1)).add(new Watch(++lastId));
    queue.isWatched = true;
    return lastId;
  }

  /** A live message of this topic went into a queue that is watched. */
  void note(ShardQueue queue, Topic topic) {
    for (Watch watch : watches.getOrDefault(queue, List.of())) {
      if (watch.topics.size() < MAX_TOPICS) {
        watch.topics.add(topic);
      } else if (!watch.topics.contains(topic)) {
        watch.isOverrun = true;
      }
    }
  }

  /** Whether a retained value of this topic is older than what the queue got live. */
  boolean isNoted(ShardQueue queue, long id, Topic topic) {
    Watch watch = find(queue, id);
    return watch != null
        && !watch.topics.isEmpty() // as a rule it is, and hashing thousands of topics is dear
        && (watch.isOverrun || watch.topics.contains(topic));
  }

  /** Ends one watch. */
  void end(ShardQueue queue, long id) {
    List<Watch> all = watches.get(queue);
    if (all != null && all.removeIf(watch -> watch.id == id) && all.isEmpty()) {
      forget(queue);
    }
  }

  /** Ends all watches of a queue. */
  void forget(ShardQueue queue) {
    watches.remove(queue);
    queue.isWatched = false;
  }

  private @Nullable Watch find(ShardQueue queue, long id) {
    for (Watch watch : watches.getOrDefault(queue, List.of())) {
      if (watch.id == id) {
        return watch;
      }
    }
    return null;
  }
}
