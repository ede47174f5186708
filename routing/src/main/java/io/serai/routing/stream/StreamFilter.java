package io.serai.routing.stream;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages a reader wants by their filter values.
 *
 * @param values the values; empty for everything
 * @param takesUnfiltered whether messages without a value pass as well
 */
public record StreamFilter(Set<String> values, boolean takesUnfiltered) {
  /** Everything. */
  public static final StreamFilter ALL = new StreamFilter(Set.of(), true);

  /** Whether it lets everything through. */
  public boolean isAll() {
    return values.isEmpty();
  }

  /** Whether a message with that value passes. */
  public boolean lets(@Nullable String value) {
    return values.isEmpty() || (value == null ? takesUnfiltered : values.contains(value));
  }
}
