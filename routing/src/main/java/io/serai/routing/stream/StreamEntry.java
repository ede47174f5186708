package io.serai.routing.stream;

import io.serai.model.Message;
import io.serai.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * One message of a stream.
 *
 * @param offset its place, counted from 0 and never given twice
 * @param timestampMillis when it was appended, milliseconds since 1970, by a clock that may be set
 * @param filterValue what readers can select by; null when its publisher gave none
 * @param message as it was appended, in its publisher's own encoding
 */
public record StreamEntry(
    long offset, long timestampMillis, @Nullable String filterValue, Message message) {
  /** The header a publisher gives a message its filter value with. */
  private static final String FILTER_VALUE = "x-stream-filter-value";

  /** RabbitMQ's limit of a filter value. */
  private static final int MAX_FILTER_CHARS = 255;

  /** What readers can select a message by; null when its publisher gave nothing. */
  public static @Nullable String filterValueOf(Message message) {
    Value value = message.headers().first(FILTER_VALUE);
    if (value == null) {
      return null;
    }
    String text = value.asText();
    return text.length() > MAX_FILTER_CHARS ? text.substring(0, MAX_FILTER_CHARS) : text;
  }
}
