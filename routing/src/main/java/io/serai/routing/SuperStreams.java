package io.serai.routing;

import io.serai.bus.Caller;
import io.serai.bus.QueueSpec;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.vertx.core.Future;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Declares super streams for clients: the streams first, then their exchange with all bindings, so
 * that no publisher finds part of it. Streams that are there already are taken as they are if they
 * are the same. Confined to the topology owner's loop.
 */
final class SuperStreams {
  private final SharedTable shared;
  private final QueueChanges queues;

  SuperStreams(SharedTable shared, QueueChanges queues) {
    this.shared = shared;
    this.queues = queues;
  }

  Future<Result<Request.Done>> declare(VhostTable vhost, Caller caller, SuperStream whole) {
    for (QueueSpec stream : whole.streams()) {
      Result.Refused<Request.Done> refusal = refusal(vhost, caller, stream);
      if (refusal != null) {
        return Future.succeededFuture(refusal);
      }
    }
    Result.Refused<Request.Done> refusal =
        Access.refusal(new Request.Bind(caller, whole.bindings()), vhost);
    return refusal == null
        ? create(vhost.name(), caller, whole, whole.streams().iterator())
        : Future.succeededFuture(refusal);
  }

  /** What stands against a stream, found before anything is declared. */
  private static Result.@Nullable Refused<Request.Done> refusal(
      VhostTable vhost, Caller caller, QueueSpec stream) {
    Request<Request.QueueInfo> request = new Request.DeclareQueue(caller, stream);
    Result.Refused<Request.QueueInfo> refusal = Refusals.of(request, vhost);
    if (refusal != null) {
      return new Result.Refused<>(refusal.reason(), refusal.text());
    }
    QueueEntry present = vhost.queue(stream.name());
    String difference =
        present == null ? null : Equivalence.of(present.spec(), stream, vhost.name());
    return difference == null
        ? null
        : new Result.Refused<>(Refusal.PRECONDITION_FAILED, difference);
  }

  private Future<Result<Request.Done>> create(
      String vhost, Caller caller, SuperStream whole, Iterator<QueueSpec> streams) {
    if (!streams.hasNext()) {
      return Future.succeededFuture(publish(vhost, caller, whole));
    }
    VhostTable table = shared.current().vhost(vhost);
    if (table == null) {
      return Future.succeededFuture(Refusals.noVhost(vhost));
    }
    return queues
        .declare(table, caller, streams.next())
        .compose(created ->
            created instanceof Result.Refused<Request.QueueInfo>(Refusal reason, String text)
                ? Future.succeededFuture(Result.refused(reason, text))
                : create(vhost, caller, whole, streams));
  }

  private Result<Request.Done> publish(String vhost, Caller caller, SuperStream whole) {
    VhostTable table = shared.current().vhost(vhost);
    if (table == null) {
      return Refusals.noVhost(vhost);
    }
    Exchange exchange = queues.underPolicy(vhost, Exchange.of(whole.exchange()));
    return switch (BindingChanges.bind(table.with(exchange), caller, whole.bindings())) {
      case Result.Ok<VhostTable>(VhostTable changed) -> {
        shared.update(vhost, _ -> changed);
        yield Result.ok(Request.Done.DONE);
      }
      case Result.Refused<VhostTable>(Refusal reason, String text) -> Result.refused(reason, text);
    };
  }
}
