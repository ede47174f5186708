package io.serai.routing;

import io.serai.bus.Broker;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counters;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionNote;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.bus.Transaction;
import io.serai.model.Origin;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One loop's way into the routing core: checks access, resolves names against the current table and
 * forwards to whoever owns the state. Settles are collected per shard and sent once per turn.
 * Confined to its loop.
 */
final class LoopBroker implements Broker {
  private final SharedTable shared;
  private final Bus bus;
  private final Counters counters;

  /** Connections of this loop that have declared an exclusive queue. */
  private final Set<SessionRef> exclusiveOwners = new HashSet<>();

  /** Settles not yet sent, by shard: deliveries of one outcome, in order. */
  private final List<Delivery>[] settles;

  private final Outcome[] settleOutcomes;

  /** Notes not yet sent, by shard, null where there are none; they follow the settles. */
  private final @Nullable List<ShardCommand.NoteEntry>[] notes;

  private boolean hasSettles;

  /** The last transaction of each session that is being committed. */
  private final Map<SessionRef, Future<Boolean>> committing = new HashMap<>();

  private long lastTransaction;
  private final RetainedDelivery retained;
  private final SubscriptionOpener opener;

  LoopBroker(SharedTable shared, Bus bus, Counters counters) {
    this.shared = shared;
    this.bus = bus;
    this.counters = counters;
    @SuppressWarnings({"unchecked", "rawtypes"}) // filled with lists of the right type just below
    List<Delivery>[] lists = new List[bus.loopCount()];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = new ArrayList<>();
    }
    this.settles = lists;
    this.settleOutcomes = new Outcome[lists.length];
    @SuppressWarnings({"unchecked", "rawtypes"}) // filled with lists of the right type only
    @Nullable List<ShardCommand.NoteEntry>[] noteLists = new List[bus.loopCount()];
    this.notes = noteLists;
    this.retained = new RetainedDelivery(bus);
    this.opener = new SubscriptionOpener(shared, bus, retained);
  }

  @Override
  public boolean hasVhost(String vhost) {
    return shared.current().vhost(vhost) != null;
  }

  @Override
  public Publisher publisher(Caller caller, Origin origin) {
    return new LoopPublisher(shared, bus, counters, caller);
  }

  @Override
  public Transaction transaction(Caller caller) {
    LoopPublisher collecting = new LoopPublisher(shared, bus, counters, caller);
    return new LoopTransaction(this, bus, caller, collecting, ++lastTransaction);
  }

  /** Commits one transaction of a session after the other. */
  Future<Boolean> inTurn(SessionRef session, Supplier<Future<Boolean>> commit) {
    Future<Boolean> before = committing.get(session);
    Future<Boolean> now = before == null ? commit.get() : before.compose(_ -> commit.get());
    committing.put(session, now);
    now.onComplete(_ -> committing.remove(session, now));
    return now;
  }

  // ---- settling and credit

  @Override
  public void settle(Delivery delivery, Outcome outcome) {
    int shard = delivery.consumer().queue().shard();
    List<Delivery> collected = settles[shard];
    if (!collected.isEmpty() && settleOutcomes[shard] != outcome) {
      flushSettles(shard);
      collected = settles[shard];
    }
    collected.add(delivery);
    settleOutcomes[shard] = outcome;
    if (!hasSettles) {
      hasSettles = true;
      bus.wake();
    }
  }

  @Override
  public void note(SessionRef from, @Nullable QueueRef beside, SessionNote note, long token) {
    int shard = beside == null ? bus.loop() : beside.shard();
    List<ShardCommand.NoteEntry> collected = notes[shard];
    if (collected == null) {
      collected = new ArrayList<>();
      notes[shard] = collected;
    }
    collected.add(new ShardCommand.NoteEntry(from, token, note));
    if (!hasSettles) {
      hasSettles = true;
      bus.wake();
    }
  }

  /** Sends what was collected; the turn ends, or something that must come later is said. */
  void flushSettles() {
    if (hasSettles) {
      hasSettles = false;
      for (int shard = 0; shard < settles.length; shard++) {
        flushSettles(shard);
      }
    }
  }

  private void flushSettles(int shard) {
    List<Delivery> collected = settles[shard];
    if (!collected.isEmpty()) {
      settles[shard] = new ArrayList<>(Math.min(collected.size(), 256));
      bus.send(shard, new ShardCommand.Settle(collected, settleOutcomes[shard]));
    }
    List<ShardCommand.NoteEntry> noted = notes[shard];
    if (noted != null) {
      notes[shard] = null;
      bus.send(shard, new ShardCommand.WriteNotes(noted));
    }
  }

  @Override
  public void grant(ConsumerRef consumer, int credit, boolean drain) {
    int shard = consumer.queue().shard();
    flushSettles(shard);
    bus.send(shard, new ShardCommand.GrantCredit(consumer, credit, drain));
  }

  @Override
  public void sessionEnded(SessionRef session) {
    leave(session);
  }

  /** Completes when the session's exclusive queues are deleted. */
  private Future<Request.Done> leave(SessionRef session) {
    flushSettles();
    for (int shard = 0; shard < bus.loopCount(); shard++) {
      bus.send(shard, new ShardCommand.SessionEnded(session));
    }
    return exclusiveOwners.remove(session)
        ? bus.call(LoopRouting.TOPOLOGY_LOOP, new RoutingCall.EndSession(session))
        : Future.succeededFuture(Request.Done.DONE);
  }

  private Future<Result<Request.Done>> endSession(SessionRef session) {
    return Future.all(leave(session), everyShard(ShardCall.Barrier::new))
        .map(_ -> Result.ok(Request.Done.DONE));
  }

  // ---- requests

  @Override
  public <R> Future<Result<R>> ask(Request<R> request) {
    flushSettles();
    return switch (request) {
      case Request.DeclareQueue(Caller caller, QueueSpec spec)
          when spec.lifetime() == Lifetime.EXCLUSIVE -> {
        exclusiveOwners.add(caller.session());
        yield change(request);
      }
      case Request.OpenSubscription open -> {
        exclusiveOwners.add(open.caller().session());
        yield checked(request);
      }
      case Request.DeclareExchange _,
          Request.DeleteExchange _,
          Request.DeclareQueue _,
          Request.DeleteQueue _,
          Request.Bind _,
          Request.Unbind _ ->
          change(request);
      default -> checked(request);
    };
  }

  /** A change of topology: its owner checks it against the table it will change. */
  private <R> Future<Result<R>> change(Request<R> request) {
    return bus.call(LoopRouting.TOPOLOGY_LOOP, new RoutingCall.Change<>(request));
  }

  private <R> Future<Result<R>> checked(Request<R> request) {
    VhostTable vhost = shared.current().vhost(request.caller().vhost());
    if (vhost == null) {
      return Future.succeededFuture(Refusals.noVhost(request.caller().vhost()));
    }
    Result.Refused<R> refusal = Refusals.of(request, vhost);
    return refusal == null ? forward(request, vhost) : Future.succeededFuture(refusal);
  }

  private static <R> Future<Result<R>> refuse(Refusal reason, String text) {
    return Future.succeededFuture(Result.refused(reason, text));
  }

  @SuppressWarnings("unchecked") // each case answers with the R of its request
  private <R> Future<Result<R>> forward(Request<R> request, VhostTable vhost) {
    Future<? extends Result<?>> answer =
        switch (request) {
          case Request.CheckExchange(_, String name) -> check(vhost, name);
          case Request.CheckQueue(Caller caller, String name) ->
              onQueue(vhost, caller, name, ShardCall.Inspect::new);
          case Request.PurgeQueue(Caller caller, String name) ->
              onQueue(vhost, caller, name, ShardCall.Purge::new);
          case Request.Consume(Caller caller, String name, int id, ConsumerOptions options) ->
              onQueue(
                  vhost,
                  caller,
                  name,
                  queue -> new ShardCall.Attach(queue, caller.session(), id, options));
          case Request.CancelConsumer(_, ConsumerRef consumer) ->
              bus.call(consumer.queue().shard(), new ShardCall.Detach(consumer));
          case Request.Get(Caller caller, String name, boolean noAck) ->
              onQueue(
                  vhost, caller, name, queue -> new ShardCall.Take(queue, caller.session(), noAck));
          case Request.InspectStream(Caller caller, String name, int most) ->
              onQueue(
                  vhost,
                  caller,
                  name,
                  stream ->
                      new ShardCall.InspectStream(
                          stream, Math.clamp(most, 1, Request.InspectStream.MOST_LISTED)));
          case Request.ForgetReader(Caller caller, String name, String reader) ->
              onQueue(vhost, caller, name, stream -> new ShardCall.ForgetReader(stream, reader));
          case Request.ListDelayed(_, String exchange, long fromMillis, int most) ->
              vhost.exchange(exchange) == null
                  ? noExchange(vhost, exchange)
                  : delayed(
                      Math.clamp(most, 1, Request.ListDelayed.MOST_LISTED),
                      new ShardCall.ListDelayed(
                          vhost.name(),
                          exchange,
                          fromMillis,
                          Math.clamp(most, 1, Request.ListDelayed.MOST_LISTED)));
          case Request.CancelDelayed(_, String exchange, String messageId) ->
              vhost.exchange(exchange) == null
                  ? noExchange(vhost, exchange)
                  : delayed(
                      Integer.MAX_VALUE,
                      new ShardCall.CancelDelayed(vhost.name(), exchange, messageId));
          case Request.Subscribe subscribe ->
              retained.subscribe(
                  subscribe,
                  () -> change(new Request.Bind(subscribe.caller(), subscribe.bindings())));
          case Request.ReadRetained read -> retained.read(read).map(Result::ok);
          case Request.ReplaceRetained(Caller caller, var message, var known) ->
              bus.call(
                      Placement.ofTopic(caller.vhost(), message.topic(), bus.loopCount()),
                      new ShardCall.ReplaceRetained(message, known))
                  .map(Result::ok);
          case Request.AwaitPublished _ ->
              everyShard(ShardCall.AwaitSync::new).map(_ -> Result.ok(Request.Done.DONE));
          case Request.EndSession(Caller caller) -> endSession(caller.session());
          case Request.OpenSubscription open -> opener.open(open);
          case Request.ClaimSession claim ->
              bus.call(
                      clientOwner(claim.caller(), claim.clientId()),
                      new ShardCall.ClaimClient(claim))
                  .map(Result::ok);
          case Request.KeepSession keep ->
              bus.call(clientOwner(keep.caller(), keep.clientId()), new ShardCall.KeepClient(keep))
                  .map(Result::ok);
          case Request.ReleaseSession release ->
              bus.call(
                      clientOwner(release.caller(), release.clientId()),
                      new ShardCall.ReleaseClient(release))
                  .map(Result::ok);
          case Request.DeclareExchange _,
              Request.DeleteExchange _,
              Request.DeclareQueue _,
              Request.DeleteQueue _,
              Request.Bind _,
              Request.Unbind _ ->
              throw new IllegalArgumentException("changes of topology go to their owner");
        };
    return (Future<Result<R>>) answer;
  }

  /** Asks every shard and answers with the first {@code most} by time of what they have. */
  private Future<Result<List<Request.DelayedMessage>>> delayed(
      int most, ShardCall<List<Request.DelayedMessage>> question) {
    Future<List<Request.DelayedMessage>> all = Future.succeededFuture(new ArrayList<>());
    for (int shard = 0; shard < bus.loopCount(); shard++) {
      Future<List<Request.DelayedMessage>> part = bus.call(shard, question);
      all =
          all.compose(found ->
              part.map(more -> {
                found.addAll(more);
                return found;
              }));
    }
    return all.map(found ->
        Result.ok(
            found.stream()
                .sorted(Comparator.comparingLong(Request.DelayedMessage::dueMillis))
                .limit(most)
                .toList()));
  }

  /** A shard answers behind what this loop has sent it before. */
  private Future<?> everyShard(Supplier<ShardCall<Request.Done>> question) {
    List<Future<Request.Done>> shards = new ArrayList<>(bus.loopCount());
    for (int shard = 0; shard < bus.loopCount(); shard++) {
      shards.add(bus.call(shard, question.get()));
    }
    return Future.all(shards);
  }

  private int clientOwner(Caller caller, String clientId) {
    return Placement.of(caller.vhost(), clientId, bus.loopCount());
  }

  private static Future<Result<Request.Done>> check(VhostTable vhost, String name) {
    return vhost.exchange(name) == null
        ? noExchange(vhost, name)
        : Future.succeededFuture(Result.ok(Request.Done.DONE));
  }

  private static <R> Future<Result<R>> noExchange(VhostTable vhost, String name) {
    return refuse(
        Refusal.NOT_FOUND, "no exchange '%s' in vhost '%s'".formatted(name, vhost.name()));
  }

  /** Asks the shard of a queue, if the caller may use it. */
  private <R> Future<Result<R>> onQueue(
      VhostTable vhost,
      Caller caller,
      String name,
      Function<QueueRef, ShardCall<Result<R>>> question) {
    QueueEntry entry = vhost.queue(name);
    if (entry == null) {
      return refuse(Refusal.NOT_FOUND, "no queue '%s' in vhost '%s'".formatted(name, vhost.name()));
    }
    String locked = Equivalence.lock(entry, caller);
    return locked == null
        ? bus.call(entry.ref().shard(), question.apply(entry.ref()))
        : refuse(Refusal.RESOURCE_LOCKED, locked);
  }
}
