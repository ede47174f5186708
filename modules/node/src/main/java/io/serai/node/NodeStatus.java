package io.serai.node;

import io.serai.admin.Check;
import io.serai.admin.Gauge;
import io.serai.admin.NodeView;
import io.serai.bus.Counters;
import io.serai.config.ListenerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What health and metrics pages show of a node. */
final class NodeStatus implements NodeView {
  /** A loop that said nothing for so long is stuck. */
  static final long STUCK_AFTER_MILLIS = 10_000;

  private final Node node;

  NodeStatus(Node node) {
    this.node = node;
  }

  @Override
  public String version() {
    return Version.current();
  }

  @Override
  public List<Check> liveness() {
    List<Check> checks = new ArrayList<>();
    long now = System.currentTimeMillis();
    List<LoopVerticle> loops = node.loops();
    for (int i = 0; i < loops.size(); i++) {
      long age = now - loops.get(i).snapshot().atMillis();
      String name = "event loop " + i;
      checks.add(
          age <= STUCK_AFTER_MILLIS
              ? Check.up(name, "turning")
              : Check.down(name, "has not turned for " + age / 1000 + " s"));
    }
    return checks;
  }

  @Override
  public List<Check> readiness() {
    List<Check> checks = new ArrayList<>();
    Node.State state = node.state();
    String word = state.name().toLowerCase(Locale.ROOT);
    checks.add(state == Node.State.READY ? Check.up("node", word) : Check.down("node", word));
    Map<String, String> open = new java.util.HashMap<>();
    node.listeners().forEach(listener -> open.put(listener.name(), listener.addresses()));
    for (ListenerConfig listener : node.config().server().listeners()) {
      String addresses = open.get(listener.name());
      String name = "listener " + listener.name();
      checks.add(addresses == null ? Check.down(name, "not open") : Check.up(name, addresses));
    }
    MemoryWatch memory = node.memory();
    checks.add(
        Check.up(
            "memory",
            (memory.isBlocking() ? "publishers wait: " : "")
                + memory.heldBytes()
                + " of "
                + memory.limitBytes()
                + " bytes held by messages"));
    // What stays in memory is bounded like all that is there, so the node is able to work.
    checks.add(
        Check.up(
            "transient backlogs",
            node.spillTrouble()
                .map(why -> "stay in memory, they cannot be written out: " + why)
                .orElse("are written out when they run deep")));
    // A refused reload leaves the node as able as before: it is told, and the check stays up.
    List<String> refused = node.refusedReload();
    checks.add(
        Check.up(
            "configuration",
            "version "
                + node.configVersion()
                + (refused.isEmpty() ? "" : ", last reload refused: " + refused.getFirst())));
    return checks;
  }

  @Override
  public List<Counters> counters() {
    return Stream.concat(
            node.loops().stream().map(LoopVerticle::counters), node.http().counters().stream())
        .toList();
  }

  @Override
  public List<Gauge> gauges() {
    List<Gauge> gauges = new ArrayList<>();
    for (OpenListener listener : node.listeners()) {
      if (listener.config().protocol().equals(Installed.HTTP)) {
        continue; // answers questions about the node, is not a way in
      }
      gauges.add(
          new Gauge(
              "serai_connections",
              "Open connections.",
              Map.of("listener", listener.name(), "protocol", listener.config().protocol()),
              () -> connections(listener.name())));
    }
    MemoryWatch memory = node.memory();
    gauges.add(gauge("serai_event_loops", "Event loops.", node::loopCount));
    gauges.add(gauge("serai_queues", "Queues over all vhosts.", node.table()::queueCount));
    gauges.add(gauge("serai_exchanges", "Exchanges over all vhosts.", node.table()::exchangeCount));
    gauges.add(
        gauge("serai_retained_messages", "Retained values.", () -> sum(LoopSnapshot::retained)));
    gauges.add(
        gauge(
            "serai_client_sessions",
            "Client sessions, connected or kept for later.",
            () -> sum(LoopSnapshot::clients)));
    gauges.add(
        gauge(
            "serai_memory_messages_bytes",
            "Heap held by messages in queues and the index of stored ones.",
            memory::heldBytes));
    gauges.add(
        gauge("serai_memory_limit_bytes", "Above this publishers wait.", memory::limitBytes));
    gauges.add(
        gauge(
            "serai_publishers_blocked",
            "1 while publishers are made to wait.",
            () -> memory.isBlocking() ? 1 : 0));
    gauges.add(
        gauge(
            "serai_spill_closed",
            "1 while transient backlogs stay in memory because they cannot be written out.",
            () -> node.spillTrouble().isEmpty() ? 0 : 1));
    gauges.add(
        gauge(
            "serai_config_version",
            "Counts the configurations that were taken over.",
            node::configVersion));
    gauges.add(
        gauge(
            "serai_config_reload_refused",
            "1 when the last reload was refused and an older configuration is in force.",
            () -> node.refusedReload().isEmpty() ? 0 : 1));
    return gauges;
  }

  private static Gauge gauge(String name, String help, DoubleSupplier value) {
    return new Gauge(name, help, Map.of(), value);
  }

  private int sum(ToIntFunction<LoopSnapshot> part) {
    return node.loops().stream().mapToInt(loop -> part.applyAsInt(loop.snapshot())).sum();
  }

  private int connections(String listener) {
    int sum = 0;
    for (LoopVerticle loop : node.loops()) {
      sum += loop.snapshot().connections().getOrDefault(listener, 0);
    }
    return sum;
  }
}
