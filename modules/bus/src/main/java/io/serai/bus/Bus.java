package io.serai.bus;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One loop's end of the typed bus between loops. The only class that names event-bus addresses.
 *
 * <p>Commands to the loop's own shard are handed over in place. Everything else is collected and
 * sent when the turn ends: one event-bus message per target loop, and the events and answers of
 * this loop in order. A turn is everything the loop does before it next looks at its task queue, so
 * all the sockets that were readable share one batch. Between any two loops order is kept over
 * commands, events, calls and answers alike.
 *
 * <p>What other loops send waits in an {@link Inbox} and is handled for {@link #TURN_NANOS} a turn,
 * and after so much work the next turn begins only when the loop has looked at its sockets: left to
 * itself it would go through its tasks for a whole second first, as long as others add to them.
 *
 * <p>What is in flight is bounded by credit (deliveries), by {@link AppendCredit} (appends) and by
 * one outstanding request per connection (calls). Confined to its loop.
 */
public final class Bus {
  /** Work of turns after which sockets come first, and how long a turn is at the inbox. */
  private static final long TURN_NANOS = 100_000;

  /** A pause is over after this, whether sockets were looked at or not. */
  private static final long MOST_PAUSE_NANOS = 1_000_000;

  private static final DeliveryOptions BY_REFERENCE =
      new DeliveryOptions().setCodecName(LoopBatchCodec.NAME).setLocalOnly(true);

  private final Vertx vertx;
  private final Context context;
  private final int loop;
  private final List<LoopBatch.Item>[] outboxes;

  /** Bytes of the appends in each outbox. */
  private final long[] appendBytes;

  private final AppendCredit credit;
  private List<LoopBatch.Item> local = new ArrayList<>();
  private final Map<Long, Promise<Object>> calls = new HashMap<>();
  private long lastCallId;
  private final Inbox inbox = new Inbox();

  /** There is something to do when the turn ends. */
  private boolean isTurnDue;

  private boolean isInTurn;

  /** The next turn begins when sockets have been looked at. */
  private boolean isPausing;

  private long pausingSinceNanos;

  /** Tells pauses apart. */
  private int pause;

  /** What turns have taken since the last pause. */
  private long workedNanos;

  /** When what the coming turn ends began. */
  private long busySinceNanos;

  private long busyNanos;

  /** Bytes of all appends so far, by target loop. */
  private final long[] appended;

  private @Nullable ShardEndpoint shard;
  private @Nullable SessionEndpoint sessions;
  private @Nullable MessageConsumer<LoopBatch> consumer;

  /**
   * The bus end of the current loop. Call once per loop, on it.
   *
   * @param loop this loop's index, 0 to {@code loopCount - 1}
   */
  public Bus(Vertx vertx, int loop, int loopCount) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.loop = loop;
    @SuppressWarnings({"unchecked", "rawtypes"}) // filled with lists of the right type just below
    List<LoopBatch.Item>[] boxes = new List[loopCount];
    for (int i = 0; i < loopCount; i++) {
      boxes[i] = new ArrayList<>();
    }
    this.outboxes = boxes;
    this.appendBytes = new long[loopCount];
    this.appended = new long[loopCount];
    this.credit = new AppendCredit(loopCount);
  }

  /** Makes the node's event bus carry loop batches. Call once per node, before any loop starts. */
  public static void register(Vertx vertx) {
    vertx.eventBus().registerDefaultCodec(LoopBatch.class, new LoopBatchCodec());
  }

  /** Starts taking what other loops send. */
  public void start(ShardEndpoint shard, SessionEndpoint sessions) {
    this.shard = shard;
    this.sessions = sessions;
    this.consumer =
        vertx.eventBus().localConsumer(address(loop), message -> receive(message.body()));
  }

  /** Stops taking what other loops send. */
  public Future<Void> stop() {
    MessageConsumer<LoopBatch> running = consumer;
    return running == null ? Future.succeededFuture() : running.unregister();
  }

  private static String address(int loop) {
    return "serai.loop." + loop;
  }

  /**
   * How long the loop has been at work, in nanoseconds since it started: from the first thing of
   * each turn to its end. What the machine does elsewhere meanwhile counts.
   */
  public long busyNanos() {
    return busyNanos;
  }

  /** Bytes of messages that this loop has had another one append so far; 0 for itself. */
  public long appendedBytes(int toLoop) {
    return appended[toLoop];
  }

  /** This loop's index. */
  public int loop() {
    return loop;
  }

  /** Number of state loops. */
  public int loopCount() {
    return outboxes.length;
  }

  /** Sends a command to a shard; in place when it is this loop's. */
  public void send(int toShard, ShardCommand command) {
    if (toShard == loop) {
      shard().onCommand(command);
    } else {
      outboxes[toShard].add(new LoopBatch.Command(command));
      if (command instanceof ShardCommand.Append append) {
        spend(toShard, append.sizeBytes());
      }
    }
    wake();
  }

  private void spend(int toShard, long bytes) {
    appendBytes[toShard] += bytes;
    appended[toShard] += bytes;
    if (credit.send(toShard, bytes)) {
      sessions().onCrowded(true);
    }
  }

  /** Sends an event to its session; it arrives when the turn has ended, also on this loop. */
  public void send(SessionEvent event) {
    int to = event.to().loop();
    (to == loop ? local : outboxes[to]).add(new LoopBatch.Event(event));
    wake();
  }

  /**
   * Asks the shard that owns something. The future completes on this loop, in order with events.
   */
  public <R> Future<R> call(int toShard, OwnerRequest<R> request) {
    Promise<R> promise = Promise.promise();
    if (toShard == loop) {
      shard()
          .onCall(
              request,
              answer -> {
                local.add(new LoopBatch.LocalAnswer<>(promise::complete, answer));
                wake();
              });
    } else {
      long id = ++lastCallId;
      @SuppressWarnings("unchecked") // the owner answers an OwnerRequest<R> with an R
      Promise<Object> untyped = (Promise<Object>) (Promise<?>) promise;
      calls.put(id, untyped);
      outboxes[toShard].add(new LoopBatch.Call(id, request));
    }
    wake();
    return promise.future();
  }

  /**
   * Asks this loop's own shard in place. The future is complete when this returns, unless the shard
   * has to wait for something itself: what is asked for is there before the next frame is looked
   * at.
   */
  public <R> Future<R> callHere(OwnerRequest<R> request) {
    Promise<R> promise = Promise.promise();
    shard().onCall(request, promise::complete);
    wake();
    return promise.future();
  }

  /**
   * Makes sure this turn ends: {@link ShardEndpoint#onTurnEnd} runs, events are handed over, {@link
   * SessionEndpoint#onTurnEnd} runs and the batches for other loops leave.
   */
  public void wake() {
    if (isPausing) {
      isTurnDue = true;
      // Others may add tasks without end, too, and then sockets are not looked at for a second.
      if (System.nanoTime() - pausingSinceNanos >= MOST_PAUSE_NANOS) {
        isPausing = false;
        context.runOnContext(_ -> endTurn());
      }
    } else if (!isTurnDue) {
      isTurnDue = true;
      if (!isInTurn) {
        busySinceNanos = System.nanoTime();
        context.runOnContext(_ -> endTurn());
      }
    }
  }

  private void endTurn() {
    long since = System.nanoTime();
    isTurnDue = false;
    isInTurn = true;
    try {
      turn(since);
    } finally {
      isInTurn = false;
      long now = System.nanoTime();
      workedNanos += now - since;
      busyNanos += now - busySinceNanos;
      busySinceNanos = now;
      goOn();
    }
  }

  private void turn(long since) {
    open(since);
    attempt(shard()::onTurnEnd);
    if (!local.isEmpty()) {
      List<LoopBatch.Item> now = local;
      local = new ArrayList<>();
      for (LoopBatch.Item item : now) {
        attempt(loop, item);
      }
    }
    attempt(sessions()::onTurnEnd);
    for (int to = 0; to < outboxes.length; to++) {
      if (!outboxes[to].isEmpty() || credit.isReturnDue(to)) {
        sendBatch(to);
      }
    }
  }

  /** Sees to the next turn, if there is to be one. */
  private void goOn() {
    if (workedNanos >= TURN_NANOS) {
      workedNanos = 0;
      isPausing = true;
      pausingSinceNanos = System.nanoTime();
      int mine = ++pause;
      // What the time has come for joins the tasks only after a look at the sockets.
      vertx
          .timer(1, TimeUnit.NANOSECONDS)
          .onComplete(_ -> {
            if (isPausing && pause == mine) {
              isPausing = false;
              endTurn();
            }
          });
    } else if (isTurnDue) {
      context.runOnContext(_ -> endTurn());
    }
  }

  /** Handles what other loops have sent, for as long as a turn may be at that. */
  private void open(long since) {
    while (!inbox.isEmpty()) {
      int from = inbox.fromLoop();
      attempt(from, inbox.next());
      credit.take(from, inbox.takeHandledBytes());
      if (System.nanoTime() - since >= TURN_NANOS) {
        break; // behind at least one, however short the turn
      }
    }
    if (!inbox.isEmpty()) {
      isTurnDue = true;
    }
  }

  /** Whatever one part of a turn does, the others happen; the context hears of it. */
  private void attempt(Runnable part) {
    try {
      part.run();
    } catch (RuntimeException e) {
      report(e);
    }
  }

  private void attempt(int fromLoop, LoopBatch.Item item) {
    try {
      handle(fromLoop, item);
    } catch (RuntimeException e) {
      report(e);
    }
  }

  private void report(RuntimeException failure) {
    context.runOnContext(_ -> {
      throw failure;
    });
  }

  private void sendBatch(int to) {
    List<LoopBatch.Item> items = outboxes[to];
    outboxes[to] = new ArrayList<>(Math.min(items.size(), 256));
    LoopBatch batch = new LoopBatch(loop, items, appendBytes[to], credit.giveBack(to));
    appendBytes[to] = 0;
    vertx.eventBus().send(address(to), batch, BY_REFERENCE);
  }

  private void receive(LoopBatch batch) {
    inbox.add(batch);
    if (credit.arrived(batch.fromLoop(), batch.takenBytes())) {
      sessions().onCrowded(false);
    }
    wake();
  }

  private void handle(int fromLoop, LoopBatch.Item item) {
    switch (item) {
      case LoopBatch.Command(ShardCommand command) -> shard().onCommand(command);
      case LoopBatch.Event(SessionEvent event) -> sessions().onEvent(event);
      case LoopBatch.Call(long callId, OwnerRequest<?> request) ->
          answer(fromLoop, callId, request);
      case LoopBatch.Answer(long callId, Object value) -> {
        Promise<Object> waiting = calls.remove(callId);
        if (waiting != null) {
          waiting.complete(value);
        }
      }
      case LoopBatch.LocalAnswer<?> answer -> answer.deliver();
    }
  }

  private <R> void answer(int toLoop, long callId, OwnerRequest<R> request) {
    shard()
        .onCall(
            request,
            value -> {
              outboxes[toLoop].add(new LoopBatch.Answer(callId, value));
              wake();
            });
    wake();
  }

  private ShardEndpoint shard() {
    ShardEndpoint known = shard;
    if (known == null) {
      throw new IllegalStateException("bus of loop " + loop + " used before start");
    }
    return known;
  }

  private SessionEndpoint sessions() {
    SessionEndpoint known = sessions;
    if (known == null) {
      throw new IllegalStateException("bus of loop " + loop + " used before start");
    }
    return known;
  }
}
