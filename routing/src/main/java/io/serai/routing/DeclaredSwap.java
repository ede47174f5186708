package io.serai.routing;

import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Takes over what the configuration declares: checks it against the table, creates the queues that
 * are missing, publishes everything at once and then drops what is gone. Refused whole, with
 * nothing changed, when something in it cannot be. Confined to the topology owner's loop.
 */
final class DeclaredSwap {
  private final SharedTable shared;
  private final QueueChanges queues;
  private DeclaredTopology inForce = new DeclaredTopology(List.of());

  DeclaredSwap(SharedTable shared, QueueChanges queues) {
    this.shared = shared;
    this.queues = queues;
  }

  Future<Result<Request.Done>> apply(DeclaredTopology wanted) {
    DeclaredChange change = new DeclaredChange(shared.current(), inForce, wanted);
    List<String> problems = change.problems();
    if (!problems.isEmpty()) {
      return refuse(String.join("; ", problems));
    }
    List<QueueEntry> created = new ArrayList<>();
    return create(change.missingQueues().iterator(), created)
        .compose(problem -> {
          if (problem.isEmpty()) {
            switch (change.result(created)) {
              case Result.Ok<DeclaredChange.Changed>(var changed) -> {
                Policies policies = Policies.of(wanted);
                shared.publish(policies.applyTo(changed.table(), names(wanted)));
                inForce = wanted;
                return queues
                    .under(policies, names(wanted))
                    .compose(_ -> remove(changed.gone()))
                    .map(Result.ok(Request.Done.DONE));
              }
              case Result.Refused<DeclaredChange.Changed>(_, String text) -> problem = text;
            }
          }
          String refusal = problem;
          return remove(created).compose(_ -> refuse(refusal));
        });
  }

  private static List<String> names(DeclaredTopology declared) {
    return declared.vhosts().stream().map(DeclaredTopology.Vhost::name).toList();
  }

  /** Creates one queue after the other; answers what was wrong, or nothing. */
  private Future<String> create(
      Iterator<DeclaredChange.Missing> missing, List<QueueEntry> created) {
    if (!missing.hasNext()) {
      return Future.succeededFuture("");
    }
    DeclaredChange.Missing next = missing.next();
    QueueSpec spec = next.spec();
    return queues
        .createOnShard(next.vhost(), null, spec)
        .compose(result ->
            switch (result) {
              case Result.Ok<QueueEntry>(QueueEntry entry) -> {
                created.add(entry);
                yield create(missing, created);
              }
              case Result.Refused<QueueEntry>(_, String text) -> Future.succeededFuture(text);
            });
  }

  private Future<?> remove(List<QueueEntry> entries) {
    List<Future<Integer>> removals = new ArrayList<>(entries.size());
    for (QueueEntry entry : entries) {
      removals.add(queues.removeFromShard(entry));
    }
    return Future.all(removals);
  }

  private static Future<Result<Request.Done>> refuse(String text) {
    return Future.succeededFuture(Result.refused(Refusal.PRECONDITION_FAILED, text));
  }
}
