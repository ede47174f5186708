package io.serai.routing;

import io.serai.bus.Broker;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Counters;
import io.serai.bus.OwnerRequest;
import io.serai.bus.Publisher;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEndpoint;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.bus.ShardEndpoint;
import io.serai.model.Address;
import io.serai.model.Message;
import io.serai.routing.queue.DeadLetter;
import io.serai.routing.queue.LetterFate;
import io.serai.routing.queue.Shard;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.queue.ShardHost;
import io.serai.routing.queue.ShardLimits;
import io.serai.routing.store.NodeStore;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routing on one loop: its shard, its way into the table and, on loop 0, the topology owner. What
 * other loops send to this one arrives here. Confined to its loop.
 */
public final class LoopRouting implements ShardEndpoint {
  /** The loop that writes the routing table. */
  static final int TOPOLOGY_LOOP = 0;

  private static final Logger log = LoggerFactory.getLogger(LoopRouting.class);

  private final Vertx vertx;
  private final Bus bus;
  private final SharedTable shared;
  private final Counters counters;
  private final DeadLetterPublisher deadLetters;
  private final Shard shard;
  private final LoopBroker broker;
  private final @Nullable TopologyOwner topology;
  private long nowMillis = System.currentTimeMillis();
  private boolean isNowFresh;

  private LoopRouting(
      Vertx vertx, Bus bus, SharedTable shared, Counters counters, NodeStore stores) {
    this.vertx = vertx;
    this.bus = bus;
    this.shared = shared;
    this.counters = counters;
    this.deadLetters = new DeadLetterPublisher(shared, bus, counters);
    Context context = vertx.getOrCreateContext();
    Executor onLoop =
        task ->
            context.runOnContext(_ -> {
              try {
                task.run();
              } finally {
                bus.wake();
              }
            });
    Store store = stores.open(bus.loop(), onLoop);
    StreamStore streams = stores.openStreams(bus.loop(), onLoop);
    this.shard = new Shard(bus.loop(), new Host(), counters, store, streams, ShardLimits.DEFAULT);
    this.broker = new LoopBroker(shared, bus, counters);
    this.topology = bus.loop() == TOPOLOGY_LOOP ? topologyOwner(store, onLoop) : null;
  }

  @SuppressWarnings("NullAway") // what it hands out is what its work answers, which is never null
  private TopologyOwner topologyOwner(Store store, Executor onLoop) {
    Context context = vertx.getOrCreateContext(); // the loop's own: answers come back to it
    return new TopologyOwner(shared, bus, context::executeBlocking, onLoop, store);
  }

  /**
   * Starts routing on the current loop.
   *
   * @param loop this loop's index
   * @param loops number of state loops
   * @param shared the node's routing table
   * @param counters this loop's
   * @param stores where durable things are kept
   * @param sessions this loop's connections
   */
  public static LoopRouting start(
      Vertx vertx,
      int loop,
      int loops,
      SharedTable shared,
      Counters counters,
      NodeStore stores,
      SessionEndpoint sessions) {
    Bus bus = new Bus(vertx, loop, loops);
    LoopRouting routing = new LoopRouting(vertx, bus, shared, counters, stores);
    bus.start(routing, sessions);
    return routing;
  }

  /** Stops taking what other loops send. */
  public Future<Void> stop() {
    return bus.stop();
  }

  /** This loop's end of the bus. */
  public Bus bus() {
    return bus;
  }

  /** This loop's way into the routing core. */
  public Broker broker() {
    return broker;
  }

  /** This loop's queues. */
  public Shard shard() {
    return shard;
  }

  /** Brings back what the store has and takes over what the configuration declares. */
  public Future<Result<Request.Done>> restore(RestoredNode stored, DeclaredTopology declared) {
    return bus.call(TOPOLOGY_LOOP, new RoutingCall.Restore(stored, declared));
  }

  /** Takes over what the configuration declares, whole or not at all. */
  public Future<Result<Request.Done>> apply(DeclaredTopology declared) {
    return bus.call(TOPOLOGY_LOOP, new RoutingCall.Apply(declared));
  }

  /**
   * Publishes what the node says of itself to {@link Address#SYSTEM_EXCHANGE}, each message in
   * place of the retained one of its topic. In a vhost that does not exist it does nothing. Not
   * counted: figures would tell of themselves.
   */
  public void publishOfNode(String vhost, List<Message> messages) {
    publishOfNode(vhost, messages, Publisher.RETAIN);
  }

  /** Publishes an event of the node's to {@link Address#SYSTEM_EXCHANGE}: it is not kept. */
  public void publishEvent(String vhost, Message event) {
    publishOfNode(vhost, List.of(event), 0);
  }

  private void publishOfNode(String vhost, List<Message> messages, int flags) {
    Caller node = new Caller(new SessionRef(bus.loop(), 0), NodePrincipal.NODE, vhost, "");
    LoopPublisher publisher = new LoopPublisher(shared, bus, new Counters(), node);
    messages.forEach(message -> publisher.publish(message, flags));
    publisher.flush(0);
    bus.wake();
  }

  // ---- what arrives

  @Override
  public void onCommand(ShardCommand command) {
    try {
      shard.onCommand(command);
    } catch (RuntimeException e) {
      // One bad command must not take the rest of its batch with it.
      log.atError()
          .addKeyValue("kind", command.getClass().getSimpleName())
          .setCause(e)
          .log("shard command failed");
    }
  }

  @Override
  @SuppressWarnings("unchecked") // PassBarrier answers Done
  public <R> void onCall(OwnerRequest<R> request, Consumer<R> answer) {
    switch (request) {
      case ShardCall<R> call -> askShard(call, answer);
      case RoutingCall.PassBarrier _ -> passBarrier(() -> answer.accept((R) Request.Done.DONE));
      case RoutingCall<R> call -> topology().onCall(call, answer);
      default ->
          throw new IllegalArgumentException("nobody here answers " + request.getClass().getName());
    }
  }

  private <R> void askShard(ShardCall<R> call, Consumer<R> answer) {
    boolean[] isAnswered = new boolean[1];
    try {
      shard.onCall(
          call,
          value -> {
            isAnswered[0] = true;
            answer.accept(value);
          });
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("kind", call.getClass().getSimpleName())
          .setCause(e)
          .log("shard call failed");
      // A batch of dead letters answers by itself, perhaps later: what was appended of it stays.
      if (!isAnswered[0] && !(call instanceof ShardCall.AppendDeadLetters)) {
        answer.accept(FailedCall.answer(call));
      }
    }
  }

  private TopologyOwner topology() {
    TopologyOwner owner = topology;
    if (owner == null) {
      throw new IllegalStateException("loop " + bus.loop() + " does not own the topology");
    }
    return owner;
  }

  private void passBarrier(Runnable passed) {
    List<Future<Request.Done>> shards = new ArrayList<>();
    for (int i = 0; i < bus.loopCount(); i++) {
      shards.add(bus.call(i, new ShardCall.Barrier()));
    }
    Future.all(shards).onSuccess(_ -> passed.run());
  }

  @Override
  public void onTurnEnd() {
    attempt("settling", broker::flushSettles);
    attempt("the end of a turn", shard::onTurnEnd);
    attempt("sending dead letters", deadLetters::flush);
    isNowFresh = false;
  }

  /** Our fault in one part must not keep the others from theirs. */
  private static void attempt(String what, Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      logFailure(what, e);
    }
  }

  private static void logFailure(String what, RuntimeException why) {
    log.atError().addKeyValue("at", what).setCause(why).log("internal error on a loop");
  }

  /** What the shard needs from this loop. */
  private final class Host implements ShardHost {
    @Override
    public void send(SessionEvent event) {
      bus.send(event);
    }

    @Override
    public void wake() {
      bus.wake();
    }

    @Override
    public long nowMillis() {
      if (!isNowFresh) {
        nowMillis = System.currentTimeMillis();
        isNowFresh = true; // until the turn ends, which follows whatever the shard is asked
      }
      return nowMillis;
    }

    @Override
    public void publish(Caller as, Message message, int flags) {
      LoopPublisher publisher = new LoopPublisher(shared, bus, counters, as);
      publisher.publish(message, flags & Publisher.RETAIN);
      publisher.flush(0);
    }

    @Override
    public void deadLetter(DeadLetter letter, Consumer<LetterFate> answer) {
      deadLetters.publish(letter, answer);
    }

    @Override
    public void deleteQueue(String vhost, String name) {
      bus.call(TOPOLOGY_LOOP, new RoutingCall.DropNamed(vhost, name));
    }

    @Override
    public void deleteQueue(QueueRef queue) {
      bus.call(TOPOLOGY_LOOP, new RoutingCall.Drop(queue));
    }

    @Override
    public void deleteQueue(String vhost, String name, Runnable whenGone) {
      bus.call(TOPOLOGY_LOOP, new RoutingCall.DropNamed(vhost, name))
          .onSuccess(_ -> whenGone.run());
    }

    @Override
    public void failed(String what, RuntimeException why) {
      logFailure(what, why);
    }

    @Override
    public int loops() {
      return bus.loopCount();
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {
      vertx.setTimer(
          Math.max(1, delayMillis),
          _ -> {
            try {
              task.run();
            } finally {
              bus.wake();
            }
          });
    }
  }
}
