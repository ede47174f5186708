package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Bus;
import io.serai.bus.Caller;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.QueueSpec;
import io.serai.bus.Source;
import io.serai.routing.exchange.Bound;
import io.serai.routing.exchange.Destination;
import io.serai.routing.index.PersistentMap;
import io.serai.routing.queue.ShardCall;
import io.serai.routing.store.Definitions;
import io.serai.routing.store.FactKind;
import io.serai.routing.store.QueueDefinition;
import io.serai.routing.store.Store;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps in the store what survives the node of exchanges and bindings: those that are durable and
 * that clients made; the configuration declares its own anew. What a change of topology comes to is
 * found by comparing the table with the one before. Durable queues are written by their shards,
 * each before its first message. Confined to the topology owner's loop.
 */
final class DurableTopology {
  private static final Logger log = LoggerFactory.getLogger(DurableTopology.class);

  /** Owners below are the store's own. */
  static final long FIRST_QUEUE_OWNER = 16;

  private final Store store;
  private final Bus bus;
  private RoutingTable written = RoutingTable.EMPTY;
  private long nextOwner;

  /** Shards whose store has something of the current change. */
  private final BitSet touched = new BitSet();

  /**
   * @param store of the topology owner's loop
   */
  DurableTopology(Store store, Bus bus) {
    this.store = store;
    this.bus = bus;
    this.nextOwner = store.firstSequence() + FIRST_QUEUE_OWNER;
  }

  // ---- queues

  /** Whether a queue survives the node. */
  static boolean isDurable(QueueSpec spec) {
    return spec.lifetime() == Lifetime.DURABLE && spec.kind() != QueueKind.VOLATILE;
  }

  /** What its shard writes of a queue that is created; null when it does not survive the node. */
  @Nullable QueueDefinition newQueue(String vhost, QueueSpec spec, @Nullable Caller declaredBy) {
    return isDurable(spec)
        ? new QueueDefinition(
            nextOwner++,
            vhost,
            spec,
            declaredBy == null ? null : declaredBy.principal().user(),
            declaredBy == null ? "" : declaredBy.clientId())
        : null;
  }

  /** The shard writes or removes a definition as part of the current change. */
  void touches(int shard) {
    touched.set(shard);
  }

  // ---- exchanges and bindings

  /** What is in the table now was read from the store, or need not be there. */
  void isWritten(RoutingTable table) {
    written = table;
  }

  /** Writes what differs from the table before. */
  void write(RoutingTable table) {
    RoutingTable before = written;
    written = table;
    table
        .vhosts()
        .forEachChange(
            before.vhosts(),
            (name, older, newer) ->
                write(
                    older == null ? VhostTable.predeclared(name) : older,
                    newer == null ? VhostTable.predeclared(name) : newer));
  }

  private void write(VhostTable older, VhostTable newer) {
    String vhost = newer.name();
    newer
        .exchanges()
        .forEachChange(older.exchanges(), (name, before, after) -> exchange(vhost, before, after));
    newer
        .bindingsTo()
        .forEachChange(
            older.bindingsTo(),
            (destination, before, after) -> {
              if (isQueueThatGoes(older, newer, destination)) {
                return;
              }
              PersistentMap<Bound, Bound> none = PersistentMap.empty();
              (after == null ? none : after)
                  .forEachChange(
                      before == null ? none : before,
                      (_, was, is) -> binding(older, was, newer, is));
            });
  }

  /** Bindings to a connection's own queues come and go all the time and are never stored. */
  private static boolean isQueueThatGoes(
      VhostTable older, VhostTable newer, Destination destination) {
    return destination instanceof Destination.ToQueue(var queue)
        && !isDurable(older.queue(queue.name()))
        && !isDurable(newer.queue(queue.name()));
  }

  private static boolean isDurable(@Nullable QueueEntry queue) {
    return queue != null && isDurable(queue.spec());
  }

  private void exchange(String vhost, @Nullable Exchange before, @Nullable Exchange after) {
    ExchangeSpec was = before == null || !isKept(before.spec()) ? null : before.spec();
    ExchangeSpec is = after == null || !isKept(after.spec()) ? null : after.spec();
    if (is != null && !is.equals(was)) {
      put(FactKind.EXCHANGE, Definitions.key(vhost, is.name()), Definitions.write(vhost, is));
    } else if (is == null && was != null) {
      remove(FactKind.EXCHANGE, Definitions.key(vhost, was.name()));
    }
  }

  private static boolean isKept(ExchangeSpec spec) {
    return spec.lifetime() == Lifetime.DURABLE
        && spec.source() != Source.CONF
        && !VhostTable.isPredeclared(spec.name());
  }

  private void binding(
      VhostTable older, @Nullable Bound before, VhostTable newer, @Nullable Bound after) {
    BindingSpec was = before == null || !isKept(older, before) ? null : before.spec();
    BindingSpec is = after == null || !isKept(newer, after) ? null : after.spec();
    if (is != null && !is.equals(was)) {
      put(FactKind.BINDING, Definitions.key(newer.name(), is), Definitions.write(newer.name(), is));
    } else if (is == null && was != null) {
      remove(FactKind.BINDING, Definitions.key(newer.name(), was));
    }
  }

  private static boolean isKept(VhostTable vhost, Bound bound) {
    BindingSpec binding = bound.spec();
    if (binding.definedBy() == Source.CONF || !isDurable(vhost.exchange(binding.source()))) {
      return false;
    }
    boolean isToDurable =
        switch (bound.destination()) {
          case Destination.ToQueue(var queue) -> isDurable(vhost.queue(queue.name()));
          case Destination.ToExchange(String name) -> isDurable(vhost.exchange(name));
        };
    if (isToDurable && binding.match() != null && !Definitions.MATCHES.canWrite(binding.match())) {
      log.atWarn()
          .addKeyValue("source", binding.source())
          .addKeyValue("destination", binding.destination())
          .log("a binding of a protocol that cannot store it ends with the node");
      return false;
    }
    return isToDurable;
  }

  private static boolean isDurable(@Nullable Exchange exchange) {
    return exchange != null && exchange.spec().lifetime() == Lifetime.DURABLE;
  }

  private void put(FactKind kind, byte[] key, byte[] value) {
    store.put(kind, key, value);
    touches(bus.loop());
  }

  void remove(FactKind kind, byte[] key) {
    store.remove(kind, key);
    touches(bus.loop());
  }

  /** Forgets the messages of a queue that is gone. */
  void removeOwner(long owner) {
    store.removed(owner);
    touches(bus.loop());
  }

  // ---- the end of a change

  /** Completes when everything of the current change is safe; the next change may go on before. */
  Future<?> synced() {
    if (touched.isEmpty()) {
      return Future.succeededFuture();
    }
    List<Future<?>> shards = new ArrayList<>(1);
    for (int shard = touched.nextSetBit(0); shard >= 0; shard = touched.nextSetBit(shard + 1)) {
      shards.add(bus.call(shard, new ShardCall.AwaitSync()));
    }
    touched.clear();
    return Future.all(shards);
  }
}
