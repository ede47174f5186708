package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that whatever any loop has routed so far has reached its shard. Each loop passes the
 * barrier on to every shard behind what it has sent, so the answers prove it. Who asks while a
 * round is under way shares the next one: however many subscribe at once, there are two rounds.
 * Confined to its loop.
 */
final class Barrier {
  private final Bus bus;
  private boolean isUnderWay;

  /** The round that starts when the current one ends; null when nobody waits. */
  private @Nullable Promise<Void> next;

  Barrier(Bus bus) {
    this.bus = bus;
  }

  /** Completes when everything routed before this call has reached its shard. */
  Future<Void> pass() {
    Promise<Void> round = next;
    if (round == null) {
      round = Promise.promise();
      next = round;
    }
    if (!isUnderWay) {
      start(round);
    }
    return round.future();
  }

  private void start(Promise<Void> round) {
    next = null;
    isUnderWay = true;
    List<Future<Request.Done>> loops = new ArrayList<>(bus.loopCount());
    for (int loop = 0; loop < bus.loopCount(); loop++) {
      loops.add(bus.call(loop, new RoutingCall.PassBarrier()));
    }
    Future.all(loops)
        .onComplete(_ -> {
          isUnderWay = false;
          Promise<Void> waiting = next;
          if (waiting != null) {
            start(waiting);
          }
          round.complete();
        });
  }
}
