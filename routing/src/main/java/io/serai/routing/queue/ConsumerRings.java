package io.serai.routing.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue that there is something to do for, in turn among those of equal
 * priority. Choosing takes constant time, and so does adding and removing among those of a priority
 * that somebody else has, too; the first and the last of one cost a logarithm of how many there
 * are.
 */
final class ConsumerRings {
  /** Consumers of one priority, as a ring. */
  static final class Ring {
    final int priority;
    int attached;
    @Nullable QueueConsumer first;

    Ring(int priority) {
      this.priority = priority;
    }
  }

  /** Highest priority first; one per priority that attached consumers have. */
  private final List<Ring> rings = new ArrayList<>(1);

  /** Those of them that are not empty, likewise: clients choose how many priorities there are. */
  private final List<Ring> filled = new ArrayList<>(1);

  /** A consumer of this priority is attached. */
  void attached(QueueConsumer consumer) {
    int priority = consumer.options().priority();
    int at = place(rings, priority);
    if (at == rings.size() || rings.get(at).priority != priority) {
      rings.add(at, new Ring(priority));
    }
    Ring ring = rings.get(at);
    ring.attached++;
    consumer.ring = ring;
  }

  /** A consumer is not attached any more and not in a ring. */
  void detached(QueueConsumer consumer) {
    Ring ring = ring(consumer);
    consumer.ring = null;
    if (--ring.attached == 0) {
      rings.remove(place(rings, ring.priority));
    }
  }

  boolean isEmpty() {
    return filled.isEmpty();
  }

  /** Whose turn it is, null when nobody is in a ring. The next call gives the next one. */
  @Nullable QueueConsumer next() {
    if (filled.isEmpty()) {
      return null;
    }
    Ring ring = filled.getFirst();
    QueueConsumer chosen = ring.first;
    ring.first = chosen == null ? null : chosen.nextActive;
    return chosen;
  }

  static boolean isLinked(QueueConsumer consumer) {
    return consumer.nextActive != null;
  }

  /** Puts a consumer that is in no ring at the end of its priority's. */
  void link(QueueConsumer consumer) {
    Ring ring = ring(consumer);
    QueueConsumer first = ring.first;
    if (first == null) {
      consumer.nextActive = consumer;
      consumer.previousActive = consumer;
      ring.first = consumer;
      filled.add(place(filled, ring.priority), ring);
      return;
    }
    QueueConsumer last = first.previousActive;
    consumer.nextActive = first;
    consumer.previousActive = last;
    first.previousActive = consumer;
    if (last != null) {
      last.nextActive = consumer;
    }
  }

  /** Takes a consumer out of its ring, if it is in one. */
  void unlink(QueueConsumer consumer) {
    QueueConsumer next = consumer.nextActive;
    QueueConsumer previous = consumer.previousActive;
    if (next == null || previous == null) {
      return;
    }
    Ring ring = ring(consumer);
    if (next == consumer) {
      ring.first = null;
      filled.remove(place(filled, ring.priority));
    } else {
      previous.nextActive = next;
      next.previousActive = previous;
      if (ring.first == consumer) {
        ring.first = next;
      }
    }
    consumer.nextActive = null;
    consumer.previousActive = null;
  }

  private static Ring ring(QueueConsumer consumer) {
    Ring known = consumer.ring;
    if (known == null) {
      throw new IllegalStateException("consumer " + consumer.ref + " is not attached");
    }
    return known;
  }

  /** Where a priority is in a list, or would be. */
  private static int place(List<Ring> sorted, int priority) {
    int from = 0;
    int to = sorted.size();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted.get(middle).priority > priority) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
