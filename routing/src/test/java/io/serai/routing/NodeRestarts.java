package io.serai.routing;

import io.serai.bus.BindingSpec;
import io.serai.bus.Delivery;
import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.Request;
import io.serai.bus.SessionEvent;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.routing.store.MemoryNodeStore;
import io.serai.routing.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A store and the nodes that run on it one after the other, for tests of what survives. */
final class NodeRestarts {
  static final int LOOPS = 2;

  /** What the node writes to, or the next one will read. */
  private MemoryNodeStore store = new MemoryNodeStore();

  MemoryNodeStore store() {
    return store;
  }

  /** Starts a node on what the one before left. */
  RoutingNode start() {
    return start(LOOPS);
  }

  RoutingNode start(int loops) {
    return new RoutingNode(loops, store);
  }

  /** Starts a node with vhosts of its own on what the one before left. */
  RoutingNode start(List<DeclaredTopology.Vhost> vhosts) {
    return new RoutingNode(LOOPS, store, vhosts);
  }

  /** Ends a node without a word: what it had not synced is lost. */
  void crash(RoutingNode node) {
    node.close();
    store = store.afterCrash();
  }

  RoutingNode restarted(RoutingNode before, int loops) {
    crash(before);
    return start(loops);
  }

  RoutingNode restarted(RoutingNode before) {
    return restarted(before, LOOPS);
  }

  /** Writes to the store what an earlier run would have. */
  void stored(Consumer<Store> writes) {
    Store handle = store.open(0, Runnable::run);
    writes.accept(handle);
    handle.flush();
  }

  static Message persistent(String queue, String body, Properties.Builder properties) {
    return new Message(
        Address.ofQueue(queue),
        new Encoding.Neutral(properties.durable(true).build(), Headers.NONE),
        Body.ofUtf8(body),
        Specs.ORIGIN,
        System.currentTimeMillis());
  }

  static Message persistent(String queue, String body) {
    return persistent(queue, body, Properties.builder());
  }

  static Message transientMessage(String queue, String body) {
    return new Message(
        Address.ofQueue(queue),
        Encoding.Neutral.NONE,
        Body.ofUtf8(body),
        Specs.ORIGIN,
        System.currentTimeMillis());
  }

  static List<SessionEvent.Appended> confirmed(RoutingNode.Connection connection, int count) {
    return connection
        .events(events ->
            events.stream().filter(SessionEvent.Appended.class::isInstance).count() >= count)
        .stream()
        .filter(SessionEvent.Appended.class::isInstance)
        .map(SessionEvent.Appended.class::cast)
        .toList();
  }

  /** Takes everything out of a queue without acknowledging it; answers body and count of each. */
  static List<String> peek(RoutingNode.Connection connection, String queue) {
    List<String> all = new ArrayList<>();
    while (connection.ok(caller -> new Request.Get(caller, queue, false)).delivery()
        instanceof Delivery delivery) {
      all.add(delivery.message().body().toUtf8() + (delivery.isRedelivered() ? " again" : ""));
    }
    return all;
  }

  static BindingSpec binding(String source, String destination, boolean toExchange) {
    return new BindingSpec(
        source,
        destination,
        toExchange,
        "a.*",
        Spelling.DOT,
        Request.noArguments(),
        null,
        Source.CLIENT);
  }

  static ExchangeSpec exchange(String name, Lifetime lifetime) {
    return new ExchangeSpec(
        name, "topic", lifetime, false, false, Request.noArguments(), Source.CLIENT);
  }
}
