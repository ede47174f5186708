package io.serai.node;

import io.serai.bus.Counters;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.Authenticator;
import io.serai.gateway.driver.Admission;
import io.serai.gateway.driver.Listener;
import io.serai.gateway.driver.ListenerSpec;
import io.serai.gateway.driver.SessionHub;
import io.serai.model.Message;
import io.serai.routing.DeclaredTopology;
import io.serai.routing.LoopRouting;
import io.serai.routing.RestoredNode;
import io.serai.routing.SharedTable;
import io.serai.routing.queue.Shard;
import io.serai.routing.store.NodeStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of the node: its shard of queues, its connections and its end of every
 * listener. State is confined to the loop; what is called from outside says so.
 */
final class LoopVerticle extends VerticleBase {
  private static final long SNAPSHOT_INTERVAL_MILLIS = 1000;

  /** What exists only while the verticle runs. */
  private record Running(LoopRouting routing, SessionHub hub) {}

  private final LoopRegistry registry;
  private final SharedTable table;
  private final NodeStore stores;
  private final Authenticator authenticator;
  private final Admission admission;
  private final long connectTimeoutMillis;
  private final Counters counters = new Counters();
  private volatile @Nullable Running running;
  private volatile LoopSnapshot snapshot = LoopSnapshot.NONE;

  LoopVerticle(
      LoopRegistry registry,
      SharedTable table,
      NodeStore stores,
      Authenticator authenticator,
      Admission admission,
      long connectTimeoutMillis) {
    this.registry = registry;
    this.table = table;
    this.stores = stores;
    this.authenticator = authenticator;
    this.admission = admission;
    this.connectTimeoutMillis = connectTimeoutMillis;
  }

  @Override
  public Future<?> start() {
    int loop = registry.claim();
    int loops = registry.loopCount();
    SessionHub hub =
        new SessionHub(
            vertx, loop, loops, counters, authenticator, connectTimeoutMillis, admission);
    LoopRouting routing = LoopRouting.start(vertx, loop, loops, table, counters, stores, hub);
    hub.start(routing.bus(), routing.broker());
    running = new Running(routing, hub);
    look();
    vertx.setPeriodic(SNAPSHOT_INTERVAL_MILLIS, _ -> look());
    return Future.succeededFuture();
  }

  private void look() {
    Running now = running();
    Shard shard = now.routing.shard();
    snapshot =
        new LoopSnapshot(
            System.currentTimeMillis(),
            now.hub.connectionsByListener(),
            shard.retainedCount(),
            shard.clientCount());
  }

  /** What the loop last said of itself. From any thread. */
  LoopSnapshot snapshot() {
    return snapshot;
  }

  /** The loop's counters. From any thread. */
  Counters counters() {
    return counters;
  }

  /**
   * Brings back what the store has and takes over what the configuration declares. From any thread.
   */
  Future<Result<Request.Done>> restore(RestoredNode stored, DeclaredTopology declared) {
    return onLoop(now -> now.routing.restore(stored, declared));
  }

  /** Takes over what the configuration declares, whole or not at all. From any thread. */
  Future<Result<Request.Done>> apply(DeclaredTopology declared) {
    return onLoop(now -> now.routing.apply(declared));
  }

  /** Asks the routing core for something. From any thread. */
  Future<Result<?>> ask(Request<?> request) {
    return onLoop(now -> now.routing.broker().ask(request).map(answer -> answer));
  }

  /** Publishes what the node says of itself. From any thread. */
  void publishOfNode(String vhost, List<Message> messages) {
    context.runOnContext(_ -> running().routing.publishOfNode(vhost, messages));
  }

  /** Publishes from now on that clients come and go. From any thread. */
  void publishClients(ClientEvents events) {
    context.runOnContext(_ -> {
      Running now = running();
      now.hub.watchClients(
          event -> now.routing.publishEvent(event.origin().vhost(), events.message(event)));
    });
  }

  /** Opens this loop's end of a listener. From any thread. */
  Future<Listener> open(ListenerSpec spec) {
    return onLoop(now -> Listener.open(vertx, spec, now.hub));
  }

  /** Closes what {@link #open} has opened; used when another address failed. From any thread. */
  Future<Void> close(Listener listener) {
    return onLoop(_ -> listener.close());
  }

  /** Changes a listener's keys and certificates. From any thread. */
  Future<?> useTls(Listener listener, ServerSSLOptions tls) {
    return onLoop(_ -> listener.useTls(tls).mapEmpty());
  }

  /** Ends the connections of users that are gone, and those in vhosts that are. From any thread. */
  void evict(Set<String> goneUsers) {
    context.runOnContext(_ -> running().hub.evict(goneUsers));
  }

  /**
   * Tells open connections that the node goes; new ones are closed as they come. The listeners
   * themselves stay: closing one cuts its connections. From any thread.
   */
  Future<Void> drain() {
    return onLoop(now -> {
      now.hub.shutdown();
      return Future.succeededFuture();
    });
  }

  /** How many connections are open. From any thread. */
  Future<Integer> connectionCount() {
    return onLoop(now -> Future.succeededFuture(now.hub.connectionCount()));
  }

  /** Holds publishers back. From any thread. */
  void blockPublishers(String reason) {
    context.runOnContext(_ -> running().hub.blockPublishers(reason));
  }

  /** Lets publishers go on. From any thread. */
  void unblockPublishers() {
    context.runOnContext(_ -> running().hub.unblockPublishers());
  }

  /**
   * Heap bytes of the messages of this loop's queues; only the sum over all loops means something.
   * From any thread.
   */
  long heldBytes() {
    return running().routing.shard().heldBytes();
  }

  /**
   * Says how much heap this loop's queues may use for messages that could be in the store only.
   * From any thread.
   */
  void shareOfHeap(long bytes) {
    context.runOnContext(_ -> running().routing.shard().shareOfHeap(bytes));
  }

  @Override
  public Future<?> stop() {
    Running now = running();
    now.hub.stop();
    return now.routing.stop();
  }

  private <T> Future<T> onLoop(Function<Running, Future<T>> task) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(_ -> {
      try {
        task.apply(running()).onComplete(promise);
      } catch (RuntimeException e) {
        promise.fail(e);
      }
    });
    return promise.future();
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("loop verticle used before its start");
    }
    return now;
  }
}
