package io.serai.storage.stream;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One message that was read.
 *
 * @param offset its number in the stream, from 0
 * @param timestampMillis when it was appended, by the clock of the appender
 * @param data has the message and others; must not be changed
 * @param from where in {@code data} the message begins
 * @param filterBytes length of its filter value, which stands before it; below 0 without one
 */
public record StreamEntry(
    long offset, long timestampMillis, byte[] data, int from, int length, int filterBytes) {
  /** What readers can select it by. */
  public @Nullable String filterValue() {
    return filterBytes < 0
        ? null
        : new String(data, from - filterBytes, filterBytes, StandardCharsets.UTF_8);
  }
}
