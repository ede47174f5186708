package io.serai.routing.queue;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue that there is something to do for, in turn among those of equal
 * priority. Choosing, adding and removing take constant time.
 */
final class ConsumerRings {
  /** Consumers of one priority, as a ring. */
  private static final class Ring {
    final int priority;
    int attached;
    @Nullable QueueConsumer first;

    Ring(int priority) {
      this.priority = priority;
    }
  }

  /** Highest priority first; one per priority that attached consumers have. */
  private final List<Ring> rings = new ArrayList<>(1);

  /** A consumer of this priority is attached. */
  void attached(QueueConsumer consumer) {
    ring(consumer).attached++;
  }

  /** A consumer is not attached any more and not in a ring. */
  void detached(QueueConsumer consumer) {
    Ring ring = ring(consumer);
    if (--ring.attached == 0) {
      rings.remove(ring);
    }
  }

  boolean isEmpty() {
    for (int i = 0; i < rings.size(); i++) {
      if (rings.get(i).first != null) {
        return false;
      }
    }
    return true;
  }

  /** Whose turn it is, null when nobody is in a ring. The next call gives the next one. */
  @Nullable QueueConsumer next() {
    for (int i = 0; i < rings.size(); i++) {
      Ring ring = rings.get(i);
      QueueConsumer chosen = ring.first;
      if (chosen != null) {
        ring.first = chosen.nextActive;
        return chosen;
      }
    }
    return null;
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

  private Ring ring(QueueConsumer consumer) {
    int priority = consumer.options().priority();
    int at = 0;
    while (at < rings.size() && rings.get(at).priority > priority) {
      at++;
    }
    if (at == rings.size() || rings.get(at).priority != priority) {
      rings.add(at, new Ring(priority));
    }
    return rings.get(at);
  }
}
