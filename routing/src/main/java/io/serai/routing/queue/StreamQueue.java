package io.serai.routing.queue;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.MatchData;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.model.Message;
import io.serai.routing.selector.Selector;
import io.serai.routing.selector.SelectorException;
import io.serai.routing.store.Store;
import io.serai.routing.store.StoredBacklog;
import io.serai.routing.store.StreamPlace;
import io.serai.routing.stream.StreamEntry;
import io.serai.routing.stream.StreamFilter;
import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A stream: messages stay, and each reader goes through them at a place of its own. What is
 * appended is shown to readers once it is synced, out of memory to those who wait for it. Settling
 * gives credit and changes nothing else; messages go by the stream's retention, not by their
 * expiry.
 */
final class StreamQueue extends ShardQueue {
  /** Each message that is read is compared with all of them, by few threads for all readers. */
  private static final int MOST_FILTER_VALUES = 256;

  /** Messages that one reader looks at before it is the next one's turn. */
  private static final int LOOKS = 64;

  private final ShardServices shard;
  private final long owner;
  private final StreamLog log;
  private final StreamTail tail;
  private final StreamReaders readers = new StreamReaders();
  private final NamedReaders named;
  private boolean isGone;

  /** Whether it waits for {@link #goOn}. */
  private boolean isHeldBack;

  StreamQueue(
      QueueRef ref,
      ShardCall.CreateQueue declared,
      QueueArguments arguments,
      StreamSettings settings,
      ShardServices shard) {
    super(ref, declared.stored() != null, arguments, shard.memory());
    this.shard = shard;
    this.owner = declared.owner();
    this.log = shard.streams().open(declared.owner(), settings, this::onSynced);
    this.tail = new StreamTail(log.nextOffset(), shard.memory(), shard.reads());
    this.named =
        new NamedReaders(
            new StreamPlaces(declared.owner(), shard.store()),
            shard,
            StreamGroup.partitionOf(ref.name()),
            this::begin);
  }

  // ---- messages in

  /** Its number in the store, which is that of its log; {@link Store#NOT_STORED} without one. */
  long owner() {
    return owner;
  }

  /** The offset of the message that was appended last in this run. */
  long lastOffset() {
    return log.nextOffset() - 1;
  }

  @Override
  AppendResult append(Message message, @Nullable MatchData match) {
    String filterValue = StreamEntry.filterValueOf(message);
    long nowMillis = shard.host().nowMillis();
    long offset = log.append(message, nowMillis, filterValue);
    shard.handover().appended(owner, offset, message);
    shard.memory().hold(message);
    tail.add(new StreamEntry(offset, nowMillis, filterValue, message));
    return AppendResult.TAKEN;
  }

  @Override
  boolean appendRetained(Message message, @Nullable MatchData match) {
    return append(message, match) == AppendResult.TAKEN;
  }

  /** What was appended is safe: readers may have it. */
  private void onSynced(long synced) {
    if (readers.count() > 0) {
      shard.turn().wake(this);
    } else if (!isGone) {
      tail.trim(synced, Long.MAX_VALUE);
    }
  }

  @Override
  void restore(StoredBacklog messages) {
    // a stream's messages are in its log
  }

  /**
   * A name's place was there when the node ended. It may be behind messages that were not synced
   * and are gone: what gets their offsets is for that name, too.
   */
  void restore(StreamPlace place) {
    named.places().restore(place.name(), Math.min(place.offset(), log.nextOffset()));
  }

  @Override
  void begin() {
    // the log was there when it was opened
  }

  // ---- messages out

  @Override
  int dispatch(int most) {
    int handled = 0;
    for (int n = readers.count(); n > 0 && handled < most; n--) {
      handled += serve(readers.next(), Math.min(LOOKS, most - handled));
    }
    return handled;
  }

  private int serve(StreamReader reader, int most) {
    int looked = 0;
    while (looked < most && StreamReaders.canGoOn(reader)) {
      looked += reader.look(most - looked);
      Message found = reader.found();
      if (found != null) {
        deliver(reader, found);
      }
    }
    return looked;
  }

  private void deliver(StreamReader reader, Message message) {
    QueueConsumer consumer = reader.consumer;
    if (!consumer.isNoAck) {
      shard.reads().handedOut(consumer, message, shard.memory().take(message, 1));
    } else if (reader.asked().isNamed()) {
      named.moved(reader);
    }
    shard
        .turn()
        .deliver(consumer.session, consumer.delivery(reader.foundOffset(), message, 0, null));
    if (!consumer.isUncounted() && --consumer.credit == 0) {
      consumer.isDraining = false;
      reader.pause();
    }
  }

  @Override
  boolean canDeliver() {
    return readers.canGoOn();
  }

  @Override
  void finishDispatch(Consumer<SessionEvent> events) {
    if (!isGone) {
      if (readers.finish(events) && !isHeldBack) {
        isHeldBack = true;
        shard.reads().heldBack(this::goOn);
      }
      tail.trim(log.syncedOffset(), readers.wantFrom());
    }
  }

  /** Readers have settled enough. */
  private void goOn() {
    isHeldBack = false;
    shard.turn().wake(this);
  }

  @Override
  void take(ShardSession session, boolean noAck, Consumer<Result<Request.Got>> answer) {
    answer.accept(notByStreams("basic.get"));
  }

  private <R> Result<R> notByStreams(String method) {
    return Result.refused(
        Refusal.NOT_IMPLEMENTED,
        method + " not supported by stream queues " + QueueArguments.named(ref));
  }

  // ---- readers

  @Override
  @Nullable QueueConsumer consumer(ConsumerRef consumer) {
    return readers.find(consumer);
  }

  @Override
  Result<ConsumerRef> attach(ShardSession session, int id, ConsumerOptions options) {
    Result<ConsumerRef> refusal = refusal(options);
    if (refusal != null) {
      return refusal;
    }
    Selector selector;
    try {
      selector = Selector.of(options.view());
    } catch (SelectorException e) {
      return badSelector(e);
    }
    StreamRead asked = options.stream();
    QueueConsumer consumer =
        new QueueConsumer(this, new ConsumerRef(session.ref, id, ref, options), session, null);
    StreamReader reader =
        new StreamReader(
            consumer,
            log,
            tail,
            shard.memory(),
            shard.reads(),
            new StreamFilter(asked.filter(), asked.takesUnfiltered()),
            selector,
            () -> shard.turn().wake(this));
    readers.attach(reader);
    consumer.addCredit(options.initialCredit());
    named.joined(reader);
    shard.turn().wake(this);
    return Result.ok(consumer.ref);
  }

  /** What RabbitMQ's streams ask of their consumers, in its words. */
  private @Nullable Result<ConsumerRef> refusal(ConsumerOptions options) {
    if (isGone) {
      return gone(ref);
    }
    int prefetch = options.stream().prefetch();
    if (options.creditMode() == CreditMode.SHARED && prefetch != StreamRead.BOUNDED) {
      return Result.refused(
          Refusal.NOT_IMPLEMENTED, QueueArguments.named(ref) + " does not support global qos");
    }
    if (prefetch == 0) {
      return Result.refused(
          Refusal.PRECONDITION_FAILED,
          "consumer prefetch count is not set for stream " + QueueArguments.named(ref));
    }
    if (options.noAck() && prefetch != StreamRead.BOUNDED) {
      return Result.refused(
          Refusal.NOT_IMPLEMENTED,
          "automatic acknowledgement not supported by stream " + QueueArguments.named(ref));
    }
    if (options.view().isBrowsing()) {
      return Result.refused(
          Refusal.NOT_IMPLEMENTED,
          "x-browse not supported by stream %s: every consumer of a stream leaves what it reads"
              .formatted(QueueArguments.named(ref)));
    }
    if (options.stream().filter().size() > MOST_FILTER_VALUES) {
      return Result.refused(
          Refusal.PRECONDITION_FAILED,
          "invalid arg 'x-stream-filter' for %s: %d values, at most %d are taken; x-selector chooses by condition"
              .formatted(
                  QueueArguments.named(ref), options.stream().filter().size(), MOST_FILTER_VALUES));
    }
    if (options.stream().name().length() > StreamPlaces.MOST_NAME_CHARS) {
      return Result.refused(
          Refusal.PRECONDITION_FAILED,
          "a reader's name of %d characters is too long for stream %s, which keeps its place under it: at most %d"
              .formatted(
                  options.stream().name().length(),
                  QueueArguments.named(ref),
                  StreamPlaces.MOST_NAME_CHARS));
    }
    if (named.isFullFor(options.stream(), log.firstOffset())) {
      return Result.refused(
          Refusal.RESOURCE_ERROR,
          "stream %s knows the places of %d readers already; use a name it knows"
              .formatted(QueueArguments.named(ref), StreamPlaces.MOST));
    }
    return null;
  }

  private void begin(StreamReader reader) {
    if (reader.hasBegun()) {
      shard.turn().wake(this);
      return;
    }
    Long place = reader.asked().isNamed() ? named.places().of(reader.asked().name()) : null;
    StreamOffset from = place == null ? reader.asked().from() : new StreamOffset.At(place);
    switch (from) {
      case StreamOffset.First _ -> beginAt(reader, log.firstOffset());
      case StreamOffset.Last _ -> beginAt(reader, log.lastChunkOffset());
      case StreamOffset.Next _ -> beginAt(reader, log.nextOffset());
      case StreamOffset.At(long offset) -> beginAt(reader, offset);
      case StreamOffset.Since(long millis) -> beginSince(reader, millis);
      case StreamOffset.Ago(long millis) -> beginSince(reader, shard.host().nowMillis() - millis);
    }
  }

  private void beginSince(StreamReader reader, long millis) {
    log.findTimestamp(
        millis,
        offset -> {
          if (!reader.hasBegun() && !reader.isHalted() && reader.consumer.isAttached) {
            beginAt(reader, offset);
          }
        });
  }

  private void beginAt(StreamReader reader, long offset) {
    reader.beginAt(offset);
    named.begun(reader);
    shard.turn().wake(this);
  }

  @Override
  void detach(QueueConsumer consumer) {
    if (consumer.isAttached) {
      shard.turn().flush(consumer.session);
      StreamReader reader = readers.of(consumer);
      named.left(reader, !consumer.unsettled.isEmpty());
      readers.detach(reader);
      shard.turn().wake(this); // what only it wanted can go from memory
    }
  }

  @Override
  void abandon(QueueConsumer consumer) {
    StreamReader reader = readers.of(consumer);
    named.left(reader, false);
    if (consumer.isAttached) {
      readers.detach(reader);
    }
    release(reader);
    shard.turn().wake(this);
  }

  /** What the reader has not settled is let go of. */
  private void release(StreamReader reader) {
    reader.consumer.unsettled.drain(delivery -> letGo(reader.consumer, delivery.message()));
    readers.forget(reader);
  }

  /** Whatever the outcome: the message stays; only where its reader has a name does it matter. */
  @Override
  void settle(QueueConsumer consumer, Delivery delivery, Outcome outcome) {
    Delivery held = consumer.removeUnsettled(delivery);
    if (held == null) {
      return;
    }
    shard.counters().add(Counter.SETTLED, 1);
    letGo(consumer, held.message());
    if (consumer.ref.options().stream().isNamed()) {
      named.settled(readers.of(consumer), held, outcome);
    }
    if (!consumer.isAttached) {
      if (consumer.unsettled.isEmpty()) {
        readers.forget(readers.of(consumer));
      }
    } else if (consumer.isCreditedPerSettle) {
      consumer.addCredit(1);
      shard.turn().wake(this);
    }
  }

  private void letGo(QueueConsumer consumer, Message message) {
    shard.reads().settled(consumer, message, shard.memory().drop(message));
  }

  @Override
  Delivery takeUnsettled(QueueConsumer consumer, Delivery delivery) {
    settle(consumer, delivery, Outcome.ACCEPTED); // the message stays in any case
    return delivery;
  }

  @Override
  void settleTaken(Delivery held, Outcome outcome) {}

  @Override
  void grant(QueueConsumer consumer, int credit, boolean drain) {
    if (consumer.isAttached) {
      consumer.isToldReady = false;
      consumer.addCredit(credit);
      consumer.isDraining |= drain && consumer.credit > 0;
      shard.turn().wake(this);
    }
  }

  // ---- life

  @Override
  void reconfigure(QueueArguments arguments, QueueLimits limits) {
    recognise(arguments);
    StreamSettings settings = arguments.stream();
    if (settings != null) {
      log.configure(settings);
    }
  }

  @Override
  Result<Request.QueueInfo> inspect() {
    return isGone ? gone(ref) : Result.ok(new Request.QueueInfo(ref, messages(), readers.count()));
  }

  /** What it holds and who reads it by name, {@code most} of those at most. */
  Request.StreamInfo describe(int most) {
    return new Request.StreamInfo(
        log.firstOffset(), log.nextOffset(), log.sizeBytes(), named.list(most));
  }

  /** Forgets a name's place; false while somebody reads under it. */
  boolean forgetReader(String name) {
    return named.forget(name);
  }

  private long messages() {
    return Math.max(0, log.syncedOffset() - log.firstOffset());
  }

  @Override
  Result<Integer> purge() {
    return notByStreams("queue.purge");
  }

  @Override
  long remove() {
    final long count = messages();
    named.end();
    for (StreamReader reader : readers.all()) {
      QueueConsumer consumer = reader.consumer;
      if (consumer.isAttached) {
        shard.turn().flush(consumer.session);
        shard.host().send(new SessionEvent.ConsumerCancelled(consumer.session.ref, consumer.ref));
        readers.detach(reader);
      }
      release(reader);
    }
    isGone = true;
    tail.clear();
    // Not before its definition is gone for good: it must not come back without its messages.
    shard.safety().whenStored(log::delete);
    return count;
  }
}
