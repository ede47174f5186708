package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.routing.store.Store;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of the routing table. Carries out changes one after the other: a queue exists on its
 * shard before the table names it, and has left the table before its shard drops it, and the answer
 * comes last, so whoever has the answer finds the change from any connection. What a client asks
 * for is checked here, against the very table it changes.
 *
 * <p>A change that touches much, such as a reload or the end of a queue with a million bindings, is
 * worked out on another thread from the table as it is; other changes wait meanwhile, the loop does
 * not. Waiting changes are bounded by one per connection and one per queue. While none is under way
 * the {@link WriterTurn} is free: a loop then publishes the queue of a connection of its own in
 * place, and tells the owner afterwards. Confined to loop 0.
 */
final class TopologyOwner {
  private static final Logger log = LoggerFactory.getLogger(TopologyOwner.class);

  /** Owns what no connection does. */
  static final SessionRef NOBODY = new SessionRef(LoopRouting.TOPOLOGY_LOOP, -1);

  private final SharedTable shared;
  private final Executor onLoop;
  private final BulkChange bulk;
  private final QueueChanges queues;
  private final SuperStreams superStreams;
  private final DeclaredSwap configuration;
  private final DurableTopology durable;
  private final ExchangeHistories histories;
  private final TopologyRestore restore;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean isBusy;
  private boolean isDraining;
  private boolean hasTurn;

  /**
   * @param onLoop runs something on this loop in a later turn
   * @param store this loop's
   */
  TopologyOwner(SharedTable shared, Bus bus, OffLoop offLoop, Executor onLoop, Store store) {
    this.shared = shared;
    this.onLoop = onLoop;
    this.bulk = new BulkChange(offLoop);
    this.durable = new DurableTopology(store, bus);
    this.queues = new QueueChanges(shared, bus, bulk, durable);
    this.superStreams = new SuperStreams(shared, queues);
    this.configuration = new DeclaredSwap(shared, queues, offLoop);
    this.histories = new ExchangeHistories(shared, bus);
    this.restore = new TopologyRestore(shared, bus, queues, configuration, durable);
  }

  /** Carries out one call when those before it are done. */
  @SuppressWarnings("unchecked") // each case answers with the R of its call
  <R> void onCall(RoutingCall<R> call, Consumer<R> answer) {
    Consumer<Request.Done> done = (Consumer<Request.Done>) answer;
    switch (call) {
      case RoutingCall.Change<?>(Request<?> request) ->
          submit(() -> change(request), failed(), (Consumer<Result<?>>) answer);
      case RoutingCall.Adopt(Request.OpenSubscription request, QueueRef queue) ->
          submit(() -> adopt(request, queue), failed(), (Consumer<Result<Request.Done>>) answer);
      case RoutingCall.Adopted(Request.OpenSubscription request, QueueRef queue) ->
          submit(
              () -> queues.adopted(request, queue),
              failed(),
              (Consumer<Result<Request.Done>>) answer);
      case RoutingCall.Apply(DeclaredTopology wanted) ->
          submit(
              () -> configuration.apply(wanted), failed(), (Consumer<Result<Request.Done>>) answer);
      case RoutingCall.Restore(RestoredNode stored, DeclaredTopology wanted) ->
          submit(
              () -> restore.run(stored, wanted), failed(), (Consumer<Result<Request.Done>>) answer);
      case RoutingCall.Drop(QueueRef queue) ->
          submit(() -> queues.drop(queue), Request.Done.DONE, done);
      case RoutingCall.DropNamed(String vhost, String name) ->
          submit(() -> queues.drop(vhost, name), Request.Done.DONE, done);
      case RoutingCall.EndSession(SessionRef session) ->
          submit(() -> queues.endSession(session), Request.Done.DONE, done);
      case RoutingCall.PassBarrier _ ->
          throw new IllegalArgumentException("a barrier is not a change of topology");
    }
  }

  private static <R> Result<R> failed() {
    return Result.refused(Refusal.INTERNAL_ERROR, "the change of topology failed, see the log");
  }

  /** Our own faults must not stop the line: they are logged, answered and passed by. */
  private <T> void submit(
      Supplier<Future<? extends T>> change, T ifFailed, Consumer<? super T> answer) {
    waiting.add(() ->
        attempt(change)
            .onComplete(done -> {
              isBusy = false;
              if (done.failed()) {
                log.error("topology change failed", done.cause());
              }
              T result = done.failed() || !isWritten() ? ifFailed : done.result();
              Future<?> given = followHistories();
              // The answer waits for the store and for histories; the next change does not.
              Future.join(durable.synced(), given).onComplete(_ -> answer.accept(result));
              next();
            }));
    next();
  }

  private boolean isWritten() {
    try {
      durable.write(shared.current());
      return true;
    } catch (RuntimeException e) {
      log.error("topology could not be written", e);
      return false;
    }
  }

  private Future<?> followHistories() {
    try {
      return histories.follow(shared.current());
    } catch (RuntimeException e) {
      log.error("histories of exchanges could not be followed", e);
      return Future.succeededFuture();
    }
  }

  private static <T> Future<? extends T> attempt(Supplier<Future<? extends T>> change) {
    try {
      return change.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void next() {
    if (isDraining) {
      return; // a change that completed at once: the loop below goes on
    }
    isDraining = true;
    try {
      while (!isBusy && !waiting.isEmpty()) {
        if (!hasTurn && !takeTurn()) {
          return;
        }
        isBusy = true;
        waiting.remove().run();
      }
      if (!isBusy && hasTurn) {
        hasTurn = false;
        shared.turn().giveBack();
      }
    } finally {
      isDraining = false;
    }
  }

  private boolean takeTurn() {
    hasTurn = shared.turn().tryTakeAsOwner();
    if (!hasTurn) {
      onLoop.execute(this::next);
    }
    return hasTurn;
  }

  // ---- what clients ask for

  private Future<? extends Result<?>> change(Request<?> request) {
    VhostTable vhost = shared.current().vhost(request.caller().vhost());
    if (vhost == null) {
      return Future.succeededFuture(Refusals.noVhost(request.caller().vhost()));
    }
    Result.Refused<?> refusal = DeclareRules.refusal(request, vhost);
    Request<?> named = named(request);
    if (refusal == null) {
      refusal = Access.refusal(named, vhost);
    }
    return refusal == null ? carryOut(named, vhost) : Future.succeededFuture(refusal);
  }

  private Future<Result<Request.Done>> adopt(Request.OpenSubscription request, QueueRef queue) {
    VhostTable vhost = shared.current().vhost(queue.vhost());
    if (vhost == null) {
      return Future.succeededFuture(Refusals.noVhost(queue.vhost()));
    }
    Result.Refused<ConsumerRef> refusal = Refusals.of(request, vhost);
    return refusal == null
        ? queues.adopt(vhost, request, queue)
        : refuse(refusal.reason(), refusal.text());
  }

  /** The request with a name chosen by the broker where it asks for one. */
  private static Request<?> named(Request<?> request) {
    return request instanceof Request.DeclareQueue(Caller caller, QueueSpec spec)
            && spec.name().isEmpty()
        ? new Request.DeclareQueue(
            caller,
            new QueueSpec(
                DeclareRules.serverName(),
                spec.kind(),
                spec.lifetime(),
                spec.autoDelete(),
                spec.arguments(),
                spec.source()))
        : request;
  }

  private Future<? extends Result<?>> carryOut(Request<?> request, VhostTable vhost) {
    return switch (request) {
      case Request.DeclareExchange(Caller caller, ExchangeSpec spec) ->
          declare(vhost, caller, spec);
      case Request.DeleteExchange(_, String name, boolean ifUnused) ->
          delete(vhost, name, ifUnused);
      case Request.DeclareQueue(Caller caller, QueueSpec spec) ->
          queues.declare(vhost, caller, spec);
      case Request.DeleteQueue delete -> queues.delete(vhost, delete);
      case Request.Bind(Caller caller, List<BindingSpec> bindings) ->
          switch (BindingChanges.bind(vhost, caller, bindings)) {
            case Result.Ok<VhostTable>(VhostTable changed) -> publish(changed);
            case Result.Refused<VhostTable>(Refusal reason, String text) -> refuse(reason, text);
          };
      case Request.Unbind(Caller caller, List<BindingSpec> bindings) ->
          switch (BindingChanges.unbind(vhost, caller, bindings)) {
            case Result.Ok<BindingChanges.Unbound>(var unbound) -> {
              publish(unbound.table());
              yield Future.succeededFuture(Result.ok(unbound.existed()));
            }
            case Result.Refused<BindingChanges.Unbound>(Refusal reason, String text) ->
                refuse(reason, text);
          };
      default ->
          throw new IllegalArgumentException(
              request.getClass().getSimpleName() + " is not a change of topology");
    };
  }

  private Future<Result<Request.Done>> declare(VhostTable vhost, Caller caller, ExchangeSpec spec) {
    Exchange present = vhost.exchange(spec.name());
    SuperStream whole = present == null ? SuperStream.of(spec) : null;
    if (whole != null) {
      return superStreams.declare(vhost, caller, whole);
    }
    if (present == null) {
      return publish(vhost.with(queues.underPolicy(vhost.name(), Exchange.of(spec))));
    }
    String difference = Equivalence.of(present.spec(), spec, vhost.name());
    return difference == null ? done() : refuse(Refusal.PRECONDITION_FAILED, difference);
  }

  private Future<Result<Request.Done>> delete(VhostTable vhost, String name, boolean ifUnused) {
    Exchange exchange = vhost.exchange(name);
    if (exchange == null) {
      return done();
    }
    return ifUnused && exchange.bindingCount() > 0
        ? refuse(
            Refusal.PRECONDITION_FAILED,
            "exchange '%s' in vhost '%s' in use".formatted(name, vhost.name()))
        : bulk.make(vhost.bindingCountOf(exchange), () -> vhost.without(exchange))
            .compose(this::publish);
  }

  private Future<Result<Request.Done>> publish(VhostTable changed) {
    shared.update(changed.name(), _ -> changed);
    return done();
  }

  private static Future<Result<Request.Done>> done() {
    return Future.succeededFuture(Result.ok(Request.Done.DONE));
  }

  private static <R> Future<Result<R>> refuse(Refusal reason, String text) {
    return Future.succeededFuture(Result.refused(reason, text));
  }
}
