package io.serai.routing;

import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEndpoint;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRef;
import io.serai.bus.Transaction;
import io.serai.model.Message;
import io.serai.routing.store.NodeStore;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Routing on several loops of a real Vert.x, without sockets. Tests wait for events, not time. */
final class RoutingNode implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  final TestUser user = new TestUser();
  final SharedTable table = new SharedTable();
  private final NodeStore stores;
  private final Vertx vertx;
  private final Loop[] loops;
  private final AtomicLong lastSession = new AtomicLong();

  RoutingNode(int loopCount) {
    this(loopCount, NodeStore.none());
  }

  /** With what the store has. */
  RoutingNode(int loopCount, NodeStore stores) {
    this(loopCount, stores, List.of(vhost()));
  }

  /** The default vhost with nothing declared. */
  static DeclaredTopology.Vhost vhost() {
    return new DeclaredTopology.Vhost("/", List.of(), List.of(), List.of(), List.of());
  }

  RoutingNode(int loopCount, NodeStore stores, List<DeclaredTopology.Vhost> vhosts) {
    this.stores = stores;
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loopCount));
    Bus.register(vertx);
    loops = new Loop[loopCount];
    AtomicInteger next = new AtomicInteger();
    await(
        vertx.deployVerticle(
            () -> {
              int index = next.getAndIncrement();
              return loops[index] = new Loop(index);
            },
            new DeploymentOptions().setInstances(loopCount)));
    RestoredNode stored =
        RestoredNode.of(
            stores.recover(), _ -> user.on(new io.serai.bus.SessionRef(0, -1)).principal());
    Loop loop = loops[loopCount - 1];
    assertOk(loop.run(() -> loop.routing.restore(stored, new DeclaredTopology(vhosts))));
  }

  /** Takes over a configuration that must be accepted. */
  void declare(List<DeclaredTopology.Vhost> vhosts) {
    assertOk(apply(vhosts));
  }

  Result<Request.Done> apply(List<DeclaredTopology.Vhost> vhosts) {
    Loop loop = loops[loops.length - 1];
    return loop.run(() -> loop.routing.apply(new DeclaredTopology(vhosts)));
  }

  /** Publishes what the node says of itself. */
  void publishOfNode(int loop, String vhost, List<Message> messages) {
    loops[loop].run(() -> {
      loops[loop].routing.publishOfNode(vhost, messages);
      return Future.succeededFuture();
    });
  }

  /** A new connection on a loop. */
  Connection connect(int loop) {
    return new Connection(loops[loop], new SessionRef(loop, lastSession.incrementAndGet()));
  }

  long count(Counter counter) {
    long sum = 0;
    for (Loop loop : loops) {
      sum += loop.counters.get(counter);
    }
    return sum;
  }

  /** Ends the current turn of every loop, so that what was sent before has arrived. */
  void settle() {
    for (Loop loop : loops) {
      loop.run(() -> new Barrier(loop.routing.bus()).pass());
    }
  }

  /** Keeps a loop from doing anything until what it answers is run. */
  Runnable hold(int loop) {
    CountDownLatch isHeld = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    loops[loop].loop.runOnContext(_ -> {
      isHeld.countDown();
      awaitIn(goOn);
    });
    awaitIn(isHeld);
    return goOn::countDown;
  }

  private static void awaitIn(CountDownLatch latch) {
    try {
      if (!latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("nothing happened for " + LIMIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  static <T> T await(Future<T> future) {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  static <R> R assertOk(Result<R> result) {
    return switch (result) {
      case Result.Ok<R>(R value) -> value;
      case Result.Refused<R>(var reason, String text) ->
          throw new AssertionError("refused: " + reason + " " + text);
    };
  }

  /** One event loop and the events for its sessions. */
  private final class Loop extends AbstractVerticle implements SessionEndpoint {
    final int index;
    final Counters counters = new Counters();
    final Map<SessionRef, Inbox> inboxes = new ConcurrentHashMap<>();
    private Context loop;
    LoopRouting routing;

    Loop(int index) {
      this.index = index;
    }

    @Override
    public void start() {
      loop = vertx.getOrCreateContext();
      routing = LoopRouting.start(vertx, index, loops.length, table, counters, stores, this);
    }

    <T> T run(Supplier<Future<T>> task) {
      CompletableFuture<T> done = new CompletableFuture<>();
      loop.runOnContext(_ -> {
        try {
          task.get()
              .onComplete(result -> {
                if (result.succeeded()) {
                  done.complete(result.result());
                } else {
                  done.completeExceptionally(result.cause());
                }
              });
        } catch (RuntimeException e) {
          done.completeExceptionally(e);
        }
      });
      return done.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void onEvent(SessionEvent event) {
      inboxes.computeIfAbsent(event.to(), _ -> new Inbox()).add(event);
    }

    @Override
    public void onTurnEnd() {}
  }

  /** What one session was told. */
  private static final class Inbox {
    private final List<SessionEvent> events = new ArrayList<>();
    private final List<Runnable> watchers = new ArrayList<>();

    synchronized void add(SessionEvent event) {
      events.add(event);
      List.copyOf(watchers).forEach(Runnable::run);
    }

    /** Completes once the events so far satisfy {@code enough}. */
    synchronized CompletableFuture<List<SessionEvent>> when(Predicate<List<SessionEvent>> enough) {
      CompletableFuture<List<SessionEvent>> found = new CompletableFuture<>();
      Runnable watcher =
          () -> {
            if (enough.test(events)) {
              found.complete(List.copyOf(events));
            }
          };
      watchers.add(watcher);
      watcher.run();
      return found;
    }
  }

  /** A session without a protocol. */
  final class Connection {
    final SessionRef ref;
    final Caller caller;
    private final Loop loop;
    private final Publisher publisher;
    private final AtomicInteger lastConsumer = new AtomicInteger();
    private final AtomicLong lastBatch = new AtomicLong();

    private Connection(Loop loop, SessionRef ref) {
      this.loop = loop;
      this.ref = ref;
      this.caller = user.on(ref);
      loop.inboxes.put(ref, new Inbox());
      this.publisher =
          loop.run(
              () -> Future.succeededFuture(loop.routing.broker().publisher(caller, Specs.ORIGIN)));
    }

    <R> Result<R> ask(Function<Caller, Request<R>> request) {
      return loop.run(() -> loop.routing.broker().ask(request.apply(caller)));
    }

    /** Asks without waiting for the answer. */
    <R> CompletableFuture<Result<R>> start(Function<Caller, Request<R>> request) {
      CompletableFuture<Result<R>> answer = new CompletableFuture<>();
      loop.loop.runOnContext(
          _ -> loop.routing.broker().ask(request.apply(caller)).onSuccess(answer::complete));
      return answer.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Has what {@code parts} says take effect together; completes with whether it has. */
    CompletableFuture<Boolean> committing(Consumer<Transaction> parts) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      loop.loop.runOnContext(_ -> {
        Transaction transaction = loop.routing.broker().transaction(caller);
        parts.accept(transaction);
        transaction.commit().onSuccess(answer::complete);
      });
      return answer.orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    boolean commit(Consumer<Transaction> parts) {
      return committing(parts).join();
    }

    void settle(Delivery delivery, Outcome outcome) {
      loop.run(() -> {
        loop.routing.broker().settle(delivery, outcome);
        return Future.succeededFuture();
      });
    }

    <R> R ok(Function<Caller, Request<R>> request) {
      return assertOk(ask(request));
    }

    String refusal(Function<Caller, ? extends Request<?>> request) {
      Result<?> result = loop.run(() -> untyped(request.apply(caller)));
      return switch (result) {
        case Result.Ok<?>(var value) -> throw new AssertionError("not refused: " + value);
        case Result.Refused<?>(var reason, String text) -> reason + " " + text;
      };
    }

    private <R> Future<Result<?>> untyped(Request<R> request) {
      return loop.routing.broker().ask(request).map(result -> result);
    }

    /** Asks everything at once; answers each refusal, or an empty string for what was done. */
    List<String> together(List<Function<Caller, Request<?>>> requests) {
      return loop.run(() -> {
        List<Future<Result<?>>> answers = new ArrayList<>();
        for (Function<Caller, Request<?>> request : requests) {
          answers.add(untyped(request.apply(caller)));
        }
        return Future.all(answers)
            .map(_ ->
                answers.stream()
                    .map(Future::result)
                    .map(result ->
                        result instanceof Result.Refused<?>(var reason, String text)
                            ? reason + " " + text
                            : "")
                    .toList());
      });
    }

    @SafeVarargs
    final List<String> together(Function<Caller, Request<?>>... requests) {
      return together(List.of(requests));
    }

    PublishResult publish(Message message) {
      return publish(message, 0);
    }

    PublishResult publish(Message message, int flags) {
      return loop.run(() -> {
        PublishResult result = publisher.publish(message, flags);
        publisher.flush(lastBatch.incrementAndGet());
        return Future.succeededFuture(result);
      });
    }

    /**
     * Publishes a message a turn until one finds a queue, and that is the last. Completes with its
     * number, counted from 0.
     */
    Future<Integer> publishUntilRouted(IntFunction<Message> messages, int flags) {
      Promise<Integer> done = Promise.promise();
      loop.loop.runOnContext(_ -> publishUntilRouted(messages, flags, 0, done));
      return done.future();
    }

    private void publishUntilRouted(
        IntFunction<Message> messages, int flags, int next, Promise<Integer> done) {
      PublishResult result = publisher.publish(messages.apply(next), flags);
      publisher.flush(lastBatch.incrementAndGet());
      if (result == PublishResult.ROUTED) {
        done.complete(next);
      } else {
        loop.loop.runOnContext(_ -> publishUntilRouted(messages, flags, next + 1, done));
      }
    }

    /** Publishes one batch and answers how many shards will confirm it. */
    int publishBatch(List<Message> messages, int flags) {
      return loop.run(() -> {
        messages.forEach(message -> publisher.publish(message, flags));
        return Future.succeededFuture(publisher.flush(lastBatch.incrementAndGet()));
      });
    }

    /** A consumer with endless credit that settles by itself. */
    ConsumerRef consume(String queue) {
      return ok(caller ->
          new Request.Consume(
              caller,
              queue,
              lastConsumer.incrementAndGet(),
              new ConsumerOptions("tag", true, false, 0, CreditMode.GRANTED, Integer.MAX_VALUE)));
    }

    /** The bodies of everything delivered, once there are {@code count}. */
    List<String> delivered(int count) {
      return bodies(deliveries(count));
    }

    /** The bodies of everything delivered up to the one given. */
    List<String> deliveredUntil(String last) {
      List<String> all =
          bodies(deliveriesIn(events(events -> bodies(deliveriesIn(events)).contains(last))));
      return all.subList(0, all.indexOf(last) + 1);
    }

    List<Delivery> deliveries(int count) {
      return deliveriesIn(events(events -> deliveriesIn(events).size() >= count));
    }

    /** All events so far, once they satisfy {@code enough}. */
    List<SessionEvent> events(Predicate<List<SessionEvent>> enough) {
      return loop.inboxes
          .computeIfAbsent(ref, _ -> new Inbox())
          .when(enough)
          .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
          .join();
    }

    void end() {
      loop.run(() -> {
        loop.routing.broker().sessionEnded(ref);
        return Future.succeededFuture();
      });
    }
  }

  private static List<String> bodies(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> d.message().body().toUtf8()).toList();
  }

  private static List<Delivery> deliveriesIn(List<SessionEvent> events) {
    List<Delivery> all = new ArrayList<>();
    for (SessionEvent event : events) {
      if (event instanceof SessionEvent.Deliver(_, List<Delivery> deliveries)) {
        all.addAll(deliveries);
      }
    }
    return all;
  }
}
