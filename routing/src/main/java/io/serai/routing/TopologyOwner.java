package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of the routing table. Carries out changes one after the other: a queue exists on
 * its shard before the table names it, and has left the table before its shard drops it, and the
 * answer comes last, so whoever has the answer finds the change from any connection.
 *
 * <p>Waiting changes are bounded by one per connection. Confined to loop 0.
 */
final class TopologyOwner {
  private static final Logger log = LoggerFactory.getLogger(TopologyOwner.class);

  private final SharedTable shared;
  private final Bus bus;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private boolean isBusy;
  private boolean isDraining;

  /** Names of exclusive queues by the connection that owns them. */
  private final Map<SessionRef, Set<QueueRef>> exclusive = new HashMap<>();

  private DeclaredTopology declared = new DeclaredTopology(List.of());

  TopologyOwner(SharedTable shared, Bus bus) {
    this.shared = shared;
    this.bus = bus;
  }

  /** Carries out one call when those before it are done. */
  @SuppressWarnings("unchecked") // each case answers with the R of its call
  <R> void onCall(RoutingCall<R> call, Consumer<R> answer) {
    Consumer<Object> to = (Consumer<Object>) (Consumer<?>) answer;
    switch (call) {
      case RoutingCall.Change<?>(Request<?> request) -> submit(() -> change(request), to);
      case RoutingCall.Drop(QueueRef queue) -> submit(() -> drop(queue), to);
      case RoutingCall.DropNamed(String vhost, String name) ->
          submit(() -> dropNamed(vhost, name), to);
      case RoutingCall.EndSession(SessionRef session) -> submit(() -> endSession(session), to);
      case RoutingCall.Apply(DeclaredTopology topology) -> submit(() -> apply(topology), to);
      case RoutingCall.PassBarrier _ ->
          throw new IllegalArgumentException("a barrier is not a change of topology");
    }
  }

  private void submit(Supplier<Future<?>> change, Consumer<Object> answer) {
    waiting.add(() ->
        change
            .get()
            .onComplete(done -> {
              if (done.failed()) {
                log.error("change of topology failed", done.cause());
              }
              answer.accept(
                  done.succeeded()
                      ? done.result()
                      : Result.refused(Refusal.INTERNAL_ERROR, "change of topology failed"));
              isBusy = false;
              next();
            }));
    next();
  }

  private void next() {
    if (isDraining) {
      return; // a change that completed at once: the loop below goes on
    }
    isDraining = true;
    while (!isBusy) {
      Runnable change = waiting.poll();
      if (change == null) {
        break;
      }
      isBusy = true;
      change.run();
    }
    isDraining = false;
  }

  private Future<?> change(Request<?> request) {
    VhostTable vhost = shared.current().vhost(request.caller().vhost());
    if (vhost == null) {
      return refuse(Refusal.NOT_FOUND, "vhost '" + request.caller().vhost() + "' not found");
    }
    return switch (request) {
      case Request.DeclareExchange(_, ExchangeSpec spec) -> declare(vhost, spec);
      case Request.DeleteExchange(_, String name, boolean ifUnused) ->
          delete(vhost, name, ifUnused);
      case Request.DeclareQueue(Caller caller, QueueSpec spec) -> declare(vhost, caller, spec);
      case Request.DeleteQueue delete -> delete(vhost, delete);
      case Request.Bind(Caller caller, List<BindingSpec> bindings) -> bind(vhost, caller, bindings);
      case Request.Unbind(Caller caller, List<BindingSpec> bindings) ->
          unbind(vhost, caller, bindings);
      default ->
          throw new IllegalArgumentException(
              request.getClass().getSimpleName() + " is not a change of topology");
    };
  }

  private void publish(VhostTable vhost) {
    shared.publish(shared.current().with(vhost));
  }

  private static Future<Result<Request.Done>> done() {
    return Future.succeededFuture(Result.ok(Request.Done.DONE));
  }

  private static <R> Future<Result<R>> refuse(Refusal reason, String text) {
    return Future.succeededFuture(Result.refused(reason, text));
  }

  // ---- exchanges

  private Future<?> declare(VhostTable vhost, ExchangeSpec spec) {
    Exchange present = vhost.exchanges().get(spec.name());
    if (present != null) {
      String difference = Equivalence.of(present.spec(), spec, vhost.name());
      return difference == null ? done() : refuse(Refusal.PRECONDITION_FAILED, difference);
    }
    publish(vhost.with(spec));
    return done();
  }

  private Future<?> delete(VhostTable vhost, String name, boolean ifUnused) {
    Exchange exchange = vhost.exchanges().get(name);
    if (exchange == null) {
      return done();
    }
    if (ifUnused && exchange.bindingsFrom() > 0) {
      return refuse(
          Refusal.PRECONDITION_FAILED,
          "exchange '" + name + "' in vhost '" + vhost.name() + "' in use");
    }
    Set<String> sources = sources(to(vhost, name));
    publish(withoutUnused(vhost.withoutExchange(name), sources));
    return done();
  }

  private static List<Bound> to(VhostTable vhost, String exchange) {
    List<Bound> bindings = new ArrayList<>();
    vhost
        .bindingsOf(new Destination.ToExchange(exchange))
        .forEach((binding, _) -> bindings.add(binding));
    return bindings;
  }

  private static Set<String> sources(List<Bound> bindings) {
    Set<String> names = new LinkedHashSet<>();
    for (Bound binding : bindings) {
      names.add(binding.spec().source());
    }
    return names;
  }

  /** Deletes auto-delete exchanges whose last binding has gone, and what that leaves unused. */
  private static VhostTable withoutUnused(VhostTable vhost, Set<String> candidates) {
    VhostTable table = vhost;
    Deque<String> names = new ArrayDeque<>(candidates);
    while (!names.isEmpty()) {
      Exchange exchange = table.exchanges().get(names.poll());
      if (exchange != null && exchange.spec().autoDelete() && exchange.bindingsFrom() == 0) {
        names.addAll(sources(to(table, exchange.name())));
        table = table.withoutExchange(exchange.name());
      }
    }
    return table;
  }

  // ---- queues

  private Future<?> declare(VhostTable vhost, Caller caller, QueueSpec spec) {
    QueueEntry present = vhost.queues().get(spec.name());
    if (present != null) {
      String locked = Equivalence.lock(present, caller, vhost.name());
      if (locked != null) {
        return refuse(Refusal.RESOURCE_LOCKED, locked);
      }
      String difference = Equivalence.of(present.spec(), spec, vhost.name());
      return difference == null
          ? bus.call(present.ref().shard(), new ShardCall.Inspect(present.ref()))
          : refuse(Refusal.PRECONDITION_FAILED, difference);
    }
    return create(vhost.name(), caller.session(), spec)
        .map(created ->
            switch (created) {
              case Result.Ok<QueueRef>(QueueRef ref) -> Result.ok(new Request.QueueInfo(ref, 0, 0));
              case Result.Refused<QueueRef>(Refusal reason, String text) ->
                  Result.<Request.QueueInfo>refused(reason, text);
            });
  }

  private Future<Result<QueueRef>> create(String vhost, SessionRef session, QueueSpec spec) {
    boolean onConnection =
        spec.lifetime() == Lifetime.EXCLUSIVE || spec.kind() == QueueKind.VOLATILE;
    int shard =
        onConnection ? session.loop() : Placement.ofName(vhost, spec.name(), bus.loopCount());
    return bus.call(shard, new ShardCall.CreateQueue(vhost, spec, session))
        .map(created -> {
          VhostTable now = shared.current().vhost(vhost);
          if (created instanceof Result.Ok<QueueRef>(QueueRef ref) && now != null) {
            publish(now.with(new QueueEntry(ref, spec, session)));
            if (spec.lifetime() == Lifetime.EXCLUSIVE) {
              exclusive.computeIfAbsent(session, _ -> new LinkedHashSet<>()).add(ref);
            }
          }
          return created;
        });
  }

  private Future<?> delete(VhostTable vhost, Request.DeleteQueue request) {
    QueueEntry entry = vhost.queues().get(request.name());
    if (entry == null) {
      return Future.succeededFuture(Result.ok(0));
    }
    String locked = Equivalence.lock(entry, request.caller(), vhost.name());
    if (locked != null) {
      return refuse(Refusal.RESOURCE_LOCKED, locked);
    }
    if (!request.ifUnused() && !request.ifEmpty()) {
      return remove(entry).map(count -> Result.ok(Math.toIntExact(count)));
    }
    return bus.call(entry.ref().shard(), new ShardCall.Inspect(entry.ref()))
        .compose(inspected -> {
          if (inspected instanceof Result.Ok<Request.QueueInfo>(var info)) {
            String named = "queue '" + request.name() + "' in vhost '" + vhost.name() + "' ";
            if (request.ifUnused() && info.consumers() > 0) {
              return refuse(Refusal.PRECONDITION_FAILED, named + "in use");
            }
            if (request.ifEmpty() && info.readyMessages() > 0) {
              return refuse(Refusal.PRECONDITION_FAILED, named + "is not empty");
            }
          }
          return remove(entry).map(count -> Result.ok(Math.toIntExact(count)));
        });
  }

  /** Takes a queue out of the table, then off its shard; answers its ready messages. */
  private Future<Long> remove(QueueEntry entry) {
    VhostTable vhost = shared.current().vhost(entry.ref().vhost());
    if (vhost != null) {
      List<Bound> bindings = new ArrayList<>();
      vhost
          .bindingsOf(new Destination.ToQueue(entry.ref()))
          .forEach((binding, _) -> bindings.add(binding));
      publish(withoutUnused(vhost.withoutQueue(entry), sources(bindings)));
    }
    Set<QueueRef> owned = exclusive.get(entry.declaredBy());
    if (owned != null && owned.remove(entry.ref()) && owned.isEmpty()) {
      exclusive.remove(entry.declaredBy());
    }
    return bus.call(entry.ref().shard(), new ShardCall.RemoveQueue(entry.ref()));
  }

  private Future<Request.Done> drop(QueueRef queue) {
    QueueEntry entry = entry(queue.vhost(), queue.name());
    return entry == null || !entry.ref().equals(queue)
        ? Future.succeededFuture(Request.Done.DONE)
        : remove(entry).map(Request.Done.DONE);
  }

  private Future<Request.Done> dropNamed(String vhost, String name) {
    QueueEntry entry = entry(vhost, name);
    return entry == null
        ? Future.succeededFuture(Request.Done.DONE)
        : remove(entry).map(Request.Done.DONE);
  }

  private @Nullable QueueEntry entry(String vhost, String name) {
    VhostTable table = shared.current().vhost(vhost);
    return table == null ? null : table.queues().get(name);
  }

  private Future<Request.Done> endSession(SessionRef session) {
    Set<QueueRef> owned = exclusive.remove(session);
    if (owned == null) {
      return Future.succeededFuture(Request.Done.DONE);
    }
    List<Future<?>> removals = new ArrayList<>();
    for (QueueRef queue : owned) {
      removals.add(drop(queue));
    }
    return Future.all(removals).map(Request.Done.DONE);
  }

  // ---- bindings

  private Future<?> bind(VhostTable vhost, Caller caller, List<BindingSpec> bindings) {
    VhostTable table = vhost;
    for (BindingSpec binding : bindings) {
      switch (resolve(table, caller, binding)) {
        case Result.Ok<Bound>(Bound bound) -> table = table.with(bound);
        case Result.Refused<Bound>(Refusal reason, String text) -> {
          return refuse(reason, text);
        }
      }
    }
    publish(table);
    return done();
  }

  private Future<?> unbind(VhostTable vhost, Caller caller, List<BindingSpec> bindings) {
    VhostTable table = vhost;
    List<Boolean> existed = new ArrayList<>();
    Set<String> sources = new LinkedHashSet<>();
    for (BindingSpec binding : bindings) {
      switch (resolve(table, caller, binding)) {
        case Result.Ok<Bound>(Bound bound) -> {
          boolean was = table.has(bound);
          existed.add(was);
          if (was) {
            table = table.without(bound);
            sources.add(binding.source());
          }
        }
        case Result.Refused<Bound>(Refusal reason, String text) -> {
          if (reason != Refusal.NOT_FOUND) {
            return refuse(reason, text);
          }
          existed.add(false); // as in RabbitMQ: there is nothing to unbind
        }
      }
    }
    publish(withoutUnused(table, sources));
    return Future.succeededFuture(Result.ok(List.copyOf(existed)));
  }

  private static Result<Bound> resolve(
      VhostTable vhost, @Nullable Caller caller, BindingSpec binding) {
    String in = "' in vhost '" + vhost.name() + "'";
    Exchange source = vhost.exchanges().get(binding.source());
    if (source == null) {
      return Result.refused(Refusal.NOT_FOUND, "no exchange '" + binding.source() + in);
    }
    String wrong = source.type().checkBinding(binding.arguments());
    if (wrong != null) {
      return Result.refused(Refusal.PRECONDITION_FAILED, wrong);
    }
    if (binding.toExchange()) {
      return vhost.exchanges().containsKey(binding.destination())
          ? Result.ok(new Bound(binding, new Destination.ToExchange(binding.destination())))
          : Result.refused(Refusal.NOT_FOUND, "no exchange '" + binding.destination() + in);
    }
    QueueEntry queue = vhost.queues().get(binding.destination());
    if (queue == null) {
      return Result.refused(Refusal.NOT_FOUND, "no queue '" + binding.destination() + in);
    }
    String locked = caller == null ? null : Equivalence.lock(queue, caller, vhost.name());
    return locked == null
        ? Result.ok(new Bound(binding, new Destination.ToQueue(queue.ref())))
        : Result.refused(Refusal.RESOURCE_LOCKED, locked);
  }

  // ---- configuration

  /**
   * Takes over a configuration: creates queues first, then publishes the whole new table at once,
   * then drops what is gone. Refused whole, with nothing changed, when something in it cannot be.
   */
  private Future<Result<Request.Done>> apply(DeclaredTopology wanted) {
    String conflict = conflict(wanted);
    if (conflict != null) {
      return refuse(Refusal.PRECONDITION_FAILED, conflict);
    }
    Map<QueueId, QueueSpec> missing = new LinkedHashMap<>();
    for (DeclaredTopology.Vhost vhost : wanted.vhosts()) {
      for (QueueSpec queue : vhost.queues()) {
        if (entry(vhost.name(), queue.name()) == null) {
          missing.put(new QueueId(vhost.name(), queue.name()), queue);
        }
      }
    }
    List<QueueEntry> created = new ArrayList<>();
    Future<Result<Request.Done>> creating = done();
    for (Map.Entry<QueueId, QueueSpec> entry : missing.entrySet()) {
      creating =
          creating.compose(before -> createFor(entry.getKey(), entry.getValue(), before, created));
    }
    return creating.compose(result -> {
      if (result instanceof Result.Refused<Request.Done>) {
        List<Future<?>> undone = new ArrayList<>();
        for (QueueEntry entry : created) {
          undone.add(bus.call(entry.ref().shard(), new ShardCall.RemoveQueue(entry.ref())));
        }
        return Future.all(undone).map(result);
      }
      return swap(wanted, created).map(result);
    });
  }

  /** A queue's full name. */
  private record QueueId(String vhost, String name) {}

  private Future<Result<Request.Done>> createFor(
      QueueId id, QueueSpec spec, Result<Request.Done> before, List<QueueEntry> created) {
    if (before instanceof Result.Refused<Request.Done>) {
      return Future.succeededFuture(before);
    }
    SessionRef nobody = new SessionRef(0, 0);
    int shard = Placement.ofName(id.vhost(), id.name(), bus.loopCount());
    return bus.call(shard, new ShardCall.CreateQueue(id.vhost(), spec, nobody))
        .map(result ->
            switch (result) {
              case Result.Ok<QueueRef>(QueueRef ref) -> {
                created.add(new QueueEntry(ref, spec, nobody));
                yield before;
              }
              case Result.Refused<QueueRef>(Refusal reason, String text) ->
                  Result.refused(
                      reason, "queue '" + id.name() + "' in vhost '" + id.vhost() + "': " + text);
            });
  }

  /** What of {@code wanted} cannot be, or null: an object of that name exists and is different. */
  private @Nullable String conflict(DeclaredTopology wanted) {
    for (DeclaredTopology.Vhost vhost : wanted.vhosts()) {
      VhostTable present = shared.current().vhost(vhost.name());
      for (ExchangeSpec exchange : vhost.exchanges()) {
        Exchange known = present == null ? null : present.exchanges().get(exchange.name());
        String difference =
            known == null ? null : Equivalence.of(known.spec(), exchange, vhost.name());
        if (difference != null) {
          return difference;
        }
      }
      for (QueueSpec queue : vhost.queues()) {
        QueueEntry known = present == null ? null : present.queues().get(queue.name());
        String difference =
            known == null ? null : Equivalence.of(known.spec(), queue, vhost.name());
        if (difference != null) {
          return difference;
        }
      }
    }
    return null;
  }

  private Future<Void> swap(DeclaredTopology wanted, List<QueueEntry> created) {
    RoutingTable table = shared.current();
    List<QueueEntry> gone = new ArrayList<>();
    for (DeclaredTopology.Vhost old : declared.vhosts()) {
      VhostTable vhost = table.vhost(old.name());
      DeclaredTopology.Vhost next = find(wanted, old.name());
      if (vhost == null) {
        continue;
      }
      if (next == null) {
        vhost.queues().forEach((_, entry) -> gone.add(entry));
        table = table.without(old.name());
      } else {
        table = table.with(withoutOld(vhost, old, next, gone));
      }
    }
    for (DeclaredTopology.Vhost next : wanted.vhosts()) {
      VhostTable vhost = table.vhost(next.name());
      VhostTable changed = vhost == null ? VhostTable.predeclared(next.name()) : vhost;
      for (ExchangeSpec exchange : next.exchanges()) {
        if (!changed.exchanges().containsKey(exchange.name())) {
          changed = changed.with(exchange);
        }
      }
      for (QueueEntry entry : created) {
        if (entry.ref().vhost().equals(next.name())) {
          changed = changed.with(entry);
        }
      }
      for (BindingSpec binding : next.bindings()) {
        if (resolve(changed, null, binding) instanceof Result.Ok<Bound>(Bound bound)) {
          changed = changed.with(bound);
        } else {
          log.warn(
              "binding not applied source={} destination={} reason=\"one of them does not exist\"",
              binding.source(),
              binding.destination());
        }
      }
      table = table.with(changed.with(RuleSet.of(next.rules())));
    }
    shared.publish(table);
    declared = wanted;
    List<Future<?>> removals = new ArrayList<>();
    for (QueueEntry entry : gone) {
      removals.add(bus.call(entry.ref().shard(), new ShardCall.RemoveQueue(entry.ref())));
    }
    return Future.all(removals).mapEmpty();
  }

  /** Takes out what the configuration declared and no longer does. */
  private static VhostTable withoutOld(
      VhostTable vhost,
      DeclaredTopology.Vhost old,
      DeclaredTopology.Vhost next,
      List<QueueEntry> gone) {
    VhostTable table = vhost;
    for (BindingSpec binding : old.bindings()) {
      if (!next.bindings().contains(binding)
          && resolve(table, null, binding) instanceof Result.Ok<Bound>(Bound bound)) {
        table = table.without(bound);
      }
    }
    for (QueueSpec queue : old.queues()) {
      QueueEntry entry = table.queues().get(queue.name());
      if (entry != null && next.queues().stream().noneMatch(q -> q.name().equals(queue.name()))) {
        gone.add(entry);
        table = table.withoutQueue(entry);
      }
    }
    for (ExchangeSpec exchange : old.exchanges()) {
      if (next.exchanges().stream().noneMatch(e -> e.name().equals(exchange.name()))) {
        table = table.withoutExchange(exchange.name());
      }
    }
    return table;
  }

  private static DeclaredTopology.@Nullable Vhost find(DeclaredTopology topology, String name) {
    for (DeclaredTopology.Vhost vhost : topology.vhosts()) {
      if (vhost.name().equals(name)) {
        return vhost;
      }
    }
    return null;
  }
}
