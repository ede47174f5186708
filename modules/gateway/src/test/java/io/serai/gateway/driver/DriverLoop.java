package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.Bus;
import io.serai.bus.Counters;
import io.serai.bus.OwnerRequest;
import io.serai.bus.ShardCommand;
import io.serai.bus.ShardEndpoint;
import io.serai.bus.Unrestricted;
import io.serai.gateway.AuthResult;
import io.serai.gateway.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One loop with a hub, a scripted broker and listeners of the line protocol. */
final class DriverLoop implements AutoCloseable {
  /** How long whatever is waited for may take. */
  static final long PATIENCE_SECONDS = 60;

  /** How long a login may take, by the loop's clock. */
  static final long CONNECT_TIMEOUT_MILLIS = 1_500;

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  final LineGateway gateway = new LineGateway();
  final Counters counters = new Counters();
  final ScriptedBroker broker = new ScriptedBroker(vertx);
  final SessionHub hub;

  /** Stands still but for {@link #advance}: no deadline passes because the machine is busy. */
  private final AtomicLong clockMillis = new AtomicLong(1_000_000);

  DriverLoop() {
    this(1_000);
  }

  /** With no limit but a number of connections. */
  DriverLoop(int mostConnections) {
    this(
        new Admission(
            new ConnectionLimit(mostConnections),
            new ConnectionQuota(0),
            new ConnectionQuota(0),
            FlappingWatch.OFF,
            new NodeLoad(1)));
  }

  DriverLoop(Admission admission) {
    hub =
        new SessionHub(
            vertx,
            0,
            1,
            counters,
            (credentials, info) -> authenticateElsewhere(),
            CONNECT_TIMEOUT_MILLIS,
            admission,
            clockMillis::get);
    Bus.register(vertx);
    run(() -> {
      Bus bus = new Bus(vertx, 0, 1);
      bus.start(new NoShard(), hub);
      hub.start(bus, broker);
      broker.answerThrough(bus);
    });
  }

  /** Answers from a thread of its own, as hashing does. */
  private static Future<AuthResult> authenticateElsewhere() {
    Promise<AuthResult> promise = Promise.promise();
    Thread.ofVirtual()
        .start(() -> promise.complete(new AuthResult.Granted(new Unrestricted("everybody"))));
    return promise.future();
  }

  /** Opens a listener and answers its port. */
  int listen(ListenerSpec.Kind kind) {
    return listen(kind, null, ListenerLimits.NONE);
  }

  /** Opens a listener with more options and answers its port. */
  int listen(ListenerSpec.Kind kind, @Nullable ProxyProtocol proxy, ListenerLimits limits) {
    return listen(spec(kind, null, proxy, limits));
  }

  ListenerSpec spec(
      ListenerSpec.Kind kind,
      @Nullable Consumer<NetServerOptions> tls,
      @Nullable ProxyProtocol proxy,
      ListenerLimits limits) {
    return new ListenerSpec(
        "line",
        gateway,
        kind,
        "127.0.0.1",
        0,
        "/line",
        "/",
        true,
        tls,
        null,
        proxy,
        new ListenerGate(limits),
        Settings.DEFAULTS);
  }

  int listen(ListenerSpec spec) {
    return open(spec).port();
  }

  /** Opens a listener. */
  Listener open(ListenerSpec spec) {
    CompletableFuture<Listener> listener = new CompletableFuture<>();
    run(() ->
        Listener.open(vertx, spec, hub)
            .onComplete(opened -> {
              if (opened.succeeded()) {
                listener.complete(opened.result());
              } else {
                listener.completeExceptionally(opened.cause());
              }
            }));
    return listener.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Runs a task on the loop and waits for it. */
  void run(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.runOnContext(_ -> {
      task.run();
      done.complete(null);
    });
    done.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** Runs a task on the loop some time later. */
  void later(Runnable task) {
    loop.runOnContext(_ -> task.run());
  }

  /** What the loop's clock says. */
  long clockMillis() {
    return clockMillis.get();
  }

  /**
   * Has the loop's clock go on, and what is due by then be done, now or within a tenth of a second.
   */
  void advance(long millis) {
    clockMillis.addAndGet(millis);
    run(hub::tick);
  }

  /** Waits until it is so. */
  static void eventually(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Override
  public void close() {
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .join();
  }

  private static final class NoShard implements ShardEndpoint {
    @Override
    public void onCommand(ShardCommand command) {}

    @Override
    public <R> void onCall(OwnerRequest<R> request, Consumer<R> answer) {}

    @Override
    public void onTurnEnd() {}
  }
}
