package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerRef;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.Outcome;
import io.serai.bus.QueueRef;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.routing.store.MemoryNodeStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A shard under random appends, credit, settles, returns, basic.gets, purges, detaches and session
 * deaths, in some scenarios with bounds, deadlines or pages, beside a model of what it should do
 * that is too simple to be wrong.
 */
final class ShardModel {
  private static final int STEPS = 300;
  static final int SHARED_LIMIT = 5;
  private static final int HIGHEST_PRIORITY = ModelQueue.HIGHEST_PRIORITY;

  private final Random random;
  final ShardHarness shard;
  final List<ModelQueue> queues = new ArrayList<>();
  final Map<Long, ModelSession> sessions = new LinkedHashMap<>();
  final Map<ConsumerRef, ModelConsumer> consumers = new IdentityHashMap<>();
  final Map<Integer, Message> messages = new HashMap<>();
  private final ModelCheck check = new ModelCheck(this);
  private final ModelEvents events = new ModelEvents(this);
  private long lastSession = 100;

  /** Numbers of what browsers have not settled, as often as they were shown. */
  final List<Integer> browsedInMemory = new ArrayList<>();

  private boolean hasAppended;

  /** Whether queues and messages have priorities in this scenario. */
  final boolean hasPriorities;

  /** Whether some consumers have selectors or browse in this scenario. */
  final boolean hasViews;

  /** Whether queues have bounds in this scenario, which is one operation at a time then. */
  final boolean hasBounds;

  /** Whether messages have time limits in this scenario, and time moves. */
  final boolean hasExpiry;

  /** When the latest operations were done. */
  long actedAtMillis;

  /** Whether messages are on disk, and the shard has none that it can do without. */
  final boolean isPaging;

  private final MemoryNodeStore store = new MemoryNodeStore();

  /** What the disk and the heap do meanwhile; only where messages are on disk. */
  private final ModelWeather weather;

  /** One of so many messages is transient in this scenario: all, or few of them. */
  private final int transientOf;

  ShardModel(Random random, boolean isPaging) {
    this.random = random;
    this.isPaging = isPaging;
    this.shard = isPaging ? ShardHarness.paging(store) : new ShardHarness();
    this.weather = new ModelWeather(random, store, shard.shard);
    this.transientOf = random.nextInt(1, 9);
    this.hasPriorities = random.nextInt(3) == 0;
    this.hasViews = random.nextInt(2) == 0;
    this.hasBounds = random.nextInt(3) == 0;
    this.hasExpiry = random.nextInt(3) == 0;
  }

  /** Runs one scenario to its end. */
  void run() {
    int queueCount = random.nextInt(1, 4);
    for (int i = 0; i < queueCount; i++) {
      Lifetime lifetime =
          isPaging && random.nextInt(3) != 0 ? Lifetime.DURABLE : Lifetime.TRANSIENT;
      queues.add(ModelQueue.declare(this, "q" + i, random, lifetime));
    }
    for (int step = 0; step < STEPS; step++) {
      hasAppended = false;
      int operations = !hasBounds && random.nextInt(3) == 0 ? random.nextInt(2, 8) : 1;
      for (int i = 0; i < operations; i++) {
        operate();
      }
      // What comes while nothing is ready goes out as it comes, whatever its priority.
      observe(operations == 1 && !hasViews && !hasExpiry && !(hasPriorities && hasAppended));
      check.run();
    }
    // Everybody leaves: what is left must be exactly what was never settled.
    for (ModelSession session : List.copyOf(sessions.values())) {
      end(session);
    }
    if (isPaging) {
      weather.clear();
    }
    observe(false);
    check.run();
    for (ModelQueue queue : queues) {
      for (int number : inOrder(queue.ready.keySet())) {
        if (!hasExpired(queue, number)) {
          Delivery delivery = shard.get(queue.ref, 1, true).delivery();
          assertThat(ModelEvents.number(delivery)).isEqualTo(number);
          queue.ready.remove(number);
        }
      }
      assertThat(shard.get(queue.ref, 1, true).delivery()).isNull();
      events.takeDeadLetters();
      assertThat(queue.ready).isEmpty();
    }
    assertThat(shard.shard.heldBytes()).isZero();
    if (isPaging) {
      shard.turn();
      assertThat(store.spill().pageCount()).as("pages that nobody needs").isZero();
    }
  }

  /** How many pages of transient messages were written. */
  long transientPages() {
    return isPaging ? store.spill().writtenCount() : 0;
  }

  // ---- what is done

  private void operate() {
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4 -> append();
      case 5, 6 -> attach();
      case 7, 8, 9, 10 -> settle();
      case 11, 12 -> grant();
      case 13 -> take();
      case 14 -> detach();
      default -> {
        if (hasExpiry && random.nextBoolean()) {
          advance();
        } else if (random.nextInt(3) == 0) {
          endSomeSession();
        } else if (random.nextInt(10) == 0) {
          purge();
        } else if (isPaging) {
          weather.change();
        }
      }
    }
  }

  /** The order in which messages are due. */
  List<Integer> inOrder(Collection<Integer> numbers) {
    return numbers.stream()
        .sorted(
            Comparator.comparingInt((Integer number) -> -priority(number))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  int priority(int number) {
    return Math.min(HIGHEST_PRIORITY, messages.get(number).encoding().priority());
  }

  private ModelQueue anyQueue() {
    return queues.get(random.nextInt(queues.size()));
  }

  private void append() {
    hasAppended = true;
    ModelQueue[] into =
        random.nextInt(4) == 0 ? queues.toArray(ModelQueue[]::new) : new ModelQueue[] {anyQueue()};
    // Of several it is hard to say what made room for which, unless they are all alike.
    int count = hasBounds && (hasViews || hasPriorities) ? 1 : random.nextInt(1, 5);
    List<Message> batch = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Properties.Builder properties = Properties.builder();
      if (hasPriorities) {
        properties.priority(random.nextInt(HIGHEST_PRIORITY + 2));
      }
      if (hasExpiry && random.nextBoolean()) {
        properties.expiryMillis(!hasBounds && random.nextInt(5) == 0 ? 0 : random.nextInt(50, 500));
      }
      properties.durable(isPaging && random.nextInt(transientOf) != 0);
      Message message =
          new Message(
              Address.ofQueue("q"),
              new Encoding.Neutral(
                  properties.build(), Headers.of(Header.of("kind", "" + kind(messages.size())))),
              Body.ofUtf8("" + messages.size()),
              ShardHarness.ORIGIN,
              nowMillis());
      int number = messages.size();
      messages.put(number, message);
      batch.add(message);
      for (ModelQueue queue : into) {
        queue.arrives(number);
      }
    }
    QueueRef[] refs = new QueueRef[into.length];
    for (int i = 0; i < refs.length; i++) {
      refs[i] = into[i].ref;
    }
    shard.publish(batch, refs);
  }

  private ModelSession anySession() {
    if (sessions.size() < 3 || random.nextInt(10) == 0) {
      ModelSession fresh = new ModelSession(++lastSession);
      sessions.put(fresh.id, fresh);
      return fresh;
    }
    List<ModelSession> all = List.copyOf(sessions.values());
    return all.get(random.nextInt(all.size()));
  }

  private void attach() {
    ModelSession session = anySession();
    ModelQueue queue = anyQueue();
    CreditMode mode = CreditMode.values()[random.nextInt(3)];
    int credit = mode == CreditMode.SHARED ? 0 : random.nextInt(5);
    boolean noAck = mode == CreditMode.GRANTED && random.nextInt(3) == 0;
    ConsumerOptions options =
        new ConsumerOptions("", noAck, false, random.nextInt(2), mode, credit, view());
    ModelConsumer consumer =
        new ModelConsumer(shard.consume(queue.ref, session.id, options), queue);
    session.consumers.add(consumer);
    consumers.put(consumer.ref, consumer);
    queue.joined(consumer);
  }

  private ConsumerView view() {
    if (!hasViews || random.nextInt(3) == 0) {
      return ConsumerView.ALL;
    }
    String selector =
        switch (random.nextInt(3)) {
          case 0 -> "kind = '" + random.nextInt(ModelQueue.KINDS) + "'";
          case 1 -> "kind <> '" + random.nextInt(ModelQueue.KINDS) + "'";
          default -> "";
        };
    ConsumerView.Mode[] modes = ConsumerView.Mode.values();
    return new ConsumerView(
        selector,
        ConsumerView.Syntax.JMS,
        random.nextBoolean() ? ConsumerView.Mode.TAKE : modes[random.nextInt(modes.length)]);
  }

  static int kind(int number) {
    return number % ModelQueue.KINDS;
  }

  private void settle() {
    ModelSession session = anySession();
    List<Delivery> settled = new ArrayList<>();
    for (Delivery delivery : List.copyOf(session.unsettled)) {
      if (random.nextBoolean()) {
        settled.add(delivery);
      }
    }
    Outcome outcome = Outcome.values()[random.nextInt(3)];
    for (Delivery delivery : settled) {
      session.unsettled.remove(delivery);
      ModelQueue queue = events.queueOf(delivery);
      queue.unsettled.remove(delivery);
      if (ModelEvents.isBrowsed(delivery)) {
        browsedInMemory.remove((Integer) ModelEvents.number(delivery));
      } else if (outcome == Outcome.RETURNED) {
        queue.returned(ModelEvents.number(delivery), delivery.deliveryCount());
      } else if (outcome == Outcome.REJECTED && queue.hasDeadLetters) {
        queue.dying.add(ModelEvents.number(delivery));
      }
      if (ModelEvents.isShared(delivery)) {
        session.sharedInUse--;
      }
      ModelConsumer consumer = consumers.get(delivery.consumer());
      if (consumer != null && consumer.ref.options().creditMode() == CreditMode.PER_SETTLE) {
        consumer.credit++;
      }
    }
    if (random.nextInt(5) == 0 && !settled.isEmpty()) {
      settled.add(settled.getFirst()); // twice: must not matter
    }
    shard.settle(outcome, settled);
  }

  private void grant() {
    ModelSession session = anySession();
    if (session.consumers.isEmpty()) {
      return;
    }
    ModelConsumer consumer = session.consumers.get(random.nextInt(session.consumers.size()));
    if (consumer.isShared()) {
      int free = SHARED_LIMIT - session.sharedInUse;
      if (free > 0 && consumer.isTold) {
        int slice = random.nextInt(1, free + 1);
        session.sharedInUse += slice;
        consumer.isTold = false;
        consumer.credit += slice;
        shard.grant(consumer.ref, slice, true);
      }
    } else if (consumer.ref.options().creditMode() == CreditMode.GRANTED) {
      int credit = random.nextInt(1, 6);
      consumer.credit += credit;
      shard.grant(consumer.ref, credit, random.nextInt(3) == 0);
    }
  }

  private void take() {
    observe(false); // what is on its way counts as delivered before
    ModelSession session = anySession();
    ModelQueue queue = anyQueue();
    Delivery delivery = shard.get(queue.ref, session.id, false).delivery();
    if (queue.ready.isEmpty()) {
      assertThat(delivery).isNull();
      return;
    }
    assertThat(delivery).isNotNull();
    assertThat(ModelEvents.number(delivery)).isEqualTo(inOrder(queue.ready.keySet()).getFirst());
    events.delivered(session, queue, delivery);
  }

  private void detach() {
    ModelSession session = anySession();
    if (!session.consumers.isEmpty()) {
      ModelConsumer consumer = session.consumers.get(random.nextInt(session.consumers.size()));
      shard.call(new ShardCall.Detach(consumer.ref));
      events.takeEvents(); // its last deliveries came before the answer
      forget(session, consumer);
    }
  }

  /** A consumer is gone. */
  void forget(ModelSession session, ModelConsumer consumer) {
    session.consumers.remove(consumer);
    consumers.remove(consumer.ref);
    consumer.queue.left(consumer);
    if (consumer.isShared()) {
      session.sharedInUse -= (int) consumer.credit;
    }
  }

  private void endSomeSession() {
    if (!sessions.isEmpty()) {
      end(anySession());
    }
  }

  private void end(ModelSession session) {
    if (random.nextBoolean() || session.consumers.stream().anyMatch(c -> c.ref.options().noAck())) {
      observe(false); // nothing is on its way: the model knows every delivery
    }
    shard.end(session.id);
    sessions.remove(session.id);
    queues.forEach(queue -> queue.uncertain.addAll(queue.ready.keySet()));
    for (ModelConsumer consumer : session.consumers) {
      consumers.remove(consumer.ref);
      consumer.queue.left(consumer);
    }
    for (Delivery delivery : session.unsettled) {
      if (ModelEvents.isBrowsed(delivery)) {
        browsedInMemory.remove((Integer) ModelEvents.number(delivery));
        continue;
      }
      ModelQueue queue = events.queueOf(delivery);
      queue.unsettled.remove(delivery);
      queue.returned(ModelEvents.number(delivery), delivery.deliveryCount());
    }
  }

  private void purge() {
    events.takeDeadLetters();
    shard.shard.onTurnEnd(); // what is handed out is known; pages may be on their way
    events.takeEvents();
    events.takeDeadLetters();
    ModelQueue queue = anyQueue();
    assertThat(ShardHarness.ok(shard.call(new ShardCall.Purge(queue.ref))))
        .isEqualTo(queue.ready.size());
    queue.ready.clear();
  }

  /** Messages in whose order nothing comes between, whoever takes them. */
  int rank(int number) {
    return priority(number) * ModelQueue.KINDS + kind(number);
  }

  // ---- time

  /** Time goes by after all that was done so far has come to rest. */
  private void advance() {
    observe(false);
    shard.advance(random.nextInt(1, 200));
    actedAtMillis = nowMillis();
  }

  long nowMillis() {
    return shard.host.nowMillis();
  }

  /** Whether a message that is ready has no time left. */
  boolean hasExpired(ModelQueue queue, int number) {
    return queue.hasExpired(messages.get(number), nowMillis());
  }

  /** Whether a message is for those who are there when it comes. */
  boolean isAtOnce(Message message) {
    return message.expiresAtMillis() == message.receivedMillis();
  }

  /** Whether the first message of a queue has no time left, which is not so for long. */
  private boolean isToExpire(ModelQueue queue) {
    List<Integer> ready = new ArrayList<>(queue.ready.keySet());
    ready.removeAll(queue.overflowed);
    return hasExpiry && !ready.isEmpty() && hasExpired(queue, inOrder(ready).getFirst());
  }

  // ---- what came of it

  /**
   * Ends turns until nothing happens any more and no queue begins with what has expired; answers
   * what was delivered to be taken.
   */
  private List<Delivery> rest() {
    shard.turn();
    List<Delivery> all = events.takeEvents();
    events.takeDeadLetters();
    for (int n = 0; queues.stream().anyMatch(this::isToExpire); n++) {
      assertThat(n).as("milliseconds until what expired is gone").isLessThan(40);
      shard.advance(1);
      all.addAll(events.takeEvents());
      events.takeDeadLetters();
    }
    actedAtMillis = nowMillis();
    shard.turn();
    return all;
  }

  /** Ends turns until the shard is quiet and follows what it said. */
  private void observe(boolean isSingle) {
    Map<ModelQueue, List<Integer>> byQueue = new HashMap<>();
    Map<ModelQueue, List<Integer>> readyBefore = new HashMap<>();
    for (ModelQueue queue : queues) {
      readyBefore.put(queue, inOrder(queue.ready.keySet()));
    }
    events.takeDeadLetters();
    for (Delivery delivery : rest()) {
      byQueue
          .computeIfAbsent(events.queueOf(delivery), _ -> new ArrayList<>())
          .add(ModelEvents.number(delivery));
    }
    for (ModelQueue queue : queues) {
      if (queue.bound != null) {
        queue.bound.apply(
            queue,
            this,
            readyBefore.getOrDefault(queue, List.of()),
            (int) shard.readyIn(queue.ref));
      }
      queue.rests();
    }
    if (isSingle) {
      // One operation: what was delivered are the first of those that were ready, no gaps.
      byQueue.forEach((queue, numbers) ->
          assertThat(numbers)
              .containsExactlyInAnyOrderElementsOf(
                  readyBefore.get(queue).stream().limit(numbers.size()).toList()));
    }
  }
}
