package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.QueueRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.TopicFilter;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings retained values to a new subscriber so that each topic's newest value arrives exactly
 * once, by whichever way. Its bindings are in the table by now. The queue's shard notes which
 * topics come live; a first barrier makes sure that whatever was routed with an older table is kept
 * before the values are read; a second one that whatever was kept before the reading has come live
 * where it was due, and been noted. Confined to its loop.
 */
final class RetainedDelivery {
  private final Bus bus;
  private final Barrier barrier;

  RetainedDelivery(Bus bus) {
    this.bus = bus;
    this.barrier = new Barrier(bus);
  }

  /** Answers how many values were delivered. */
  Future<Result<Integer>> deliver(Request.DeliverRetained request) {
    QueueRef queue = request.queue();
    return bus.call(queue.shard(), new ShardCall.WatchLive(queue))
        .compose(watched ->
            switch (watched) {
              case Result.Refused<Long>(Refusal reason, String text) ->
                  Future.succeededFuture(Result.<Integer>refused(reason, text));
              case Result.Ok<Long>(Long watch) ->
                  barrier
                      .pass()
                      .compose(_ -> read(request))
                      .compose(found -> barrier.pass().map(found))
                      .compose(found ->
                          bus.call(
                              queue.shard(),
                              new ShardCall.AppendRetained(watch, queue, request.wanted(), found)))
                      .map(Result::ok);
            });
  }

  private Future<List<ShardCall.FoundRetained>> read(Request.DeliverRetained request) {
    List<TopicFilter> filters =
        request.wanted().stream().map(Request.WantedRetained::filter).toList();
    List<Future<List<ShardCall.FoundRetained>>> parts = new ArrayList<>(bus.loopCount());
    for (int shard = 0; shard < bus.loopCount(); shard++) {
      parts.add(bus.call(shard, new ShardCall.ReadRetained(request.caller().vhost(), filters)));
    }
    return Future.all(parts)
        .map(_ -> {
          List<ShardCall.FoundRetained> all = new ArrayList<>();
          for (Future<List<ShardCall.FoundRetained>> part : parts) {
            all.addAll(part.result());
          }
          return all;
        });
  }
}
