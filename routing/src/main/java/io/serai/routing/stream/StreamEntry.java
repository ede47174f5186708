package io.serai.routing.stream;

import io.serai.model.Message;
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
    long offset, long timestampMillis, @Nullable String filterValue, Message message) {}
