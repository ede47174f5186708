package io.serai.routing;

import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Takes over what the configuration declares: checks it against the table, creates the queues that
 * are missing, publishes everything at once and then drops what is gone. Refused whole, with
 * nothing changed, when something in it cannot be. Confined to the topology owner's loop.
 */
final class DeclaredSwap {
  /** Queues created in one go: enough to share turns, few enough not to fill one. */
  private static final int CREATED_AT_ONCE = 256;

  private final SharedTable shared;
  private final QueueChanges queues;
  private final OffLoop offLoop;
  private DeclaredTopology inForce = new DeclaredTopology(List.of());

  DeclaredSwap(SharedTable shared, QueueChanges queues, OffLoop offLoop) {
    this.shared = shared;
    this.queues = queues;
    this.offLoop = offLoop;
  }

  /** What an earlier run took over of a configuration and left in the store. */
  void wasInForce(DeclaredTopology earlier) {
    inForce = earlier;
  }

  /** Works everything out on another thread; the loop creates queues and swaps one reference. */
  Future<Result<Request.Done>> apply(DeclaredTopology wanted) {
    DeclaredChange change = new DeclaredChange(shared.current(), inForce, wanted);
    return offLoop
        .run(change::plan)
        .compose(plan -> {
          if (!plan.problems().isEmpty()) {
            return refuse(String.join("; ", plan.problems()));
          }
          Creation creation = new Creation(plan.missingQueues());
          return creation
              .run()
              .compose(_ ->
                  creation.problem.isEmpty() ? swap(change, creation, wanted) : undo(creation));
        });
  }

  private Future<Result<Request.Done>> swap(
      DeclaredChange change, Creation creation, DeclaredTopology wanted) {
    return offLoop
        .run(() -> change.result(creation.created))
        .compose(result ->
            switch (result) {
              case Result.Ok<DeclaredChange.Changed>(var changed) -> {
                Policies policies = Policies.of(wanted);
                shared.publish(policies.applyTo(changed.table(), names(wanted)));
                inForce = wanted;
                yield queues
                    .under(policies, names(wanted))
                    .compose(_ -> remove(changed.gone()))
                    .map(Result.ok(Request.Done.DONE));
              }
              case Result.Refused<DeclaredChange.Changed>(_, String text) -> {
                creation.problem = text;
                yield undo(creation);
              }
            });
  }

  private static List<String> names(DeclaredTopology declared) {
    return declared.vhosts().stream().map(DeclaredTopology.Vhost::name).toList();
  }

  private Future<Result<Request.Done>> undo(Creation creation) {
    return remove(creation.created).compose(_ -> refuse(creation.problem));
  }

  /** Creates queues on their shards, many at a time. */
  private final class Creation {
    private final Iterator<DeclaredChange.Missing> missing;
    final List<QueueEntry> created = new ArrayList<>();

    /** What was wrong with the first that was refused; empty for nothing. */
    String problem = "";

    Creation(List<DeclaredChange.Missing> missing) {
      this.missing = missing.iterator();
    }

    /** Creates all of them, until one is refused. */
    Future<?> run() {
      Promise<Void> done = Promise.promise();
      goOn(done);
      return done.future();
    }

    /**
     * Some, and when they are there the next ones: from the event that says so and not from within
     * the future before, so that any number of queues needs no more stack than a few. Where the
     * answer is there at once, the loop goes on.
     */
    private void goOn(Promise<Void> done) {
      while (problem.isEmpty() && missing.hasNext()) {
        List<Future<Result<QueueEntry>>> some = createSome();
        Future<?> all = Future.all(some);
        if (!all.succeeded()) {
          all.onComplete(it -> {
            if (it.failed()) {
              done.fail(it.cause());
            } else {
              some.forEach(one -> note(one.result()));
              goOn(done);
            }
          });
          return;
        }
        some.forEach(one -> note(one.result()));
      }
      done.complete();
    }

    private List<Future<Result<QueueEntry>>> createSome() {
      List<Future<Result<QueueEntry>>> some = new ArrayList<>();
      while (missing.hasNext() && some.size() < CREATED_AT_ONCE) {
        DeclaredChange.Missing next = missing.next();
        some.add(queues.createOnShard(next.vhost(), null, next.spec()));
      }
      return some;
    }

    private void note(Result<QueueEntry> result) {
      switch (result) {
        case Result.Ok<QueueEntry>(QueueEntry entry) -> created.add(entry);
        case Result.Refused<QueueEntry>(_, String text) ->
            problem = problem.isEmpty() ? text : problem;
      }
    }
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
