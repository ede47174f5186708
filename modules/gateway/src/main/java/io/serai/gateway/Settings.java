package io.serai.gateway;

import java.util.Map;

/**
 * A listener's protocol options, already checked against the configuration catalogue. Keys are as
 * in the file ({@code max-packet-size}); sizes are bytes and durations milliseconds by then.
 */
public record Settings(Map<String, Object> values) {
  /** No options: every default. */
  public static final Settings DEFAULTS = new Settings(Map.of());

  public Settings {
    values = Map.copyOf(values);
  }

  /** The whole number under {@code key}, or {@code otherwise}. */
  public int intValue(String key, int otherwise) {
    return values.get(key) instanceof Number n
        ? Math.clamp(n.longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE)
        : otherwise;
  }

  /** The whole number under {@code key}, or {@code otherwise}. */
  public long longValue(String key, long otherwise) {
    return values.get(key) instanceof Number n ? n.longValue() : otherwise;
  }

  /** The switch under {@code key}, or {@code otherwise}. */
  public boolean flag(String key, boolean otherwise) {
    return values.get(key) instanceof Boolean b ? b : otherwise;
  }

  /** The text under {@code key}, or {@code otherwise}. */
  public String text(String key, String otherwise) {
    return values.get(key) instanceof String s ? s : otherwise;
  }
}
