package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.ConsumerRef;
import io.serai.bus.QueueRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;

/**
 * Opens a subscription whose queue is the connection's own. The queue lives on the connection's
 * loop, so it is created and read there first, in place. Then it is published together with its
 * bindings, in place as well unless the topology owner is at work: what other connections publish
 * from now on reaches it without a hop to that loop and back. The answer comes from the owner
 * either way. Whatever is refused leaves nothing behind. Confined to its loop.
 */
final class SubscriptionOpener {
  private final SharedTable shared;
  private final Bus bus;
  private final RetainedDelivery retained;

  SubscriptionOpener(SharedTable shared, Bus bus, RetainedDelivery retained) {
    this.shared = shared;
    this.bus = bus;
    this.retained = retained;
  }

  Future<Result<ConsumerRef>> open(Request.OpenSubscription request) {
    return bus.callHere(
            new ShardCall.CreateQueue(
                request.caller().vhost(),
                request.spec(),
                PolicyMerge.hasOwnDeadLetters(request.spec()) ? request.caller() : null))
        .compose(created ->
            switch (created) {
              case Result.Ok<QueueRef>(QueueRef queue) -> read(request, queue);
              case Result.Refused<QueueRef>(Refusal reason, String text) -> refuse(reason, text);
            });
  }

  /** The consumer is there before the bindings are: a queue nobody reads drops QoS 0 messages. */
  private Future<Result<ConsumerRef>> read(Request.OpenSubscription request, QueueRef queue) {
    return bus.callHere(
            new ShardCall.Attach(
                queue, request.caller().session(), request.consumerId(), request.options()))
        .compose(attached ->
            switch (attached) {
              case Result.Ok<ConsumerRef>(ConsumerRef consumer) -> publish(request, consumer);
              case Result.Refused<ConsumerRef>(Refusal reason, String text) ->
                  bus.callHere(new ShardCall.RemoveQueue(queue)).compose(_ -> refuse(reason, text));
            });
  }

  private Future<Result<ConsumerRef>> publish(
      Request.OpenSubscription request, ConsumerRef consumer) {
    QueueRef queue = consumer.queue();
    Request.Subscribe subscribe =
        new Request.Subscribe(request.caller(), queue, request.bindings(), request.wanted());
    return retained
        .subscribe(subscribe, () -> adopt(request, queue))
        .compose(published ->
            switch (published) {
              case Result.Ok<Request.Done> _ -> Future.succeededFuture(Result.ok(consumer));
              case Result.Refused<Request.Done>(Refusal reason, String text) ->
                  undo(consumer).compose(_ -> refuse(reason, text));
            });
  }

  private Future<Result<Request.Done>> adopt(Request.OpenSubscription request, QueueRef queue) {
    Result<VhostTable> here =
        shared.tryChange(queue.vhost(), vhost -> QueueChanges.withAdopted(vhost, request, queue));
    return switch (here) {
      case null -> bus.call(LoopRouting.TOPOLOGY_LOOP, new RoutingCall.Adopt(request, queue));
      case Result.Ok<VhostTable> _ ->
          bus.call(LoopRouting.TOPOLOGY_LOOP, new RoutingCall.Adopted(request, queue));
      case Result.Refused<VhostTable>(Refusal reason, String text) -> refuse(reason, text);
    };
  }

  /** Detached first, so that the session is not told of a consumer it never had. */
  private Future<Long> undo(ConsumerRef consumer) {
    return bus.callHere(new ShardCall.Detach(consumer))
        .compose(_ -> bus.callHere(new ShardCall.RemoveQueue(consumer.queue())));
  }

  private static <R> Future<Result<R>> refuse(Refusal reason, String text) {
    return Future.succeededFuture(Result.refused(reason, text));
  }
}
