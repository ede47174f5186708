package io.serai.admin;

import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * A value that goes up and down, shown on the metrics page.
 *
 * @param name as in Prometheus, such as {@code serai_memory_messages_bytes}
 * @param help one sentence for people
 * @param labels from small fixed sets only (listener, protocol): never client ids or topics
 * @param value read on every scrape, from a worker thread
 */
public record Gauge(String name, String help, Map<String, String> labels, DoubleSupplier value) {
  public Gauge {
    labels = Map.copyOf(labels);
  }
}
