package io.serai.node;

import io.serai.bus.Counter;
import io.serai.config.ListenerConfig;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what the node says of itself, from time to time and only what has changed. It reads
 * what the loops count anyway, so messages pay nothing for it; the reading is done on a worker.
 */
final class SysTopics {
  private static final Logger log = LoggerFactory.getLogger(SysTopics.class);
  private static final String MQTT = "mqtt";
  private static final String ROOT = "$SYS/broker/";

  /** How queues of sessions and of groups are named (docs/protocols/mqtt.md). */
  private static final String SESSION_QUEUES = "mqtt-session";

  private static final String GROUP_QUEUES = "$share";

  private final Vertx vertx;
  private final Node node;
  private final Duration interval;
  private final SysReport report = new SysReport(Version.current());
  private final long startNanos = System.nanoTime();
  private long lastNanos = startNanos;

  SysTopics(Vertx vertx, Node node, Duration interval) {
    this.vertx = vertx;
    this.node = node;
    this.interval = interval;
  }

  /** Publishes now and then every interval; Vert.x ends it when it closes. */
  void start() {
    if (interval.isZero() || vhosts().isEmpty()) {
      return;
    }
    vertx.runOnContext(_ -> {
      turn();
      vertx.setPeriodic(interval.toMillis(), _ -> turn());
    });
  }

  /** Always from one context, so that one reading ends before the next begins. */
  private void turn() {
    vertx
        .executeBlocking(() -> {
          publish();
          return null;
        })
        .onFailure(e -> log.error("statistics failed", e));
  }

  private void publish() {
    long nanos = System.nanoTime();
    double seconds = Math.max(1e-3, (nanos - lastNanos) / 1e9);
    lastNanos = nanos;
    Map<String, String> changed = report.update(figures(nanos), seconds);
    for (String vhost : vhosts()) {
      node.loops().getFirst().publishOfNode(vhost, messages(vhost, changed));
    }
  }

  /** Those of MQTT listeners. */
  private List<String> vhosts() {
    return node.config().server().listeners().stream()
        .filter(listener -> listener.protocol().equals(MQTT))
        .map(ListenerConfig::vhost)
        .distinct()
        .toList();
  }

  private static List<Message> messages(String vhost, Map<String, String> values) {
    long now = System.currentTimeMillis();
    Origin origin = Origin.ofBroker(vhost);
    List<Message> messages = new ArrayList<>(values.size());
    values.forEach((topic, value) ->
        messages.add(
            new Message(
                new Address(Address.SYSTEM_EXCHANGE, Topic.of(ROOT + topic, Spelling.SLASH)),
                Encoding.Neutral.NONE,
                Body.of(value.getBytes(StandardCharsets.UTF_8)),
                origin,
                now)));
    return messages;
  }

  private SysFigures figures(long nanos) {
    Runtime heap = Runtime.getRuntime();
    return new SysFigures(
        (nanos - startNanos) / 1_000_000_000,
        clients(),
        sum(LoopSnapshot::clients),
        total(Counter.MESSAGES_PUBLISHED),
        total(Counter.DELIVERIES),
        total(Counter.MESSAGES_DROPPED) + total(Counter.MESSAGES_REFUSED),
        total(Counter.BYTES_IN),
        total(Counter.BYTES_OUT),
        total(Counter.CONNECTIONS_OPENED),
        node.table().topicBindings(SESSION_QUEUES),
        node.table().topicBindings(GROUP_QUEUES),
        sum(LoopSnapshot::retained),
        node.memory().heldBytes(),
        heap.totalMemory() - heap.freeMemory());
  }

  private long clients() {
    long clients = 0;
    for (OpenListener listener : node.listeners()) {
      if (listener.config().protocol().equals(MQTT)) {
        clients += sum(loop -> loop.connections().getOrDefault(listener.name(), 0));
      }
    }
    return clients;
  }

  private int sum(ToIntFunction<LoopSnapshot> part) {
    return node.loops().stream().mapToInt(loop -> part.applyAsInt(loop.snapshot())).sum();
  }

  private long total(Counter counter) {
    return node.loops().stream().mapToLong(loop -> loop.counters().get(counter)).sum();
  }
}
