package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.model.Message;
import io.serai.routing.store.StoredMessage;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One queue: ready messages in order, consumers with credit, limits and deadlines. A message that
 * arrives while nothing is ready goes straight to a consumer with credit; everything else is
 * delivered when the turn ends.
 *
 * <p>Messages expire at the head only, as in RabbitMQ: one behind an unexpired one stays until its
 * turn comes and is dropped then.
 */
final class Queue {
  /** Consumer id of deliveries made by basic.get; sessions choose ids from 0 up. */
  static final int TAKER_ID = -1;

  /** Retained values that one volatile queue takes at most beyond its short run. */
  static final int MAX_SPARED = 100_000;

  final QueueRef ref;

  /** Whether it waits in {@link Turn}'s list. Written there. */
  boolean isWoken;

  /** Whether somebody wants to know its live topics. Written by {@link LiveWatches}. */
  boolean isWatched;

  /** Whether its definition is in the store. */
  final boolean isStored;

  private final boolean isVolatile;
  private final ShardServices shard;
  private final Custody custody;
  private final QueueLife life;
  private final Backlog ready;
  private final Consumers consumers;

  /** Null for a queue without a dead letter exchange. */
  private @Nullable DeadLetters deadLetters;

  /** Null for a queue that does not count how often messages come back. */
  private @Nullable DeliveryLimit deliveryLimit;

  /** For the head's expiry and the queue's own; made when there is one of them. */
  private @Nullable Deadline deadline;

  Queue(
      QueueRef ref,
      ShardCall.CreateQueue declared,
      QueueArguments arguments,
      QueueLimits limits,
      ShardServices shard) {
    QueueSpec spec = declared.spec();
    this.ref = ref;
    this.isVolatile = spec.kind() == QueueKind.VOLATILE;
    this.shard = shard;
    this.isStored = declared.stored() != null;
    this.custody = new Custody(declared.owner(), shard, arguments.isQuorum());
    DeadLetterTarget target = arguments.deadLetters();
    this.deadLetters =
        target == null ? null : new DeadLetters(ref, target, declared.declaredBy(), custody, shard);
    this.deliveryLimit = arguments.deliveryLimit();
    this.life = new QueueLife(ref, spec.autoDelete(), arguments.expiresMillis(), shard.host());
    this.consumers = new Consumers(arguments.isSingleActive());
    this.ready =
        new Backlog(limits, arguments.messageTtlMillis(), isVolatile ? 0 : arguments.maxPriority());
    if (!declared.isRestored()) {
      begin();
    }
  }

  // ---- messages in

  /**
   * Takes a message: delivers, keeps or drops it.
   *
   * @return false when the queue refuses it, as its publisher has to be told
   */
  boolean append(Message message, @Nullable MatchData match) {
    return append(message, match, false);
  }

  /**
   * Takes a retained value for its consumer. It does not count towards the short run that is kept
   * of what is delivered at most once: there may be many values, and a subscriber wants them all.
   */
  boolean appendRetained(Message message, @Nullable MatchData match) {
    return append(message, match, true);
  }

  private boolean append(Message message, @Nullable MatchData match, boolean isRetained) {
    while (ready.isFullFor(message) && deliverOne()) {
      // room made by somebody with credit
    }
    if (ready.isFullFor(message)) {
      if (ready.dropsTail()) {
        dropNew(message);
        return true;
      }
      shard.counters().add(Counter.MESSAGES_REFUSED, 1);
      if (deadLetters != null) {
        deadLetters.refused(message);
      }
      return false;
    }
    QueueConsumer consumer = ready.isEmpty() ? consumers.next() : null;
    if (consumer != null) {
      deliverNew(consumer, message, match);
    } else if (isRetained ? isVolatile && ready.size() >= MAX_SPARED : isPassing(message, match)) {
      shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    } else {
      keep(message, match, isRetained && isVolatile);
    }
    return true;
  }

  private void dropNew(Message message) {
    shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    if (deadLetters != null) {
      deadLetters.addUnkept(message, DeathReason.MAXLEN);
    }
  }

  /** Whether a live message is not to be kept: it would not be missed, or nothing makes room. */
  private boolean isPassing(Message message, @Nullable MatchData match) {
    return ready.isFullBehindSpared()
        || (match != null
            && (consumers.count() == 0 || ready.size() >= shard.limits().volatileMessages())
            && match.isAtMostOnce(message));
  }

  private void deliverNew(QueueConsumer consumer, Message message, @Nullable MatchData match) {
    long sequence = ready.passBy(message);
    if (!consumer.isNoAck) {
      custody.take(sequence, message, match, true);
    }
    shard.turn().deliver(consumer.session, consumer.delivery(sequence, message, 0, match));
    consumers.used(consumer);
  }

  private void keep(Message message, @Nullable MatchData match, boolean isSpared) {
    long expiresAt = ready.expiresAtMillis(message);
    if (expiresAt != Deadline.NEVER && expiresAt <= shard.host().nowMillis()) {
      shard.counters().add(Counter.MESSAGES_EXPIRED, 1);
      if (deadLetters != null) {
        deadLetters.addUnkept(message, DeathReason.EXPIRED);
      }
      return;
    }
    boolean wasEmpty = ready.isEmpty();
    custody.take(ready.add(message, match), message, match, false);
    if (isSpared) {
      ready.spareAll();
    }
    boolean isHeadGone = makeRoom();
    if (wasEmpty || isHeadGone || ready.hasPriorities()) {
      setDeadline();
    }
    if (wasEmpty && consumers.hasUntold()) {
      shard.turn().wake(this);
    }
  }

  /** Takes back what it had when the node ended, before it {@link #begin begins}. */
  void restore(List<StoredMessage> messages) {
    for (StoredMessage stored : messages) {
      custody.restore(stored);
      ready.restore(stored.sequence(), stored.message(), stored.match(), stored.deliveryCount());
    }
  }

  /** Everything is there: messages come, and its deadlines count. */
  void begin() {
    ready.startAt(shard.store().firstSequence());
    setDeadline();
  }

  // ---- messages out

  /**
   * Delivers what is ready to consumers with credit.
   *
   * @param most messages to handle at most
   * @return how many it handled
   */
  int dispatch(int most) {
    int handled = 0;
    while (handled < most && deliverOne()) {
      handled++;
    }
    return handled;
  }

  /** Whether {@link #dispatch} would deliver something. */
  boolean canDeliver() {
    return !ready.isEmpty() && consumers.hasCredit();
  }

  /** Nothing more can be delivered now: says what sessions have to know about it. */
  void finishDispatch(Consumer<SessionEvent> events) {
    if (ready.isEmpty()) {
      consumers.finishDrains(events);
      return;
    }
    makeRoom();
    consumers.finishIdleDrains(events);
    consumers.tellReady(events);
    setDeadline();
  }

  /** Delivers or, when it has expired, drops the first message; false when neither can be done. */
  private boolean deliverOne() {
    if (ready.isEmpty()) {
      return false;
    }
    if (isHeadExpired()) {
      dropHead(DeathReason.EXPIRED);
      return true;
    }
    QueueConsumer consumer = consumers.next();
    if (consumer == null) {
      return false;
    }
    deliverHead(consumer);
    return true;
  }

  private void deliverHead(QueueConsumer consumer) {
    shard.turn().deliver(consumer.session, takeHead(consumer));
    consumers.used(consumer);
  }

  /** Takes the first message away for a consumer; one that does not acknowledge is done with it. */
  private Delivery takeHead(QueueConsumer consumer) {
    Message message = ready.headMessage();
    long sequence = ready.headSequence();
    int deliveryCount = ready.headDeliveryCount();
    Delivery delivery = consumer.delivery(sequence, message, deliveryCount, ready.headMatch());
    ready.removeHead();
    if (deliveryCount > 0) {
      shard.counters().add(Counter.REDELIVERIES, 1);
      if (deliveryLimit != null) {
        delivery = deliveryLimit.counted(delivery);
      }
    }
    if (consumer.isNoAck) {
      custody.letGo(sequence, message);
    } else if (deliveryCount == 0) {
      custody.delivered(sequence, message);
    }
    return delivery;
  }

  /** Takes the first ready message out of turn (basic.get). */
  Request.Got take(ShardSession session, boolean noAck) {
    use();
    while (isHeadExpired()) {
      dropHead(DeathReason.EXPIRED);
    }
    if (ready.isEmpty()) {
      return new Request.Got(null, 0);
    }
    QueueConsumer taker = QueueConsumer.taker(this, session, noAck);
    if (!noAck && taker.unsettled.isEmpty()) {
      consumers.add(taker);
    }
    Delivery delivery = takeHead(taker);
    setDeadline();
    shard.counters().add(Counter.DELIVERIES, 1);
    return new Request.Got(delivery, ready.size());
  }

  // ---- settling and credit

  /** The consumer a reference was handed out for, or null when it is gone. */
  @Nullable QueueConsumer consumer(ConsumerRef consumer) {
    return consumers.find(consumer);
  }

  /** Settles one delivery; one that is settled already changes nothing. */
  void settle(QueueConsumer consumer, Delivery delivery, Outcome outcome) {
    Delivery held = consumer.unsettled.get(delivery.unsettledIndex());
    if (held == null || held.sequence() != delivery.sequence()) {
      return;
    }
    consumer.unsettled.remove(delivery.unsettledIndex());
    shard.counters().add(Counter.SETTLED, 1);
    switch (outcome) {
      case ACCEPTED -> custody.letGo(held.sequence(), held.message());
      case REJECTED -> die(held.sequence(), held.message(), DeathReason.REJECTED);
      case RETURNED -> {
        giveBack(held);
        shard.turn().wake(this);
      }
    }
    if (consumers.settled(consumer) && !ready.isEmpty()) {
      shard.turn().wake(this);
    }
  }

  /** Adds credit; with {@code drain} what the turn does not use is given back when it ends. */
  void grant(QueueConsumer consumer, int credit, boolean drain) {
    if (!consumer.isAttached) {
      return;
    }
    consumers.tellAgain(consumer);
    consumers.credit(consumer, credit);
    if (drain) {
      consumers.drain(consumer);
    }
    shard.turn().wake(this);
  }

  // ---- consumers

  Result<ConsumerRef> attach(ShardSession session, int id, ConsumerOptions options) {
    if (life.isEnding()) {
      return Result.refused(Refusal.NOT_FOUND, "no " + QueueArguments.named(ref));
    }
    if (!consumers.admits(options)) {
      return Result.refused(
          Refusal.ACCESS_REFUSED, QueueArguments.named(ref) + " in exclusive use");
    }
    QueueConsumer consumer =
        new QueueConsumer(this, new ConsumerRef(session.ref, id, ref, options), session);
    consumers.attach(consumer);
    consumers.credit(consumer, options.initialCredit());
    use();
    if (!ready.isEmpty()) {
      shard.turn().wake(this);
    }
    return Result.ok(consumer.ref);
  }

  /** The consumer takes nothing more; what it has not settled stays its session's. */
  void detach(QueueConsumer consumer) {
    if (!consumer.isAttached) {
      return;
    }
    shard.turn().flush(consumer.session);
    consumers.detach(consumer);
    if (consumer.unsettled.isEmpty()) {
      consumers.forget(consumer);
    }
    consumerLeft();
  }

  /** The consumer's connection ended: what it has not settled goes back to its old place. */
  void abandon(QueueConsumer consumer) {
    boolean wasAttached = consumer.isAttached;
    consumers.detach(consumer);
    consumer.unsettled.drain(this::giveBack);
    consumers.forget(consumer);
    shard.turn().wake(this);
    if (wasAttached) {
      consumerLeft();
    }
  }

  private void consumerLeft() {
    if (!ready.isEmpty()) {
      shard.turn().wake(this); // another one may be the active one now
    }
    life.consumerLeft(consumers.count());
    setDeadline();
  }

  // ---- life

  /** A policy changed: other limits, times and targets count from now on. */
  void reconfigure(QueueArguments arguments, QueueLimits limits) {
    DeadLetterTarget target = arguments.deadLetters();
    if (deadLetters != null && target != null) {
      deadLetters.toward(target);
    } else if (deadLetters != null) {
      deadLetters.end();
      deadLetters = null;
    } else if (target != null) {
      deadLetters = new DeadLetters(ref, target, null, custody, shard);
    }
    deliveryLimit = arguments.deliveryLimit();
    life.expireAfter(arguments.expiresMillis());
    ready.reconfigure(limits, arguments.messageTtlMillis());
    setDeadline();
    shard.turn().wake(this);
  }

  Result<Request.QueueInfo> inspect() {
    if (life.isEnding()) {
      return Result.refused(Refusal.NOT_FOUND, "no " + QueueArguments.named(ref));
    }
    use();
    return Result.ok(new Request.QueueInfo(ref, ready.size(), consumers.count()));
  }

  /** Drops what is ready and answers how many messages that were. */
  int purge() {
    int count = ready.size();
    discardAll();
    return count;
  }

  /** Takes the queue apart and answers how many messages were ready. */
  long remove() {
    life.gone();
    final long count = ready.size();
    for (QueueConsumer consumer : List.copyOf(consumers.all())) {
      if (consumer.isAttached) {
        shard.turn().flush(consumer.session);
        shard.host().send(new SessionEvent.ConsumerCancelled(consumer.session.ref, consumer.ref));
      }
      consumers.detach(consumer);
      consumer.unsettled.drain(delivery -> shard.memory().drop(delivery.message()));
      consumers.forget(consumer);
    }
    discardAll();
    custody.queueRemoved();
    if (deadLetters != null) {
      deadLetters.end();
    }
    if (deadline != null) {
      shard.deadlines().set(deadline, Deadline.NEVER);
    }
    return count;
  }

  private void discardAll() {
    for (ReadyMessages run : ready.isEmpty() ? List.<ReadyMessages>of() : ready.takeAll()) {
      shard.turn().discard(new Discarded(run, custody));
    }
  }

  private void use() {
    life.use();
    setDeadline();
  }

  // ---- deadlines

  private boolean isHeadExpired() {
    long at = ready.headExpiresAtMillis();
    return at != Deadline.NEVER && at <= shard.host().nowMillis();
  }

  /** Sets the queue's one deadline to what comes next: the head's expiry or its own. */
  private void setDeadline() {
    long at = Math.min(ready.headExpiresAtMillis(), life.expiresAtMillis(consumers.count()));
    if (deadline == null) {
      if (at == Deadline.NEVER) {
        return;
      }
      deadline = new Deadline(this::onDeadline);
    }
    shard.deadlines().set(deadline, at);
  }

  private void onDeadline() {
    life.expire(consumers.count());
    if (life.isEnding()) {
      return;
    }
    for (int n = 0; n < Turn.SLICE && isHeadExpired(); n++) {
      dropHead(DeathReason.EXPIRED);
    }
    setDeadline();
  }

  // ---- bookkeeping

  /** Makes room: delivers the oldest messages if somebody has credit, drops them if not. */
  private boolean makeRoom() {
    boolean isHeadGone = false;
    while (ready.isOverfull()) {
      if (!deliverOne()) {
        dropHead(DeathReason.MAXLEN);
      }
      isHeadGone = true;
    }
    return isHeadGone;
  }

  private void dropHead(DeathReason reason) {
    Message message = ready.headMessage();
    long sequence = ready.headSequence();
    ready.removeHead();
    die(sequence, message, reason);
  }

  /** What comes back goes to its old place, unless that happened too often. */
  private void giveBack(Delivery held) {
    if (deliveryLimit != null && deliveryLimit.isReachedBy(held)) {
      die(held.sequence(), held.message(), DeathReason.DELIVERY_LIMIT);
    } else {
      ready.giveBack(held);
      if (deliveryLimit != null) {
        custody.returned(held);
      }
    }
  }

  /** Nobody will have processed this message: a dead letter, if the queue has somewhere to send. */
  private void die(long sequence, Message message, DeathReason reason) {
    if (reason == DeathReason.EXPIRED) {
      shard.counters().add(Counter.MESSAGES_EXPIRED, 1);
    }
    if (deadLetters != null) {
      deadLetters.add(sequence, message, reason);
      return;
    }
    if (reason != DeathReason.EXPIRED) {
      shard.counters().add(Counter.MESSAGES_DROPPED, 1);
    }
    custody.letGo(sequence, message);
  }
}
