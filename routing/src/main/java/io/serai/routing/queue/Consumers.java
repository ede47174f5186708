package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.SessionEvent;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue and whose turn it is: those with credit, highest priority first, in
 * turn among equals. Choosing, using and adding credit take constant time.
 *
 * <p>With a single active consumer only that one takes part; the others keep the credit they are
 * granted until it is their turn: when the active one leaves, the highest priority follows, among
 * equals who came first.
 */
final class Consumers {
  /** Up to here looking through all is faster than a map. */
  private static final int SCANNED = 8;

  /** Consumers of one priority that have credit, as a ring. */
  private static final class Level {
    final int priority;
    int attached;
    @Nullable QueueConsumer first;

    Level(int priority) {
      this.priority = priority;
    }
  }

  /** Attached ones and those with unsettled deliveries left. */
  private final List<QueueConsumer> all = new ArrayList<>(1);

  /** {@link #all} by reference once there are many. */
  private @Nullable IdentityHashMap<ConsumerRef, QueueConsumer> byRef;

  /** Highest priority first; one per priority that attached consumers have. */
  private final List<Level> levels = new ArrayList<>(1);

  private final boolean isSingleActive;

  private int attached;
  private @Nullable QueueConsumer exclusive;

  /** The one that takes part; null without consumers, or when all of them do. */
  private @Nullable QueueConsumer active;

  /** Attached shared ones that would have to be told when messages wait. */
  private int untold;

  private int draining;

  Consumers(boolean isSingleActive) {
    this.isSingleActive = isSingleActive;
  }

  /** Number of attached consumers. */
  int count() {
    return attached;
  }

  /**
   * Whether a consumer may come: nobody has the queue to itself, and it can if it wants to. A queue
   * with a single active consumer has no use for exclusive ones and refuses them, as RabbitMQ does.
   */
  boolean admits(ConsumerOptions options) {
    return exclusive == null && (!options.exclusive() || (attached == 0 && !isSingleActive));
  }

  /** Everyone, attached or not; for use while the queue is taken apart. */
  List<QueueConsumer> all() {
    return all;
  }

  /** The consumer a reference was handed out for, or null when it is gone. */
  @SuppressWarnings("ReferenceEquality") // references travel unchanged; equals is for the rest
  @Nullable QueueConsumer find(ConsumerRef ref) {
    IdentityHashMap<ConsumerRef, QueueConsumer> map = byRef;
    if (map != null) {
      QueueConsumer found = map.get(ref);
      if (found != null) {
        return found;
      }
    } else {
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).ref == ref) {
          return all.get(i);
        }
      }
    }
    for (int i = 0; i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.isAttached && one.ref.equals(ref)) {
        return one;
      }
    }
    return null;
  }

  /** Remembers a consumer that only holds unsettled deliveries. */
  void add(QueueConsumer consumer) {
    all.add(consumer);
    consumer.session.add(consumer);
    if (byRef != null) {
      byRef.put(consumer.ref, consumer);
    } else if (all.size() > SCANNED) {
      byRef = new IdentityHashMap<>();
      for (QueueConsumer one : all) {
        byRef.put(one.ref, one);
      }
    }
  }

  /** Adds a consumer that takes part, without credit yet. */
  void attach(QueueConsumer consumer) {
    add(consumer);
    consumer.isAttached = true;
    attached++;
    level(consumer.options().priority()).attached++;
    if (consumer.options().exclusive()) {
      exclusive = consumer;
    }
    if (!isSingleActive) {
      untold += consumer.isShared() ? 1 : 0;
    } else if (active == null) {
      activate(consumer);
    } else {
      consumer.isToldReady = true; // nothing is ready for it yet
    }
  }

  /** From now on this one gets the messages. */
  private void activate(QueueConsumer consumer) {
    active = consumer;
    consumer.isToldReady = false;
    untold += consumer.isShared() ? 1 : 0;
    if (consumer.credit > 0) {
      link(consumer);
    }
  }

  private void activateNext() {
    QueueConsumer next = null;
    for (int i = 0; i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.isAttached
          && (next == null || one.options().priority() > next.options().priority())) {
        next = one;
      }
    }
    active = null;
    if (next != null) {
      activate(next);
    }
  }

  private boolean takesPart(QueueConsumer consumer) {
    return !isSingleActive || active == consumer;
  }

  /** Ends a consumer's part in the queue; what it has not settled stays its own. */
  void detach(QueueConsumer consumer) {
    if (!consumer.isAttached) {
      return;
    }
    if (hasCredit(consumer)) {
      unlink(consumer);
    }
    stopDraining(consumer);
    consumer.credit = 0;
    consumer.isAttached = false;
    attached--;
    Level level = level(consumer.options().priority());
    if (--level.attached == 0) {
      levels.remove(level);
    }
    if (exclusive == consumer) {
      exclusive = null;
    }
    if (consumer.isShared() && !consumer.isToldReady) {
      untold--;
    }
    if (active == consumer) {
      activateNext();
    }
  }

  /** Forgets a detached consumer. */
  void forget(QueueConsumer consumer) {
    all.remove(consumer);
    consumer.session.remove(consumer);
    if (byRef != null) {
      byRef.remove(consumer.ref);
    }
  }

  /** Whether somebody attached has credit. */
  boolean hasCredit() {
    for (int i = 0; i < levels.size(); i++) {
      if (levels.get(i).first != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whose turn it is: a consumer with credit, or null when nobody has any. The next call gives the
   * next one.
   */
  @Nullable QueueConsumer next() {
    for (int i = 0; i < levels.size(); i++) {
      Level level = levels.get(i);
      QueueConsumer chosen = level.first;
      if (chosen != null) {
        level.first = chosen.nextActive;
        return chosen;
      }
    }
    return null;
  }

  /** A consumer that {@link #next} gave was sent a message. */
  void used(QueueConsumer consumer) {
    if (!consumer.isUncounted() && --consumer.credit == 0) {
      unlink(consumer);
      stopDraining(consumer);
    }
  }

  /** Adds credit to an attached consumer; more than an int holds means no limit. */
  void credit(QueueConsumer consumer, int amount) {
    if (amount <= 0) {
      return;
    }
    boolean had = hasCredit(consumer);
    int sum = consumer.credit + amount;
    consumer.credit = sum < 0 ? QueueConsumer.UNLIMITED : sum;
    if (!had && takesPart(consumer)) {
      link(consumer);
    }
  }

  /** One of its deliveries was settled; true when that gave it credit. */
  boolean settled(QueueConsumer consumer) {
    if (consumer.isAttached) {
      if (consumer.isCreditedPerSettle) {
        credit(consumer, 1);
      }
      return consumer.isCreditedPerSettle;
    }
    if (consumer.unsettled.isEmpty()) {
      forget(consumer);
    }
    return false;
  }

  /** What is left of the consumer's credit goes back to its session when nothing is ready. */
  void drain(QueueConsumer consumer) {
    if (!consumer.isDraining && consumer.credit > 0) {
      consumer.isDraining = true;
      draining++;
    }
  }

  /** Nothing is ready: takes back the credit of draining consumers and says so. */
  void finishDrains(Consumer<SessionEvent> events) {
    for (int i = 0; draining > 0 && i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.isDraining) {
        finishDrain(one, events);
      }
    }
  }

  private void finishDrain(QueueConsumer one, Consumer<SessionEvent> events) {
    int unused = one.credit;
    stopDraining(one);
    unlink(one);
    one.credit = 0;
    events.accept(new SessionEvent.Drained(one.session.ref, one.ref, unused));
  }

  /**
   * Messages wait, but not for these: takes back the credit of draining ones that do not take part.
   */
  void finishIdleDrains(Consumer<SessionEvent> events) {
    for (int i = 0; isSingleActive && draining > 0 && i < all.size(); i++) {
      if (all.get(i).isDraining && active != all.get(i)) {
        finishDrain(all.get(i), events);
      }
    }
  }

  /** Messages wait and nobody has credit: tells each shared consumer once. */
  void tellReady(Consumer<SessionEvent> events) {
    for (int i = 0; untold > 0 && i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.isAttached && one.isShared() && !one.isToldReady) {
        one.isToldReady = true;
        untold--;
        events.accept(new SessionEvent.Ready(one.session.ref, one.ref));
      }
    }
  }

  /** The session granted credit: it is told again when messages wait after that. */
  void tellAgain(QueueConsumer consumer) {
    if (consumer.isToldReady && takesPart(consumer)) {
      consumer.isToldReady = false;
      if (consumer.isAttached && consumer.isShared()) {
        untold++;
      }
    }
  }

  /** Whether somebody would have to be told that messages wait. */
  boolean hasUntold() {
    return untold > 0;
  }

  private static boolean hasCredit(QueueConsumer consumer) {
    return consumer.nextActive != null;
  }

  private void stopDraining(QueueConsumer consumer) {
    if (consumer.isDraining) {
      consumer.isDraining = false;
      draining--;
    }
  }

  /** Puts a consumer at the end of its level's ring. */
  private void link(QueueConsumer consumer) {
    Level level = level(consumer.options().priority());
    QueueConsumer first = level.first;
    if (first == null) {
      consumer.nextActive = consumer;
      consumer.previousActive = consumer;
      level.first = consumer;
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

  private void unlink(QueueConsumer consumer) {
    QueueConsumer next = consumer.nextActive;
    QueueConsumer previous = consumer.previousActive;
    if (next == null || previous == null) {
      return;
    }
    Level level = level(consumer.options().priority());
    if (next == consumer) {
      level.first = null;
    } else {
      previous.nextActive = next;
      next.previousActive = previous;
      if (level.first == consumer) {
        level.first = next;
      }
    }
    consumer.nextActive = null;
    consumer.previousActive = null;
  }

  private Level level(int priority) {
    int at = 0;
    while (at < levels.size() && levels.get(at).priority > priority) {
      at++;
    }
    if (at == levels.size() || levels.get(at).priority != priority) {
      levels.add(at, new Level(priority));
    }
    return levels.get(at);
  }
}
