package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one queue and whose turn it is: those with credit, highest priority first, in
 * turn among equals. Choosing, using and adding credit take constant time.
 *
 * <p>A consumer with a view of its own that has looked at everything is <em>starved</em> and out of
 * the way until a message comes, new or back. Those that only browse take no part in exclusivity
 * and in who is the single active one, and do not count.
 *
 * <p>With a single active consumer only that one takes part; the others keep the credit they are
 * granted until it is their turn: when the active one leaves, the highest priority follows, among
 * equals who came first.
 */
final class Consumers {
  /** Up to here looking through all is faster than a map. */
  private static final int SCANNED = 8;

  /** Attached ones and those with unsettled deliveries left. */
  private final List<QueueConsumer> all = new ArrayList<>(1);

  /** {@link #all} by reference once there are many. */
  private @Nullable IdentityHashMap<ConsumerRef, QueueConsumer> byRef;

  /**
   * Those whose turn may come: with credit, and with a view of their own only while there may be
   * something to see. So a queue that has messages and somebody here always gets on.
   */
  private final ConsumerRings rings = new ConsumerRings();

  /** Attached ones with a view of their own; null until the first comes. */
  private @Nullable List<QueueConsumer> viewers;

  /** How many of them have looked at everything. */
  private int starved;

  private final boolean isSingleActive;

  private int attached;
  private @Nullable QueueConsumer exclusive;

  /** The one that takes part; null without consumers, or when all of them do. */
  private @Nullable QueueConsumer active;

  /** Who follows the active one; null when all of them take part. */
  private final @Nullable Heirs heirs;

  /** Attached shared ones that would have to be told when messages wait. */
  private int untold;

  private int draining;

  Consumers(boolean isSingleActive) {
    this.isSingleActive = isSingleActive;
    this.heirs = isSingleActive ? new Heirs() : null;
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
    return options.view().isBrowsing()
        || (exclusive == null && (!options.exclusive() || (attached == 0 && !isSingleActive)));
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
    rings.attached(consumer);
    if (consumer.view != null) {
      if (viewers == null) {
        viewers = new ArrayList<>(1);
      }
      viewers.add(consumer);
    }
    if (consumer.isBrowser()) {
      place(consumer);
      return;
    }
    attached++;
    if (consumer.options().exclusive()) {
      exclusive = consumer;
    }
    if (heirs != null) {
      heirs.add(consumer);
    }
    if (!isSingleActive) {
      untold += consumer.isToBeTold() ? 1 : 0;
      place(consumer);
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
    untold += consumer.isToBeTold() ? 1 : 0;
    place(consumer);
  }

  private void activateNext() {
    active = null;
    QueueConsumer next = heirs == null ? null : heirs.first();
    if (next != null) {
      activate(next);
    }
  }

  private boolean takesPart(QueueConsumer consumer) {
    return !isSingleActive || active == consumer || consumer.isBrowser();
  }

  /** Puts a consumer where it belongs: in its ring while its turn may come, else out of it. */
  private void place(QueueConsumer consumer) {
    boolean mayHaveTurn =
        consumer.isAttached
            && !consumer.isStarved
            && !consumer.isAwaitingPage
            && (consumer.credit > 0 || consumer.wantsToKnow())
            && takesPart(consumer);
    if (mayHaveTurn != ConsumerRings.isLinked(consumer)) {
      if (mayHaveTurn) {
        rings.link(consumer);
      } else {
        rings.unlink(consumer);
      }
    }
  }

  /** Ends a consumer's part in the queue; what it has not settled stays its own. */
  void detach(QueueConsumer consumer) {
    if (!consumer.isAttached) {
      return;
    }
    rings.unlink(consumer);
    stopDraining(consumer);
    consumer.credit = 0;
    consumer.isAttached = false;
    rings.detached(consumer);
    leaveViewers(consumer);
    if (consumer.isBrowser()) {
      return;
    }
    attached--;
    if (exclusive == consumer) {
      exclusive = null;
    }
    if (consumer.isToBeTold() && !consumer.isToldReady) {
      untold--;
    }
    if (heirs != null) {
      heirs.remove(consumer);
    }
    if (active == consumer) {
      activateNext();
    }
  }

  // ---- views

  /** Whether some do not see everything, or do not take what they see. */
  boolean hasViewers() {
    return viewers != null;
  }

  /** Those of them that are attached; only while there are some. */
  List<QueueConsumer> viewers() {
    return viewers == null ? List.of() : viewers;
  }

  private void leaveViewers(QueueConsumer consumer) {
    List<QueueConsumer> known = viewers;
    if (known != null && known.remove(consumer)) {
      starved -= consumer.isStarved ? 1 : 0;
      if (known.isEmpty()) {
        viewers = null;
      }
    }
  }

  /** A consumer has looked at everything. */
  void starved(QueueConsumer consumer) {
    consumer.isStarved = true;
    starved++;
    place(consumer);
  }

  /** A message was added: there is something to look at. */
  void rouse() {
    List<QueueConsumer> known = viewers;
    for (int i = 0; starved > 0 && known != null && i < known.size(); i++) {
      rouse(known.get(i));
    }
  }

  /** What a consumer looks at next is being loaded. */
  void awaitsPage(QueueConsumer consumer) {
    consumer.isAwaitingPage = true;
    place(consumer);
  }

  /** Something was loaded: those that wait for it look again. */
  void pageArrived() {
    List<QueueConsumer> known = viewers;
    for (int i = 0; known != null && i < known.size(); i++) {
      QueueConsumer one = known.get(i);
      if (one.isAwaitingPage) {
        one.isAwaitingPage = false;
        place(one);
      }
    }
  }

  private void rouse(QueueConsumer consumer) {
    if (consumer.isStarved) {
      consumer.isStarved = false;
      starved--;
      place(consumer);
    }
  }

  /** A message is back in its old place. */
  void cameBack(long sequence) {
    List<QueueConsumer> known = viewers;
    for (int i = 0; known != null && i < known.size(); i++) {
      QueueConsumer one = known.get(i);
      QueueView view = one.view;
      if (view != null && !view.isBrowsing()) {
        view.cameBack(sequence);
        rouse(one);
      }
    }
  }

  /**
   * Who takes a message out of turn, null when nobody does.
   *
   * @param isFirst whether everybody may take it; else only those who have looked at the rest
   */
  @Nullable QueueConsumer takerOf(Message message, boolean isFirst) {
    QueueConsumer taker = null;
    for (int i = 0; i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.credit > 0
          && one.isAttached
          && !one.isBrowser()
          && takesPart(one)
          && (taker == null || one.options().priority() > taker.options().priority())
          && one.mayTake(message, isFirst)) {
        taker = one;
      }
    }
    return taker;
  }

  /** The session knows that there is something to see and has to grant credit first. */
  void told(QueueConsumer consumer) {
    consumer.isToldReady = true;
    place(consumer);
  }

  /** Forgets a detached consumer, if it is known. */
  void forget(QueueConsumer consumer) {
    if (!all.remove(consumer)) {
      return;
    }
    consumer.session.remove(consumer);
    if (byRef != null) {
      byRef.remove(consumer.ref);
    }
  }

  /** Whether {@link #next} gives somebody. */
  boolean hasNext() {
    return !rings.isEmpty();
  }

  /** Whose turn it is, or null when it is nobody's. The next call gives the next one. */
  @Nullable QueueConsumer next() {
    return rings.next();
  }

  /** A consumer that {@link #next} gave was sent a message. */
  void used(QueueConsumer consumer) {
    if (!consumer.isUncounted() && --consumer.credit == 0) {
      stopDraining(consumer);
      place(consumer);
    }
  }

  /** Adds credit to an attached consumer; more than an int holds means no limit. */
  void credit(QueueConsumer consumer, int amount) {
    if (amount <= 0) {
      return;
    }
    consumer.addCredit(amount);
    if (!ConsumerRings.isLinked(consumer)) {
      place(consumer);
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
    one.credit = 0;
    place(one);
    events.accept(new SessionEvent.Drained(one.session.ref, one.ref, unused));
  }

  /**
   * Messages wait, but not for these: takes back the credit of draining ones that do not take part
   * or have looked at everything.
   */
  void finishIdleDrains(Consumer<SessionEvent> events) {
    for (int i = 0; draining > 0 && i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.isDraining && (one.isStarved || !takesPart(one))) {
        finishDrain(one, events);
      }
    }
  }

  /** Messages wait and nobody has credit: tells each shared consumer once. */
  void tellReady(Consumer<SessionEvent> events) {
    for (int i = 0; untold > 0 && i < all.size(); i++) {
      QueueConsumer one = all.get(i);
      if (one.isAttached && one.isToBeTold() && !one.isToldReady) {
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
      if (consumer.isAttached && consumer.isToBeTold()) {
        untold++;
      }
    }
  }

  /** Whether somebody would have to be told that messages wait. */
  boolean hasUntold() {
    return untold > 0;
  }

  private void stopDraining(QueueConsumer consumer) {
    if (consumer.isDraining) {
      consumer.isDraining = false;
      draining--;
    }
  }
}
