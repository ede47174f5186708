package io.serai.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.serai.bus.Counter;
import io.serai.bus.Counters;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics in Prometheus' text format. Nothing is set up before the first scrape, so a start
 * does not pay for it; the collecting itself is done by the loops' own {@link Counters}.
 */
final class MetricsPage implements AutoCloseable {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final NodeView node;
  private @Nullable PrometheusMeterRegistry registry;
  private @Nullable JvmGcMetrics collections;

  MetricsPage(NodeView node) {
    this.node = node;
  }

  /** The page as it is now. Takes some milliseconds: call it from a worker thread. */
  synchronized String text() {
    PrometheusMeterRegistry known = registry;
    if (known == null) {
      known = create();
      registry = known;
    }
    return known.scrape();
  }

  private PrometheusMeterRegistry create() {
    var metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (Counter counter : Counter.values()) {
      FunctionCounter.builder(meterName(counter), node, view -> total(view, counter))
          .description(help(counter))
          .register(metrics);
    }
    for (Gauge gauge : node.gauges()) {
      io.micrometer.core.instrument.Gauge.builder(gauge.name(), gauge.value()::getAsDouble)
          .description(gauge.help())
          .tags(tags(gauge))
          .strongReference(true)
          .register(metrics);
    }
    io.micrometer.core.instrument.Gauge.builder("serai.build.info", () -> 1)
        .description("1, with the program's version as label.")
        .tag("version", node.version())
        .strongReference(true)
        .register(metrics);
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    new ProcessorMetrics().bindTo(metrics);
    new FileDescriptorMetrics().bindTo(metrics);
    new UptimeMetrics().bindTo(metrics);
    var pauses = new JvmGcMetrics();
    pauses.bindTo(metrics);
    collections = pauses;
    return metrics;
  }

  private static Tags tags(Gauge gauge) {
    Tags tags = Tags.empty();
    for (Map.Entry<String, String> label : gauge.labels().entrySet()) {
      tags = tags.and(label.getKey(), label.getValue());
    }
    return tags;
  }

  /** {@code serai_messages_published}; Prometheus' naming appends {@code _total}. */
  private static String meterName(Counter counter) {
    return "serai_" + counter.name().toLowerCase(Locale.ROOT);
  }

  private static String help(Counter counter) {
    return switch (counter) {
      case MESSAGES_PUBLISHED -> "Messages taken from publishers.";
      case MESSAGES_UNROUTABLE -> "Published messages that no queue wanted.";
      case MESSAGES_DENIED -> "Published messages whose user may not write there.";
      case MESSAGES_REFUSED -> "Published messages that a queue refused.";
      case MESSAGES_EXPIRED -> "Messages whose time to live ran out in a queue.";
      case MESSAGES_DROPPED -> "Messages dropped because a queue or subscriber was full.";
      case MESSAGES_REPEATED ->
          "Published messages that a queue had before and did not take again.";
      case MESSAGES_DEAD_LETTERED -> "Messages that a dead letter exchange took over.";
      case DELIVERIES -> "Messages handed to consumers.";
      case REDELIVERIES -> "Deliveries of messages that had been delivered before.";
      case SETTLED -> "Deliveries acknowledged, rejected or returned.";
      case CONNECTIONS_OPENED -> "Connections accepted.";
      case CONNECTIONS_CLOSED -> "Connections gone.";
      case CONNECTIONS_REFUSED -> "Connections refused because of a limit.";
      case PUBLISHERS_SLOWED -> "Times a client was not read because it was over its rate.";
      case PUBLISHERS_SLOWED_TOGETHER ->
          "Times a client was not read because its listener's clients were over their total rate.";
      case PUBLISHERS_THROTTLED ->
          "Times a client was not read because it took too much of its event loop's time.";
      case MESSAGES_SHED ->
          "QoS 0 messages dropped because their client or listener was over its rate.";
      case AUTHENTICATION_FAILURES -> "Attempts to log in that were refused.";
      case PROTOCOL_ERRORS -> "Connections closed because the peer broke its protocol.";
      case BYTES_IN -> "Bytes read from clients.";
      case BYTES_OUT -> "Bytes written to clients.";
    };
  }

  private static double total(NodeView node, Counter counter) {
    long sum = 0;
    for (Counters loop : node.counters()) {
      sum += loop.get(counter);
    }
    return sum;
  }

  @Override
  public synchronized void close() {
    if (collections != null) {
      collections.close();
    }
    if (registry != null) {
      registry.close();
    }
  }
}
