package io.serai.routing.queue;

import io.serai.bus.Delivery;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueRef;
import io.serai.bus.QueueSpec;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A queue as it should be: messages by number, how often each was delivered before. */
final class ModelQueue {
  /** Told apart by queues with priorities. */
  static final int HIGHEST_PRIORITY = 3;

  /** What selectors tell apart. */
  static final int KINDS = 3;

  final QueueRef ref;
  final TreeMap<Integer, Integer> ready = new TreeMap<>();
  final Map<Delivery, Integer> unsettled = new IdentityHashMap<>();

  /** Ready numbers that a session which ended may have been about to get. */
  final Set<Integer> uncertain = new HashSet<>();

  /**
   * By priority and kind: numbers below were delivered or purged; none of them may come as a first
   * delivery.
   */
  final int[] firstDeliveries = new int[(HIGHEST_PRIORITY + 1) * KINDS];

  /** How often a message may come back before it is a dead letter. */
  final int limit;

  /** Numbers that the queue should give up as dead letters. */
  final Set<Integer> dying = new HashSet<>();

  /** Whether what it gives up goes somewhere. */
  final boolean hasDeadLetters;

  /** How much may be ready; null for everything. */
  final @Nullable ModelBound bound;

  /** Most time a message stays ready, -1 for no limit. */
  final long ttlMillis;

  /** Numbers that went elsewhere for want of room in the last operation. */
  final List<Integer> overflowed = new ArrayList<>();

  /** Numbers that came in the last operation, and what was ready then. */
  final List<Integer> arrived = new ArrayList<>();

  final List<Integer> readyBeforeArrivals = new ArrayList<>();

  /** Whether only one of the consumers gets messages. */
  final boolean isSingleActive;

  /** Attached consumers in the order they came. */
  final List<ModelConsumer> attached = new ArrayList<>();

  @Nullable ModelConsumer active;

  private ModelQueue(
      QueueRef ref,
      boolean isSingleActive,
      int limit,
      boolean hasDeadLetters,
      @Nullable ModelBound bound,
      long ttlMillis) {
    this.ttlMillis = ttlMillis;
    this.ref = ref;
    this.limit = limit;
    this.hasDeadLetters = hasDeadLetters;
    this.bound = bound;
    this.isSingleActive = isSingleActive;
  }

  /** A queue with features chosen at random. */
  static ModelQueue declare(ShardModel model, String name, Random random, Lifetime lifetime) {
    boolean isSingleActive = random.nextInt(4) == 0;
    List<Value> arguments =
        new ArrayList<>(
            List.of(Value.of("x-single-active-consumer"), new Value.Bool(isSingleActive)));
    int limit = random.nextInt(3) == 0 ? 2 : Integer.MAX_VALUE;
    if (limit < Integer.MAX_VALUE) {
      arguments.addAll(List.of(Value.of("x-delivery-limit"), new Value.Int(limit)));
    }
    ModelBound bound =
        model.hasBounds && random.nextInt(4) != 0 ? ModelBound.random(random, arguments) : null;
    long ttlMillis = model.hasExpiry && random.nextInt(3) == 0 ? random.nextInt(50, 500) : -1;
    if (ttlMillis >= 0) {
      arguments.addAll(List.of(Value.of("x-message-ttl"), new Value.Int((int) ttlMillis)));
    }
    // What expires is heard of.
    boolean hasDeadLetters =
        limit < Integer.MAX_VALUE || model.hasExpiry || (bound != null && random.nextInt(3) == 0);
    if (hasDeadLetters) {
      arguments.addAll(List.of(Value.of("x-dead-letter-exchange"), Value.of("dlx")));
    }
    if (model.hasPriorities) {
      arguments.addAll(List.of(Value.of("x-max-priority"), new Value.Int(HIGHEST_PRIORITY)));
    }
    QueueSpec spec =
        ShardHarness.spec(
            name, QueueKind.CLASSIC, lifetime, false, arguments.toArray(Value[]::new));
    return new ModelQueue(
        model.shard.queue(spec), isSingleActive, limit, hasDeadLetters, bound, ttlMillis);
  }

  /** Whether a message has no time left here. */
  boolean hasExpired(Message message, long nowMillis) {
    return message.expiresAtMillis() <= nowMillis
        || (ttlMillis >= 0 && message.receivedMillis() + ttlMillis <= nowMillis);
  }

  /** A message is appended. */
  void arrives(int number) {
    if (arrived.isEmpty()) {
      readyBeforeArrivals.addAll(ready.keySet());
    }
    arrived.add(number);
    ready.put(number, 0);
  }

  /** What an operation did is over. */
  void rests() {
    arrived.clear();
    readyBeforeArrivals.clear();
  }

  /** An unsettled message comes back. */
  void returned(int number, int deliveryCount) {
    if (deliveryCount >= limit) {
      dying.add(number);
    } else {
      ready.put(number, deliveryCount + 1);
    }
  }

  boolean hasLimit() {
    return limit != Integer.MAX_VALUE;
  }

  void joined(ModelConsumer consumer) {
    if (consumer.isBrowser()) {
      return;
    }
    attached.add(consumer);
    if (isSingleActive && active == null) {
      active = consumer;
    }
  }

  void left(ModelConsumer consumer) {
    attached.remove(consumer);
    if (active == consumer) {
      active = null;
      for (ModelConsumer one : attached) {
        if (active == null || one.priority() > active.priority()) {
          active = one;
        }
      }
    }
  }

  boolean serves(ModelConsumer consumer) {
    return !isSingleActive || active == consumer || consumer.isBrowser();
  }
}
