package io.serai.bench;

import io.serai.bus.Caller;
import io.serai.bus.ConsumerOptions;
import io.serai.bus.Counters;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.bus.SessionEvent;
import io.serai.bus.SessionRef;
import io.serai.bus.ShardCommand;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.routing.queue.DeadLetter;
import io.serai.routing.queue.LetterFate;
import io.serai.routing.queue.Shard;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.queue.ShardHost;
import io.serai.routing.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a queue costs per delivered message, without sockets, codecs and the bus: append, deliver,
 * settle. Messages are made beforehand, so {@code -prof gc} shows what the shard itself allocates.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ShardBenchmark {
  private static final int BATCH = 64;
  private static final SessionRef PUBLISHER = new SessionRef(0, 1);

  /** A shard with queues, consumers that settle everything, and batches ready to be appended. */
  private static final class Load implements ShardHost {
    final Shard shard = new Shard(0, this, new Counters(), new MemoryStore());
    final List<List<Delivery>> delivered = new ArrayList<>();

    @Override
    public void send(SessionEvent event) {
      if (event instanceof SessionEvent.Deliver deliver) {
        delivered.add(deliver.deliveries());
      }
    }

    /** One turn: appends, delivers, and the consumers settle what they got. */
    int turn(ShardCommand.Append append) {
      shard.onCommand(append);
      return turn();
    }

    int turn() {
      shard.onTurnEnd();
      int count = 0;
      for (int i = 0; i < delivered.size(); i++) {
        List<Delivery> deliveries = delivered.get(i);
        count += deliveries.size();
        shard.onCommand(new ShardCommand.Settle(deliveries, Outcome.ACCEPTED));
      }
      delivered.clear();
      return count;
    }

    QueueRef queue(String name) {
      QueueSpec spec =
          new QueueSpec(
              name,
              QueueKind.CLASSIC,
              Lifetime.TRANSIENT,
              false,
              Request.noArguments(),
              Source.CLIENT);
      return call(new ShardCall.CreateQueue("/", spec, null));
    }

    void consume(QueueRef queue, long session, int prefetch) {
      ConsumerOptions options =
          new ConsumerOptions("ctag", false, false, 0, CreditMode.PER_SETTLE, prefetch);
      call(new ShardCall.Attach(queue, new SessionRef(0, session), 0, options));
    }

    private <R> R call(ShardCall<Result<R>> call) {
      List<R> answer = new ArrayList<>();
      shard.onCall(
          call,
          result -> {
            if (result instanceof Result.Ok<R>(R value)) {
              answer.add(value);
            }
          });
      return answer.getFirst();
    }

    @Override
    public void wake() {}

    @Override
    public long nowMillis() {
      return 0;
    }

    @Override
    public void publish(Caller as, Message message, int flags) {}

    @Override
    public void deadLetter(DeadLetter letter, Consumer<LetterFate> answer) {}

    @Override
    public void deleteQueue(QueueRef queue) {}

    @Override
    public void deleteQueue(String vhost, String name) {}

    @Override
    public void deleteQueue(String vhost, String name, Runnable whenGone) {}

    @Override
    public void failed(String what, RuntimeException why) {
      throw why;
    }

    @Override
    public void schedule(long delayMillis, Runnable task) {}
  }

  private static Message message() {
    return new Message(
        Address.ofQueue("q"),
        Encoding.Neutral.NONE,
        Body.ofUtf8("0123456789abcdef"),
        new Origin("bench", "/", "guest", ""),
        0);
  }

  private static ShardCommand.Append batch(List<ShardCommand.Slot> slots, int count) {
    List<ShardCommand.Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(new ShardCommand.Entry(message(), slots, -1));
    }
    return new ShardCommand.Append(PUBLISHER, 1, false, entries);
  }

  /** Batches of 64 through one queue to one consumer that settles in batches of 64. */
  @State(Scope.Thread)
  public static class OneToOne {
    private final Load load = new Load();
    private final List<ShardCommand.Append> batches = new ArrayList<>();
    private int next;

    @Setup
    public void setUp() {
      QueueRef queue = load.queue("q");
      load.consume(queue, 2, 1000);
      for (int i = 0; i < 256; i++) {
        batches.add(batch(List.of(new ShardCommand.Slot(queue, List.of())), BATCH));
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int oneToOne(OneToOne state) {
    return state.load.turn(state.batches.get(state.next++ & 255));
  }

  /** As {@link OneToOne} over 100 queues with a consumer each; a turn serves 64 of them. */
  @State(Scope.Thread)
  public static class HundredPairs {
    private final Load load = new Load();
    private final List<ShardCommand.Append> batches = new ArrayList<>();
    private int next;

    @Setup
    public void setUp() {
      List<List<ShardCommand.Slot>> slots = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        QueueRef queue = load.queue("q" + i);
        load.consume(queue, 2 + i, 1000);
        slots.add(List.of(new ShardCommand.Slot(queue, List.of())));
      }
      for (int i = 0; i < 100; i++) {
        List<ShardCommand.Entry> entries = new ArrayList<>();
        for (int j = 0; j < BATCH; j++) {
          entries.add(new ShardCommand.Entry(message(), slots.get((i + j) % 100), -1));
        }
        batches.add(new ShardCommand.Append(PUBLISHER, 1, false, entries));
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int hundredPairs(HundredPairs state) {
    return state.load.turn(state.batches.get(state.next++ % 100));
  }

  /** Each message to 100 queues with one consumer each, 16 messages a turn. */
  @State(Scope.Thread)
  public static class FanOut {
    private final Load load = new Load();
    private final List<ShardCommand.Append> batches = new ArrayList<>();
    private int next;

    @Setup
    public void setUp() {
      List<ShardCommand.Slot> slots = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        QueueRef queue = load.queue("q" + i);
        load.consume(queue, 2 + i, 1000);
        slots.add(new ShardCommand.Slot(queue, List.of()));
      }
      for (int i = 0; i < 64; i++) {
        batches.add(batch(slots, 16));
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(1600)
  public int fanOutToHundred(FanOut state) {
    return state.load.turn(state.batches.get(state.next++ & 63));
  }

  /** A backlog of a million messages: appended at its end while its start is delivered. */
  @State(Scope.Thread)
  public static class Backlog {
    private final Load load = new Load();
    private final List<ShardCommand.Append> batches = new ArrayList<>();
    private int next;

    @Setup(Level.Trial)
    public void setUp() {
      QueueRef queue = load.queue("q");
      for (int i = 0; i < 1_000_000 / BATCH; i++) {
        ShardCommand.Append batch = batch(List.of(new ShardCommand.Slot(queue, List.of())), BATCH);
        load.shard.onCommand(batch);
        batches.add(batch);
      }
      load.consume(queue, 2, BATCH);
      load.turn();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int backlogOfAMillion(Backlog state) {
    return state.load.turn(state.batches.get(state.next++ % state.batches.size()));
  }
}
