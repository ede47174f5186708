package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
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
import io.serai.routing.selector.SelectorException;
import io.serai.routing.store.StoredBacklog;
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
final class Queue extends ShardQueue implements Paging.Listener {
  /** Consumer id of deliveries made by basic.get; sessions choose ids from 0 up. */
  static final int TAKER_ID = -1;

  private final ShardServices shard;
  private final Custody custody;
  private final QueueLife life;
  private final Backlog ready;
  private final Consumers consumers;
  private final Unprocessed unprocessed;
  private final Dispatch dispatch;
  private final Arrivals arrivals;
  private final Takes takes;

  /** Null where every message stays in memory. */
  private final @Nullable Paging paging;

  /** What is on disk and could not be read; null while nothing is. */
  private @Nullable MissingMessages missing;

  private final AckTimeout ackTimeout;

  private final Expiry expiry;

  Queue(
      QueueRef ref,
      ShardCall.CreateQueue declared,
      QueueArguments arguments,
      QueueLimits limits,
      ShardServices shard) {
    super(ref, declared.stored() != null, arguments, shard.memory());
    QueueSpec spec = declared.spec();
    boolean isVolatile = spec.kind() == QueueKind.VOLATILE;
    this.shard = shard;
    this.custody = new Custody(declared.owner(), shard, arguments.isQuorum());
    this.life = new QueueLife(ref, spec.autoDelete(), arguments.expiresMillis(), shard.host());
    this.consumers = new Consumers(arguments.isSingleActive());
    Spilling spilling = shard.pager().spilling();
    this.paging =
        spilling == null || isVolatile || spec.lifetime() == Lifetime.EXCLUSIVE
            ? null
            : new Paging(shard.pager(), custody, spilling, this::wantsHead, this);
    this.ready =
        new Backlog(
            limits,
            arguments.messageTtlMillis(),
            isVolatile ? 0 : arguments.maxPriority(),
            arguments.topicPriorities(),
            paging);
    this.unprocessed =
        new Unprocessed(ref, ready, consumers, custody, shard, () -> shard.turn().wake(this));
    unprocessed.configure(arguments, declared.declaredBy());
    this.dispatch = new Dispatch(ready, consumers, custody, unprocessed, shard, paging);
    this.expiry = new Expiry(ready, consumers, life, dispatch, unprocessed, shard, paging != null);
    this.arrivals =
        new Arrivals(
            this,
            arguments.accepts(),
            isVolatile,
            ready,
            consumers,
            dispatch,
            custody,
            unprocessed,
            expiry,
            shard);
    this.takes = new Takes(this, ready, consumers, dispatch, unprocessed, shard);
    this.ackTimeout = new AckTimeout(consumers, shard);
    ackTimeout.limit(arguments.consumerTimeoutMillis());
    if (!declared.isRestored()) {
      begin();
    }
  }

  // ---- transactions

  @Override
  boolean reserve(Message message) {
    return arrivals.reserve(message);
  }

  @Override
  void unreserve(Message message) {
    ready.unreserve(message);
  }

  @Override
  int levelOf(Message message) {
    return ready.levelOf(message);
  }

  @Override
  @Nullable Delivery takeUnsettled(QueueConsumer consumer, Delivery delivery) {
    Delivery held = removeUnsettled(consumer, delivery);
    if (held == null) {
      return null;
    }
    if (consumers.settled(consumer) && !ready.isEmpty()) {
      shard.turn().wake(this);
    }
    return held;
  }

  @Override
  void settleTaken(Delivery held, Outcome outcome) {
    shard.counters().add(Counter.SETTLED, 1);
    settle(held, outcome);
  }

  // ---- messages in

  @Override
  long ownerOf(Message message) {
    return custody.ownerOf(message);
  }

  @Override
  boolean accepts(Message message) {
    return arrivals.accepts(message);
  }

  @Override
  AppendResult append(Message message, @Nullable MatchData match) {
    return arrivals.append(message, match, false);
  }

  /**
   * Takes a retained value for its consumer. It does not count towards the short run that is kept
   * of what is delivered at most once: there may be many values, and a subscriber wants them all.
   */
  @Override
  boolean appendRetained(Message message, @Nullable MatchData match) {
    return arrivals.append(message, match, true) != AppendResult.REFUSED;
  }

  @Override
  void restore(StoredBacklog messages) {
    messages.marks().forEach(custody::wasDelivered);
    messages.forEach(ready::restore);
  }

  @Override
  void begin() {
    ready.startAt(shard.store().firstSequence());
    expiry.set();
  }

  // ---- messages out

  @Override
  int dispatch(int most) {
    return dispatch.some(most);
  }

  @Override
  boolean canDeliver() {
    return dispatch.canGoOn();
  }

  @Override
  void finishDispatch(Consumer<SessionEvent> events) {
    if (dispatch.isHeld()) {
      return; // there will be more
    }
    if (consumers.hasViewers()) {
      dispatch.endBrowsers();
    }
    if (ready.isEmpty()) {
      consumers.finishDrains(events);
      return;
    }
    if (dispatch.isHeldBack()) {
      consumers.finishDrains(events);
    } else {
      consumers.finishIdleDrains(events);
    }
    consumers.tellReady(events);
    expiry.set();
  }

  @Override
  void take(ShardSession session, boolean noAck, Consumer<Result<Request.Got>> answer) {
    life.use();
    takes.take(session, noAck, got -> answer.accept(Result.ok(got)));
    wakeViewers();
    expiry.set();
  }

  /** Whether there is something to do with the first message as soon as it is here. */
  private boolean wantsHead() {
    return (consumers.hasNext() && !dispatch.isHeldBack())
        || ready.isOverfull()
        || takes.isWaiting()
        || ready.headExpiresAtMillis() <= shard.host().nowMillis();
  }

  /** Messages are here that were on disk only: whoever waits for them goes on. */
  @Override
  public void cameIn(ReadyMessages run, MessageChunk chunk, Absent was, int lost) {
    ready.pagedIn(run, chunk, was, lost);
    lookAgain();
    expiry.set();
  }

  @Override
  public void lookAgain() {
    takes.goOn();
    consumers.pageArrived();
    shard.turn().wake(this);
  }

  /** Messages could not be read: they come back when they can. */
  @Override
  public void cannotRead(MessageChunk chunk, long[] sequences) {
    Spilling spilling = shard.pager().spilling();
    if (missing == null && spilling != null) {
      missing = new MissingMessages(shard, custody, spilling, unprocessed::isBack);
    }
    if (missing != null) {
      missing.add(chunk, sequences);
    }
  }

  /** Consumers have settled enough to get more. */
  @Override
  public void goOn() {
    shard.turn().wake(this);
  }

  // ---- settling and credit

  @Override
  @Nullable QueueConsumer consumer(ConsumerRef consumer) {
    return consumers.find(consumer);
  }

  @Override
  void settle(QueueConsumer consumer, Delivery delivery, Outcome outcome) {
    Delivery held = removeUnsettled(consumer, delivery);
    if (held == null) {
      return;
    }
    shard.counters().add(Counter.SETTLED, 1);
    if (consumer.isBrowser()) {
      shard.memory().drop(held.message());
    } else {
      settle(held, outcome);
    }
    if (consumers.settled(consumer) && !ready.isEmpty()) {
      shard.turn().wake(this);
    }
  }

  private @Nullable Delivery removeUnsettled(QueueConsumer consumer, Delivery delivery) {
    Delivery held = consumer.removeUnsettled(delivery);
    if (held != null) {
      dispatch.isBack(held);
    }
    return held;
  }

  private void takeBack(Delivery held) {
    dispatch.isBack(held);
    unprocessed.giveBack(held);
  }

  private void drop(Delivery held) {
    dispatch.isBack(held);
    shard.memory().drop(held.message());
  }

  private void settle(Delivery held, Outcome outcome) {
    switch (outcome) {
      case ACCEPTED -> custody.letGo(held.sequence(), held.message());
      case REJECTED -> unprocessed.die(held.sequence(), held.message(), DeathReason.REJECTED);
      case RETURNED -> {
        unprocessed.giveBack(held);
        shard.turn().wake(this);
      }
    }
  }

  @Override
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

  @Override
  Result<ConsumerRef> attach(ShardSession session, int id, ConsumerOptions options) {
    if (life.isEnding()) {
      return gone(ref);
    }
    if (!consumers.admits(options)) {
      return Result.refused(
          Refusal.ACCESS_REFUSED, QueueArguments.named(ref) + " in exclusive use");
    }
    QueueView view;
    try {
      view = QueueView.of(ready, options.view());
    } catch (SelectorException e) {
      return badSelector(e);
    }
    QueueConsumer consumer =
        new QueueConsumer(this, new ConsumerRef(session.ref, id, ref, options), session, view);
    consumers.attach(consumer);
    consumers.credit(consumer, options.initialCredit());
    ackTimeout.watch();
    use();
    if (!ready.isEmpty() || view != null) {
      shard.turn().wake(this);
    }
    return Result.ok(consumer.ref);
  }

  @Override
  void detach(QueueConsumer consumer) {
    if (!consumer.isAttached) {
      return;
    }
    shard.turn().flush(consumer.session);
    consumers.detach(consumer);
    dispatch.viewerLeft();
    if (consumer.unsettled.isEmpty()) {
      consumers.forget(consumer);
    }
    if (!consumer.isBrowser()) {
      consumerLeft();
    }
  }

  /** What the consumer has not settled goes back to its old place. */
  @Override
  void abandon(QueueConsumer consumer) {
    boolean wasAttached = consumer.isAttached;
    consumers.detach(consumer);
    Chore leaving =
        new Leaving(
            consumer, consumer.isBrowser() ? this::drop : this::takeBack, () -> left(consumer));
    hold();
    leaving.doSome(Turn.CHORE_BUDGET);
    if (!leaving.isDone()) {
      shard.turn().add(leaving);
    }
    dispatch.viewerLeft();
    shard.turn().wake(this);
    if (wasAttached && !consumer.isBrowser()) {
      consumerLeft();
    }
  }

  /** Whatever a consumer had of a connection that has ended is back. */
  private void left(QueueConsumer consumer) {
    consumers.forget(consumer);
    letGo();
  }

  @Override
  void hold() {
    dispatch.hold();
  }

  @Override
  void letGo() {
    if (dispatch.letGo()) {
      shard.turn().wake(this);
    }
  }

  private void consumerLeft() {
    if (!ready.isEmpty()) {
      shard.turn().wake(this); // another one may be the active one now
    }
    life.consumerLeft(consumers.count());
    expiry.set();
  }

  // ---- life

  @Override
  void reconfigure(QueueArguments arguments, QueueLimits limits) {
    unprocessed.configure(arguments, null);
    ackTimeout.limit(arguments.consumerTimeoutMillis());
    recognise(arguments);
    life.expireAfter(arguments.expiresMillis());
    ready.reconfigure(limits, arguments.messageTtlMillis());
    expiry.set();
    shard.turn().wake(this);
  }

  @Override
  Result<Request.QueueInfo> inspect() {
    if (life.isEnding()) {
      return gone(ref);
    }
    use();
    return Result.ok(new Request.QueueInfo(ref, ready.size(), consumers.count()));
  }

  @Override
  Result<Integer> purge() {
    int count = ready.size();
    discardAll();
    return Result.ok(count);
  }

  @Override
  long remove() {
    life.gone();
    final long count = ready.size();
    for (QueueConsumer consumer : List.copyOf(consumers.all())) {
      if (consumer.isAttached) {
        shard.turn().flush(consumer.session);
        shard.host().send(new SessionEvent.ConsumerCancelled(consumer.session.ref, consumer.ref));
      }
      consumers.detach(consumer);
      consumer.unsettled.drain(this::drop);
      consumers.forget(consumer);
    }
    discardAll();
    custody.queueRemoved();
    unprocessed.end();
    ackTimeout.stop();
    expiry.stop();
    return count;
  }

  private void discardAll() {
    if (missing != null) {
      missing.forgetAll();
    }
    for (ReadyMessages run : ready.isEmpty() ? List.<ReadyMessages>of() : ready.takeAll()) {
      shard.turn().add(new Discarded(run, custody));
    }
    takes.goOn();
    consumers.pageArrived();
    wakeViewers();
  }

  /** Messages have gone that somebody may have been about to look at. */
  private void wakeViewers() {
    if (consumers.hasViewers()) {
      shard.turn().wake(this);
    }
  }

  private void use() {
    life.use();
    expiry.set();
  }
}
