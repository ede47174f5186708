package io.serai.admin;

import java.util.function.DoubleSupplier;

/**
 * A value that goes up and down, shown on the metrics page.
 *
 * @param name as in Prometheus, such as {@code serai_memory_messages_bytes}
 * @param help one sentence for people
 * @param value read on every scrape, from a worker thread
 */
public record Gauge(String name, String help, DoubleSupplier value) {}
