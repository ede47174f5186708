package io.serai.bench;

import io.serai.bus.BindingSpec;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.Counters;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEndpoint;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRef;
import io.serai.bus.Source;
import io.serai.bus.Unrestricted;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.DeclaredTopology;
import io.serai.routing.LoopRouting;
import io.serai.routing.SharedTable;
import io.serai.routing.store.NodeStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What publishing costs on a loop, from the publisher's call to the message in its queue, with one
 * binding and with a million on {@code amq.topic}. Each message matches one of them. The queue
 * keeps one message and drops the one before, so that it never grows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx6g")
public class PublishBenchmark {
  private static final int MESSAGES = 64 * 256;
  private static final int BATCH = 64;
  private static final int MANY_BINDINGS = 1_000_000;
  private static final String VHOST = "/";

  @Param({"1", "" + MANY_BINDINGS})
  public int bindings;

  @Param public Addresses addresses = Addresses.REMEMBERED;

  /** What a connection publishes to. */
  public enum Addresses {
    /** One address, whose route it remembers. */
    REMEMBERED,
    /** More than it remembers, so each message is routed; all pass the same filter. */
    ROUTED,
    /** A hundred thousand: each passes a filter of its own, no processor cache holds them all. */
    SPREAD
  }

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private Message[] messages = {};
  private @Nullable Publisher publisher;
  private int next;

  /** Sessions that are told nothing. */
  private static final class NoSessions implements SessionEndpoint {
    @Override
    public void onEvent(SessionEvent event) {}

    @Override
    public void onTurnEnd() {}
  }

  /** Declares the queue and its bindings. */
  @Setup(Level.Trial)
  public void fill() {
    Bus.register(vertx);
    Random random = new Random(42);
    Origin origin = new Origin("mqtt-5.0", VHOST, "guest", "bench");
    messages = new Message[count()];
    for (int i = 0; i < messages.length; i++) {
      int device = addresses == Addresses.SPREAD ? random.nextInt(MANY_BINDINGS) : 7;
      Topic topic = Topic.of("region-" + i + "/site/device-" + device + "/status", Spelling.SLASH);
      topic.levelsShared();
      messages[i] =
          new Message(
              Address.ofTopic(topic),
              Encoding.Neutral.NONE,
              Body.ofUtf8("0123456789abcdef"),
              origin,
              0);
    }
    publisher =
        onLoop(() -> {
          LoopRouting routing =
              LoopRouting.start(
                  vertx,
                  0,
                  1,
                  new SharedTable(),
                  new Counters(),
                  NodeStore.none(),
                  new NoSessions());
          Caller caller =
              new Caller(new SessionRef(0, 1), new Unrestricted("guest"), VHOST, "bench");
          return routing
              .apply(new DeclaredTopology(List.of(declared())))
              .map(result -> {
                if (!(result instanceof Result.Ok)) {
                  throw new IllegalStateException(result.toString());
                }
                return routing.broker().publisher(caller, origin);
              });
        });
  }

  private int count() {
    return switch (addresses) {
      case REMEMBERED -> 1;
      case ROUTED -> 2_000;
      case SPREAD -> 100_000;
    };
  }

  private DeclaredTopology.Vhost declared() {
    QueueSpec queue =
        new QueueSpec(
            "q",
            QueueKind.CLASSIC,
            Lifetime.TRANSIENT,
            false,
            new Value.MapOf(List.of(new Value.Entry(Value.of("x-max-length"), new Value.Int(1)))),
            Source.CONF);
    List<BindingSpec> specs = new ArrayList<>(bindings);
    for (int i = 0; i < bindings; i++) {
      String filter = bindings == 1 ? "+/+/+/status" : FilterShape.WILDCARD.filter(i);
      specs.add(
          new BindingSpec(
              Address.TOPIC_EXCHANGE,
              "q",
              false,
              filter,
              Spelling.SLASH,
              Request.noArguments(),
              null,
              Source.CONF));
    }
    return new DeclaredTopology.Vhost(VHOST, List.of(), List.of(queue), specs, List.of());
  }

  /** Stops the loop. */
  @TearDown(Level.Trial)
  public void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Batches of 64 messages, as from reads of a socket. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public Object publish() {
    return onLoop(() -> {
      Publisher to = Objects.requireNonNull(publisher);
      for (int i = 0; i < MESSAGES; i += BATCH) {
        for (int j = 0; j < BATCH; j++) {
          Message message = messages[next];
          next = next + 1 < messages.length ? next + 1 : 0;
          if (to.publish(message, 0) != PublishResult.ROUTED) {
            throw new IllegalStateException("not routed: " + message);
          }
        }
        to.flush(i);
      }
      return Future.succeededFuture(to);
    });
  }

  private <T> T onLoop(Supplier<Future<T>> task) {
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
    return done.join();
  }
}
