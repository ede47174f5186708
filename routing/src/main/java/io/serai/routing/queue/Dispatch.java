package io.serai.routing.queue;

import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands one queue's messages to its consumers. A consumer of everything gets the first message; one
 * with a view of its own looks for its next, a few messages in each of its turns, and is out of the
 * way when it has looked at all.
 */
final class Dispatch {
  /** Messages that one consumer looks at before it is the next one's turn. */
  private static final int LOOKS = 32;

  private final Backlog ready;
  private final Consumers consumers;
  private final Custody custody;
  private final Unprocessed unprocessed;
  private final ShardServices shard;

  /** Null where every message stays in memory. */
  private final @Nullable Paging paging;

  private int holds;

  Dispatch(
      Backlog ready,
      Consumers consumers,
      Custody custody,
      Unprocessed unprocessed,
      ShardServices shard,
      @Nullable Paging paging) {
    this.paging = paging;
    this.ready = ready;
    this.consumers = consumers;
    this.custody = custody;
    this.unprocessed = unprocessed;
    this.shard = shard;
  }

  /** Whether {@link #some} would get on. */
  boolean canGoOn() {
    if (canHandOut() && consumers.hasNext()) {
      return true;
    }
    return ready.isOverfull() && (ready.hasYielding() || unprocessed.canDropUnseen());
  }

  /** Whether the first message is here and consumers may have it. */
  private boolean canHandOut() {
    return ready.hasHead() && holds == 0 && !isHeldBack();
  }

  /** Hands nothing out until {@link #letGo}: what belongs before the rest is on its way back. */
  void hold() {
    holds++;
  }

  /** Ends one {@link #hold}; true when it was the last. */
  boolean letGo() {
    return --holds == 0;
  }

  /** Whether something is on its way back to its place. */
  boolean isHeld() {
    return holds > 0;
  }

  /** Whether consumers have to settle before they get more. */
  boolean isHeldBack() {
    return paging != null && paging.holdsBack();
  }

  /**
   * Delivers what is ready to consumers with credit, and makes room when they cannot.
   *
   * @param most messages to handle at most
   * @return how many it handled; 0 only when it cannot get on
   */
  int some(int most) {
    int handled = 0;
    if (consumers.hasViewers()) {
      while (handled < most && canGoOn()) {
        handled += canHandOut() && consumers.hasNext() ? nextTurn(most - handled) : roomMade();
      }
      if (handled < most && ready.isOverfull()) {
        handled += roomMade(); // what has to go is on disk: it is loaded, whoever looks or not
      }
    } else {
      while (handled < most && deliverOne()) {
        handled++;
      }
      while (handled < most && ready.isOverfull() && moveHead()) {
        handled++;
      }
    }
    if (paging != null && consumers.hasNext() && !paging.holdsBack()) {
      paging.readAhead(ready.headRun());
    }
    return handled;
  }

  /** The first message is wanted here, whether or not there are consumers. */
  void loadHead() {
    if (paging != null) {
      paging.loadHead(ready.headRun());
    }
  }

  // ---- one by one

  /** A message that arrives while nothing is ready goes straight to a consumer. */
  void deliverNew(QueueConsumer consumer, Message message, @Nullable MatchData match) {
    long sequence = ready.passBy(message);
    if (!consumer.isNoAck) {
      custody.take(sequence, message, match, true);
      handedOut(message);
    }
    shard.turn().deliver(consumer.session, consumer.delivery(sequence, message, 0, match));
    consumers.used(consumer);
  }

  /** Delivers or, when it has expired, drops the first message; false when neither can be done. */
  boolean deliverOne() {
    if (!canHandOut()) {
      return false;
    }
    if (isHeadExpired()) {
      unprocessed.dropHead(DeathReason.EXPIRED);
      return true;
    }
    QueueConsumer consumer =
        consumers.hasViewers() ? consumers.takerOf(ready.headMessage(), true) : consumers.next();
    if (consumer == null) {
      return false;
    }
    deliverHead(consumer);
    return true;
  }

  /**
   * Makes room for one: delivers the first message if somebody takes it, drops one if not.
   *
   * @return false when the message has to be loaded first
   */
  boolean moveHead() {
    if (deliverOne()) {
      return true;
    }
    ready.turnToYielding();
    try {
      return dropOne();
    } finally {
      ready.turnBack();
    }
  }

  private boolean dropOne() {
    if (ready.hasHead()) {
      unprocessed.dropHead(DeathReason.MAXLEN);
      return true;
    }
    if (unprocessed.canDropUnseen()) {
      unprocessed.dropUnseen();
      return true;
    }
    loadHead();
    return false;
  }

  private int roomMade() {
    return moveHead() ? 1 : 0;
  }

  private void deliverHead(QueueConsumer consumer) {
    shard.turn().deliver(consumer.session, takeHead(consumer));
    consumers.used(consumer);
  }

  /** Takes the first message away for a consumer; one that does not acknowledge is done with it. */
  Delivery takeHead(QueueConsumer consumer) {
    Message message = ready.headMessage();
    long sequence = ready.headSequence();
    int deliveryCount = ready.headDeliveryCount();
    Delivery delivery = consumer.delivery(sequence, message, deliveryCount, ready.headMatch());
    ready.removeHead();
    if (deliveryCount > 0) {
      shard.counters().add(Counter.REDELIVERIES, 1);
      delivery = unprocessed.counted(delivery);
    }
    if (consumer.isNoAck) {
      custody.letGo(sequence, message);
      return delivery;
    }
    handedOut(message);
    if (deliveryCount == 0) {
      custody.delivered(sequence, message);
    }
    return delivery;
  }

  /** A message that was handed out is settled, or on its way back. */
  void isBack(Delivery held) {
    if (paging != null) {
      paging.settled(held.message());
    }
  }

  private void handedOut(Message message) {
    if (paging != null) {
      paging.handedOut(message);
    }
  }

  /** Whether the first message is here and has expired. */
  boolean isHeadExpired() {
    if (!ready.hasHead()) {
      return false;
    }
    long at = ready.headExpiresAtMillis();
    return at != Deadline.NEVER && at <= shard.host().nowMillis();
  }

  // ---- views

  /** Lets the next consumer have its turn and answers how many messages that took, at least 1. */
  private int nextTurn(int most) {
    if (isHeadExpired()) {
      unprocessed.dropHead(DeathReason.EXPIRED);
      return 1;
    }
    QueueConsumer consumer = consumers.next();
    if (consumer == null) {
      return 1;
    }
    QueueView view = consumer.view;
    if (view == null) {
      deliverHead(consumer);
      return 1;
    }
    int looked = view.look(Math.min(most, LOOKS));
    RunCursor found = view.found();
    if (found != null) {
      show(consumer, view, found);
    }
    RunView waiting = view.waiting();
    if (view.isAtEnd()) {
      hasSeenAll(consumer, view);
    } else if (waiting != null) {
      load(consumer, waiting);
    }
    return Math.max(1, looked);
  }

  /** A view cannot go on before what it comes to next is here. */
  private void load(QueueConsumer consumer, RunView waiting) {
    MessageChunk awaited = waiting.awaited();
    if (paging != null && awaited != null) {
      consumers.awaitsPage(consumer);
      paging.readAhead(waiting.run(), awaited, consumers.viewers().size());
    }
  }

  /** What a view has found is for its consumer, if it has the credit. */
  private void show(QueueConsumer consumer, QueueView view, RunCursor found) {
    Message message = found.message();
    if (ready.expiresAtMillis(message) <= shard.host().nowMillis()) {
      dropExpired(view, found.position, message);
    } else if (consumer.credit == 0) {
      shard.turn().tell(new SessionEvent.Ready(consumer.session.ref, consumer.ref));
      consumers.told(consumer);
    } else {
      Delivery delivery =
          consumer.delivery(found.position, message, found.deliveryCount(), found.match());
      if (!consumer.isNoAck) {
        handedOut(message);
      }
      if (view.isBrowsing()) {
        browsed(consumer, view, message);
      } else {
        taken(consumer, view, delivery);
        shard.counters().add(Counter.REDELIVERIES, delivery.isRedelivered() ? 1 : 0);
      }
      shard
          .turn()
          .deliver(
              consumer.session,
              delivery.isRedelivered() ? unprocessed.counted(delivery) : delivery);
      consumers.used(consumer);
    }
  }

  /** One that browses leaves what has expired to the queue. */
  private void dropExpired(QueueView view, long sequence, Message message) {
    if (view.isBrowsing()) {
      view.passFound();
    } else {
      view.removeFound();
      unprocessed.die(sequence, message, DeathReason.EXPIRED);
    }
  }

  private void taken(QueueConsumer consumer, QueueView view, Delivery delivery) {
    view.removeFound();
    if (consumer.isNoAck) {
      custody.letGo(delivery.sequence(), delivery.message());
    } else if (delivery.deliveryCount() == 0) {
      custody.deliveredAmid(delivery);
    }
  }

  /** It stays; but what a browser has not settled is in memory whatever becomes of the queue's. */
  private void browsed(QueueConsumer consumer, QueueView view, Message message) {
    view.passFound();
    if (!consumer.isNoAck) {
      shard.memory().take(message, 1);
    }
  }

  private void hasSeenAll(QueueConsumer consumer, QueueView view) {
    if (view.isEnding()) {
      endBrowser(consumer);
    } else {
      consumers.starved(consumer);
    }
  }

  /** Tells browsers for which nothing is left, and lets them go. */
  void endBrowsers() {
    for (QueueConsumer one : List.copyOf(consumers.viewers())) {
      QueueView view = one.view;
      if (view != null && view.isEnding() && (ready.isEmpty() || view.isAtEnd())) {
        endBrowser(one);
      }
    }
  }

  /** Somebody has left: what was loaded for views is not needed if it was the last of them. */
  void viewerLeft() {
    if (paging != null && !consumers.hasViewers()) {
      paging.keepViewed(0);
    }
  }

  private void endBrowser(QueueConsumer consumer) {
    shard.turn().flush(consumer.session);
    shard.host().send(new SessionEvent.BrowseEnded(consumer.session.ref, consumer.ref));
    consumers.detach(consumer);
    viewerLeft();
    if (consumer.unsettled.isEmpty()) {
      consumers.forget(consumer);
    }
  }
}
