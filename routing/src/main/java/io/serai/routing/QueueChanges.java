package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionRef;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.store.QueueDefinition;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates and removes queues: on their shard first and then in the table, the other way round when
 * they go. One change at a time; the topology owner sees to that. Confined to its loop.
 */
final class QueueChanges {
  private final SharedTable shared;
  private final Bus bus;
  private final BulkChange bulk;
  private final DurableTopology durable;

  /** Exclusive queues by the connection that owns them; entries go with either. */
  private final Map<SessionRef, Set<QueueRef>> exclusive = new HashMap<>();

  /** What the configuration says about queues whoever declares them. */
  private Policies policies = Policies.NONE;

  QueueChanges(SharedTable shared, Bus bus, BulkChange bulk, DurableTopology durable) {
    this.shared = shared;
    this.bus = bus;
    this.bulk = bulk;
    this.durable = durable;
  }

  /** An exchange about to be declared, as its policy has it. */
  Exchange underPolicy(String vhost, Exchange exchange) {
    return exchange.underPolicy(policies.forExchange(vhost, exchange.name()));
  }

  /** Puts policies in force, for queues that are there and for those to come. */
  Future<?> under(Policies changed, List<String> vhosts) {
    Policies before = policies;
    policies = changed;
    if (before.isEmpty() && changed.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Future<?>> told = new ArrayList<>();
    for (String name : vhosts) {
      VhostTable vhost = shared.current().vhost(name);
      if (vhost == null) {
        continue;
      }
      vhost
          .queues()
          .forEach((_, entry) -> {
            Policy policy = changed.forQueue(name, entry.spec());
            if (!Policies.isSame(policy, before.forQueue(name, entry.spec()))) {
              told.add(
                  bus.call(
                      entry.ref().shard(),
                      new ShardCall.Reconfigure(
                          entry.ref(), PolicyMerge.into(entry.spec(), policy))));
            }
          });
    }
    return Future.all(told);
  }

  // ---- coming

  /** Creates a queue or finds it; one that is just ending by itself makes way for a new one. */
  Future<Result<Request.QueueInfo>> declare(VhostTable vhost, Caller caller, QueueSpec spec) {
    QueueEntry present = vhost.queue(spec.name());
    if (present == null) {
      return create(vhost.name(), caller, spec);
    }
    String locked = Equivalence.lock(present, caller, spec);
    if (locked != null) {
      return refuse(Refusal.RESOURCE_LOCKED, locked);
    }
    String difference = Equivalence.of(present.spec(), spec, vhost.name());
    if (difference != null) {
      return refuse(Refusal.PRECONDITION_FAILED, difference);
    }
    return bus.call(present.ref().shard(), new ShardCall.Inspect(present.ref()))
        .compose(found ->
            found instanceof Result.Ok
                ? Future.succeededFuture(found)
                : remove(present).compose(_ -> create(vhost.name(), caller, spec)));
  }

  private Future<Result<Request.QueueInfo>> create(String vhost, Caller caller, QueueSpec spec) {
    return createOnShard(vhost, caller, spec)
        .map(created ->
            switch (created) {
              case Result.Ok<QueueEntry>(QueueEntry entry) -> {
                publish(entry);
                yield Result.ok(new Request.QueueInfo(entry.ref(), 0, 0));
              }
              case Result.Refused<QueueEntry>(Refusal reason, String text) ->
                  Result.refused(reason, text);
            });
  }

  /**
   * Takes a queue into the table that its connection's loop has created already, together with its
   * bindings: one change, all or nothing.
   */
  Future<Result<Request.Done>> adopt(
      VhostTable vhost, Request.OpenSubscription request, QueueRef queue) {
    return switch (withAdopted(vhost, request, queue)) {
      case Result.Refused<VhostTable>(Refusal reason, String text) -> refuse(reason, text);
      case Result.Ok<VhostTable>(VhostTable changed) -> {
        shared.update(vhost.name(), _ -> changed);
        yield adopted(request, queue);
      }
    };
  }

  /** The table with a queue that exists already and its bindings, or why it cannot be. Pure. */
  static Result<VhostTable> withAdopted(
      VhostTable vhost, Request.OpenSubscription request, QueueRef queue) {
    QueueSpec spec = request.spec();
    return vhost.queue(spec.name()) == null
        ? BindingChanges.bind(
            vhost.with(entryOf(request, queue)), request.caller(), request.bindings())
        : Result.refused(
            Refusal.RESOURCE_LOCKED,
            "queue '%s' in vhost '%s' exists".formatted(spec.name(), vhost.name()));
  }

  private static QueueEntry entryOf(Request.OpenSubscription request, QueueRef queue) {
    return new QueueEntry(queue, request.spec(), request.caller().session());
  }

  /** The table has an adopted queue now: it goes with its connection, and its policy applies. */
  Future<Result<Request.Done>> adopted(Request.OpenSubscription request, QueueRef queue) {
    own(entryOf(request, queue));
    QueueSpec spec = request.spec();
    Policy policy = policies.forQueue(queue.vhost(), spec);
    return policy == null
        ? Future.succeededFuture(Result.ok(Request.Done.DONE))
        : bus.call(queue.shard(), new ShardCall.Reconfigure(queue, PolicyMerge.into(spec, policy)));
  }

  private void publish(QueueEntry entry) {
    shared.update(entry.ref().vhost(), vhost -> vhost.with(entry));
    own(entry);
  }

  /** Remembers whose queue it is, if it goes with its connection. */
  private void own(QueueEntry entry) {
    if (entry.spec().lifetime() == Lifetime.EXCLUSIVE) {
      exclusive.computeIfAbsent(entry.declaredBy(), _ -> new LinkedHashSet<>()).add(entry.ref());
    }
  }

  /**
   * Creates a queue that the table does not know yet.
   *
   * @param caller null for the configuration
   */
  Future<Result<QueueEntry>> createOnShard(String vhost, @Nullable Caller caller, QueueSpec spec) {
    Caller writesAs = PolicyMerge.hasOwnDeadLetters(spec) ? caller : null;
    return createOnShard(
        vhost, caller, spec, writesAs, durable.newQueue(vhost, spec, writesAs), false);
  }

  /** Creates a queue that the store has, to be filled with what it had. */
  Future<Result<QueueEntry>> restoreOnShard(QueueDefinition stored, @Nullable Caller writesAs) {
    return createOnShard(stored.vhost(), null, stored.spec(), writesAs, stored, true);
  }

  private Future<Result<QueueEntry>> createOnShard(
      String vhost,
      @Nullable Caller caller,
      QueueSpec spec,
      @Nullable Caller writesAs,
      @Nullable QueueDefinition stored,
      boolean isRestored) {
    SessionRef session = caller == null ? TopologyOwner.NOBODY : caller.session();
    int shard = shardFor(vhost, session, spec);
    if (stored != null) {
      durable.touches(shard);
    }
    return bus.call(
            shard,
            new ShardCall.CreateQueue(
                vhost,
                PolicyMerge.into(spec, policies.forQueue(vhost, spec)),
                writesAs,
                stored,
                isRestored))
        .map(created ->
            switch (created) {
              case Result.Ok<QueueRef>(QueueRef ref) ->
                  Result.ok(new QueueEntry(ref, spec, session));
              case Result.Refused<QueueRef>(Refusal reason, String text) ->
                  Result.refused(reason, text);
            });
  }

  /** A connection's own queues live on its loop, others are spread by name. */
  private int shardFor(String vhost, SessionRef session, QueueSpec spec) {
    boolean isConnections =
        spec.lifetime() == Lifetime.EXCLUSIVE
            || (spec.kind() == QueueKind.VOLATILE && !session.equals(TopologyOwner.NOBODY));
    return isConnections ? session.loop() : Placement.of(vhost, spec.name(), bus.loopCount());
  }

  // ---- going

  Future<Result<Integer>> delete(VhostTable vhost, Request.DeleteQueue request) {
    QueueEntry entry = vhost.queue(request.name());
    if (entry == null) {
      return Future.succeededFuture(Result.ok(0));
    }
    String locked = Equivalence.lock(entry, request.caller());
    if (locked != null) {
      return refuse(Refusal.RESOURCE_LOCKED, locked);
    }
    if (!request.ifUnused() && !request.ifEmpty()) {
      return remove(entry).map(Result::ok);
    }
    return bus.call(entry.ref().shard(), new ShardCall.Inspect(entry.ref()))
        .compose(inspected -> {
          String inTheWay =
              inspected instanceof Result.Ok<Request.QueueInfo>(var info)
                  ? inTheWay(request, info)
                  : null;
          return inTheWay == null
              ? remove(entry).map(Result::ok)
              : refuse(
                  Refusal.PRECONDITION_FAILED,
                  "queue '%s' in vhost '%s' %s".formatted(request.name(), vhost.name(), inTheWay));
        });
  }

  private static @Nullable String inTheWay(Request.DeleteQueue request, Request.QueueInfo info) {
    if (request.ifUnused() && info.consumers() > 0) {
      return "in use";
    }
    return request.ifEmpty() && info.readyMessages() > 0 ? "not empty" : null;
  }

  /** Takes a queue out of the table, then off its shard; answers its ready messages. */
  private Future<Integer> remove(QueueEntry entry) {
    return removeFromTable(entry.ref().vhost(), List.of(entry))
        .compose(_ -> removeFromShard(entry));
  }

  private Future<?> removeFromTable(String name, List<QueueEntry> entries) {
    VhostTable vhost = shared.current().vhost(name);
    if (vhost == null) {
      return Future.succeededFuture();
    }
    int bindings = 0;
    for (QueueEntry entry : entries) {
      bindings += vhost.bindingCountTo(entry.destination());
    }
    return bulk.make(bindings, () -> vhost.without(entries))
        .onSuccess(changed -> shared.update(name, _ -> changed));
  }

  /** Removes a queue that the table does not know any more; answers its ready messages. */
  Future<Integer> removeFromShard(QueueEntry entry) {
    Set<QueueRef> owned = exclusive.get(entry.declaredBy());
    if (owned != null && owned.remove(entry.ref()) && owned.isEmpty()) {
      exclusive.remove(entry.declaredBy());
    }
    if (DurableTopology.isDurable(entry.spec())) {
      durable.touches(entry.ref().shard());
    }
    return bus.call(entry.ref().shard(), new ShardCall.RemoveQueue(entry.ref()))
        .map(messages -> (int) Math.min(messages, Integer.MAX_VALUE));
  }

  /** Removes this incarnation of a queue, if it is still there. */
  Future<Request.Done> drop(QueueRef queue) {
    QueueEntry entry = find(queue.vhost(), queue.name());
    return entry == null || !entry.ref().equals(queue)
        ? Future.succeededFuture(Request.Done.DONE)
        : remove(entry).map(Request.Done.DONE);
  }

  /** Removes the queue of that name, if there is one. */
  Future<Request.Done> drop(String vhost, String name) {
    QueueEntry entry = find(vhost, name);
    return entry == null
        ? Future.succeededFuture(Request.Done.DONE)
        : remove(entry).map(Request.Done.DONE);
  }

  /** Removes the exclusive queues of a connection that has ended. */
  Future<Request.Done> endSession(SessionRef session) {
    Set<QueueRef> owned = exclusive.remove(session);
    if (owned == null) {
      return Future.succeededFuture(Request.Done.DONE);
    }
    Map<String, List<QueueEntry>> byVhost = new HashMap<>();
    for (QueueRef queue : owned) {
      QueueEntry entry = find(queue.vhost(), queue.name());
      if (entry != null && entry.ref().equals(queue)) {
        byVhost.computeIfAbsent(queue.vhost(), _ -> new ArrayList<>()).add(entry);
      }
    }
    Future<?> done = Future.succeededFuture();
    for (Map.Entry<String, List<QueueEntry>> one : byVhost.entrySet()) {
      // One after the other: each works on the table that the one before has left.
      done =
          done.compose(_ -> removeFromTable(one.getKey(), one.getValue()))
              .compose(
                  _ -> Future.all(one.getValue().stream().map(this::removeFromShard).toList()));
    }
    return done.map(Request.Done.DONE);
  }

  private @Nullable QueueEntry find(String vhost, String name) {
    VhostTable table = shared.current().vhost(vhost);
    return table == null ? null : table.queue(name);
  }

  private static <R> Future<Result<R>> refuse(Refusal reason, String text) {
    return Future.succeededFuture(Result.refused(reason, text));
  }
}
