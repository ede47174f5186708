package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.QueueRef;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.model.Message;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.TopicFilter;
import io.serai.routing.queue.ShardCall;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Subscribes and brings retained values so that each topic's newest value arrives exactly once, by
 * whichever way. The queue's shard notes which topics come live, from before the first message can:
 * only then do the bindings go into the table. A first barrier makes sure that whatever was routed
 * with an older table is kept before the values are read; a second one that whatever was kept
 * before the reading has come live where it was due, and been noted. Confined to its loop.
 */
final class RetainedDelivery {
  private final Bus bus;
  private final Barrier barrier;

  RetainedDelivery(Bus bus) {
    this.bus = bus;
    this.barrier = new Barrier(bus);
  }

  /**
   * Answers once the bindings are in the table or refused; the values follow.
   *
   * @param bind adds the bindings
   */
  Future<Result<Request.Done>> subscribe(
      Request.Subscribe request, Supplier<Future<Result<Request.Done>>> bind) {
    if (request.wanted().isEmpty()) {
      return bind.get();
    }
    QueueRef queue = request.queue();
    ShardCall.WatchLive watch = new ShardCall.WatchLive(queue);
    return (queue.shard() == bus.loop() ? bus.callHere(watch) : bus.call(queue.shard(), watch))
        .compose(watched ->
            switch (watched) {
              case Result.Refused<Long>(Refusal reason, String text) ->
                  Future.succeededFuture(Result.<Request.Done>refused(reason, text));
              case Result.Ok<Long>(Long number) ->
                  bind.get()
                      .onSuccess(bound -> {
                        switch (bound) {
                          case Result.Ok<Request.Done> _ -> deliver(request, number);
                          case Result.Refused<Request.Done> _ -> append(request, number, List.of());
                        }
                      });
            });
  }

  private void deliver(Request.Subscribe request, long watch) {
    barrier
        .pass()
        .compose(_ ->
            read(request.caller().vhost(), filters(request), Integer.MAX_VALUE, bus.loopCount(), 0))
        .compose(found -> barrier.pass().map(found))
        .onSuccess(found -> append(request, watch, found));
  }

  /** Hands over the values, none if need be, and ends the watch. */
  private void append(Request.Subscribe request, long watch, List<ShardCall.FoundRetained> found) {
    QueueRef queue = request.queue();
    bus.call(queue.shard(), new ShardCall.AppendRetained(watch, queue, request.wanted(), found));
  }

  private static List<TopicFilter> filters(Request.Subscribe request) {
    return request.wanted().stream().map(Request.WantedRetained::filter).toList();
  }

  /** The values that pass the filter: one without wildcards asks one shard only. */
  Future<List<Message>> read(Request.ReadRetained request) {
    Future<Void> settled = request.isBound() ? barrier.pass() : Future.succeededFuture();
    String vhost = request.caller().vhost();
    TopicFilter filter = request.filter();
    return settled
        .compose(_ ->
            filter instanceof TopicFilter.Levels levels && levels.isLiteral()
                ? read(vhost, List.of(filter), 1, 1, owner(vhost, levels))
                : read(vhost, List.of(filter), request.most(), bus.loopCount(), 0))
        .map(found ->
            found.stream().limit(request.most()).map(ShardCall.FoundRetained::message).toList());
  }

  private int owner(String vhost, TopicFilter.Levels literal) {
    List<String> levels = new ArrayList<>(literal.steps().size());
    for (TopicFilter.Step step : literal.steps()) {
      if (step instanceof TopicFilter.Literal(String level)) {
        levels.add(level);
      }
    }
    return Placement.ofTopic(vhost, Topic.ofLevels(levels, Spelling.SLASH), bus.loopCount());
  }

  /** Asks {@code shards} shards from {@code first} on, each for {@code most} values at most. */
  private Future<List<ShardCall.FoundRetained>> read(
      String vhost, List<TopicFilter> filters, int most, int shards, int first) {
    List<Future<List<ShardCall.FoundRetained>>> parts = new ArrayList<>(shards);
    for (int shard = first; shard < first + shards; shard++) {
      parts.add(bus.call(shard, new ShardCall.ReadRetained(vhost, filters, most)));
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
