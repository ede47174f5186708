package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.MatchData;
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
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.MemoryStore;
import io.serai.routing.store.QueueDefinition;
import io.serai.routing.store.Store;
import io.serai.routing.stream.MemoryStreams;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** A shard on a {@link ManualHost}, spoken to in short words. Bodies are text. */
final class ShardHarness {
  static final String VHOST = "/";
  static final Origin ORIGIN = new Origin("test", VHOST, "guest", "");

  final ManualHost host;
  final Counters counters = new Counters();
  final Shard shard;
  private long lastBatch;
  private long lastOwner = 16;
  private int lastConsumer;

  ShardHarness() {
    this(new MemoryStore(), ShardLimits.DEFAULT);
  }

  ShardHarness(Store store, ShardLimits limits) {
    this(new ManualHost(), store, limits);
  }

  private ShardHarness(ManualHost host, Store store, ShardLimits limits) {
    this.host = host;
    shard =
        new Shard(
            0, host, counters, store, new MemoryStreams(task -> host.schedule(0, task)), limits);
  }

  /** A shard whose durable queues keep nothing in memory that can be in the store only. */
  static ShardHarness paging(MemoryNodeStore store) {
    ManualHost host = new ManualHost();
    ShardHarness harness =
        new ShardHarness(host, store.open(0, host::execute), ShardLimits.DEFAULT);
    harness.shard.shareOfHeap(0);
    return harness;
  }

  static SessionRef session(long id) {
    return new SessionRef(0, id);
  }

  // ---- queues

  static QueueSpec spec(String name) {
    return spec(name, QueueKind.CLASSIC, Lifetime.TRANSIENT, false);
  }

  static QueueSpec spec(
      String name, QueueKind kind, Lifetime lifetime, boolean autoDelete, Value... arguments) {
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = 0; i < arguments.length; i += 2) {
      entries.add(new Value.Entry(arguments[i], arguments[i + 1]));
    }
    return new QueueSpec(name, kind, lifetime, autoDelete, new Value.MapOf(entries), Source.CLIENT);
  }

  QueueRef queue(String name) {
    return queue(spec(name));
  }

  /** A classic transient queue with arguments: name, value, name, value. */
  QueueRef queueWith(String name, Object... arguments) {
    Value[] values = new Value[arguments.length];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (arguments[i]) {
            case Integer number -> new Value.Int(number);
            case String text -> Value.of(text);
            default -> throw new IllegalArgumentException("" + arguments[i]);
          };
    }
    return queue(spec(name, QueueKind.CLASSIC, Lifetime.TRANSIENT, false, values));
  }

  /** A stream with arguments: name, value, name, value. */
  QueueRef stream(String name, Value... arguments) {
    Value[] all = new Value[arguments.length + 2];
    all[0] = Value.of("x-queue-type");
    all[1] = Value.of("stream");
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return queue(spec(name, QueueKind.CLASSIC, Lifetime.DURABLE, false, all));
  }

  QueueRef queue(QueueSpec spec) {
    boolean isStored = spec.lifetime() == Lifetime.DURABLE && spec.kind() == QueueKind.CLASSIC;
    return ok(
        call(
            new ShardCall.CreateQueue(
                VHOST,
                spec,
                null,
                isStored ? new QueueDefinition(++lastOwner, VHOST, spec, null, "") : null,
                false)));
  }

  long readyIn(QueueRef queue) {
    return ok(call(new ShardCall.Inspect(queue))).readyMessages();
  }

  // ---- messages

  static Message message(String text) {
    return message(text, Properties.NONE, 1_000_000);
  }

  static Message durable(String text) {
    return message(text, Properties.builder().durable(true).build(), 1_000_000);
  }

  Message expiring(String text, long ttlMillis) {
    return message(text, Properties.builder().expiryMillis(ttlMillis).build(), host.nowMillis());
  }

  static Message message(String text, Properties properties, long receivedMillis) {
    return new Message(
        Address.ofTopic(Topic.of("t/" + text, Spelling.SLASH)),
        new Encoding.Neutral(properties, Headers.NONE),
        Body.ofUtf8(text),
        ORIGIN,
        receivedMillis);
  }

  void append(QueueRef queue, String... texts) {
    for (String text : texts) {
      append(queue, message(text));
    }
  }

  void append(QueueRef queue, Message message) {
    append(queue, message, List.of());
  }

  void append(QueueRef queue, Message message, List<MatchData> matches) {
    shard.onCommand(
        new ShardCommand.Append(
            session(1),
            ++lastBatch,
            false,
            List.of(
                new ShardCommand.Entry(
                    message, List.of(new ShardCommand.Slot(queue, matches)), -1))));
  }

  /** One batch that asks for a confirm, message by message to all the queues. */
  long publish(List<Message> messages, QueueRef... queues) {
    List<ShardCommand.Entry> entries = new ArrayList<>();
    for (Message message : messages) {
      List<ShardCommand.Slot> slots = new ArrayList<>();
      for (QueueRef queue : queues) {
        slots.add(new ShardCommand.Slot(queue, List.of()));
      }
      entries.add(new ShardCommand.Entry(message, slots, entries.size()));
    }
    shard.onCommand(new ShardCommand.Append(session(1), ++lastBatch, true, entries));
    return lastBatch;
  }

  // ---- consumers

  static ConsumerOptions options(CreditMode mode, int credit) {
    return new ConsumerOptions("ctag", false, false, 0, mode, credit);
  }

  ConsumerRef consume(QueueRef queue, long session, ConsumerOptions options) {
    return ok(call(new ShardCall.Attach(queue, session(session), lastConsumer++, options)));
  }

  /** A consumer with a prefetch limit of its own. */
  ConsumerRef prefetching(QueueRef queue, long session, int limit) {
    return consume(queue, session, options(CreditMode.PER_SETTLE, limit));
  }

  /** A consumer whose deliveries are settled when sent. */
  ConsumerRef noAck(QueueRef queue, long session) {
    return consume(
        queue,
        session,
        new ConsumerOptions("ctag", true, false, 0, CreditMode.GRANTED, Integer.MAX_VALUE));
  }

  /** A consumer of session 2 with a view of its own, which acknowledges nothing. */
  ConsumerRef viewing(QueueRef queue, String selector, ConsumerView.Mode mode) {
    return consume(
        queue,
        2,
        new ConsumerOptions(
            "view",
            true,
            false,
            0,
            CreditMode.GRANTED,
            100_000,
            new ConsumerView(selector, ConsumerView.Syntax.JMS, mode)));
  }

  void grant(ConsumerRef consumer, int credit, boolean drain) {
    shard.onCommand(new ShardCommand.GrantCredit(consumer, credit, drain));
  }

  void settle(Outcome outcome, Delivery... deliveries) {
    settle(outcome, List.of(deliveries));
  }

  void settle(Outcome outcome, List<Delivery> deliveries) {
    shard.onCommand(new ShardCommand.Settle(deliveries, outcome));
  }

  Request.Got get(QueueRef queue, long session, boolean noAck) {
    return ok(call(new ShardCall.Take(queue, session(session), noAck)));
  }

  void end(long session) {
    shard.onCommand(new ShardCommand.SessionEnded(session(session)));
  }

  // ---- turns and what came out

  <R> R call(ShardCall<R> call) {
    AtomicReference<R> answer = new AtomicReference<>();
    shard.onCall(call, answer::set);
    if (answer.get() == null) {
      shard.onTurnEnd(); // it waits for the store, which is as safe as it gets then
    }
    while (answer.get() == null && host.runTask()) {
      shard.onTurnEnd();
    }
    assertThat(answer.get()).as("answer to " + call).isNotNull();
    return answer.get();
  }

  static <R> R ok(Result<R> result) {
    assertThat(result).isInstanceOf(Result.Ok.class);
    return ((Result.Ok<R>) result).value();
  }

  static String refusal(Result<?> result) {
    assertThat(result).isInstanceOf(Result.Refused.class);
    var refused = (Result.Refused<?>) result;
    return refused.reason() + " " + refused.text();
  }

  /** Ends turns until the shard wants no more. */
  void turn() {
    for (int n = 0; n == 0 || host.isWoken || host.runTask(); n++) {
      assertThat(n).as("turns in a row").isLessThan(100_000);
      host.isWoken = false;
      shard.onTurnEnd();
    }
  }

  void advance(long millis) {
    host.advance(millis, this::turn);
  }

  /** Ends the turn and answers all events since the last time. */
  List<SessionEvent> events() {
    turn();
    List<SessionEvent> all = List.copyOf(host.events);
    host.events.clear();
    return all;
  }

  /** Ends the turn and answers what was delivered, whoever got it; other events are dropped. */
  List<Delivery> deliveries() {
    return deliveriesIn(events());
  }

  static List<Delivery> deliveriesIn(List<SessionEvent> events) {
    List<Delivery> all = new ArrayList<>();
    for (SessionEvent event : events) {
      if (event instanceof SessionEvent.Deliver(SessionRef to, List<Delivery> deliveries)) {
        for (Delivery delivery : deliveries) {
          assertThat(delivery.consumer().session()).isEqualTo(to);
          all.add(delivery);
        }
      }
    }
    return all;
  }

  /** Ends the turn and answers the bodies delivered. */
  List<String> delivered() {
    return texts(deliveries());
  }

  static List<String> texts(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> d.message().body().toUtf8()).toList();
  }

  /** Takes all that a queue has, and answers the bodies. */
  List<String> drained(QueueRef queue) {
    ConsumerRef consumer = noAck(queue, 99);
    List<String> all = delivered();
    ok(call(new ShardCall.Detach(consumer)));
    turn();
    return all;
  }

  /** Bodies of messages in order: m0, m1 and so on. */
  static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj(n -> "m" + n).toList();
  }

  long count(Counter counter) {
    return counters.get(counter);
  }
}
