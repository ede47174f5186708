package io.serai.node.store;

import static io.serai.node.store.MessageText.required;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks the lines of an export that are about streams, one after the other. */
final class StreamLines {
  private static final int MOST_FILTER_BYTES = 255;

  /**
   * A stream.
   *
   * @param firstOffset of its first message; {@code nextOffset} when it has none
   * @param nextOffset what the next message gets
   * @param segmentBytes how large its files were
   */
  record Found(long firstOffset, long nextOffset, long segmentBytes) {}

  /** A message of a stream. */
  record Entry(
      long stream,
      long offset,
      long timestampMillis,
      @Nullable String filterValue,
      byte[] payload) {}

  private final MessageText text;
  private final Map<Long, Found> found = new LinkedHashMap<>();
  private long stream = -1;
  private long leastOffset;
  private long messages;

  StreamLines(MessageText text) {
    this.text = text;
  }

  /** The streams there were so far. */
  Map<Long, Found> found() {
    return found;
  }

  long messages() {
    return messages;
  }

  /** Checks the line that begins a stream. */
  void stream(JsonObject line) {
    stream = required(line.getLong("stream"), "stream");
    long next = required(line.getLong("next_offset"), "next_offset");
    long segmentBytes = required(line.getLong("segment_bytes"), "segment_bytes");
    if (stream < 0 || next <= 0 || segmentBytes <= 0) {
      throw new IllegalArgumentException(
          "a stream's number must not be negative, next_offset and segment_bytes above 0");
    }
    if (found.putIfAbsent(stream, new Found(next, next, segmentBytes)) != null) {
      throw new IllegalArgumentException("stream " + stream + " is there twice");
    }
    leastOffset = 0;
  }

  /** Checks and reads the line of a message. */
  Entry message(JsonObject line) {
    long of = required(line.getLong("stream"), "stream");
    Found in = found.get(of);
    if (of != stream || in == null) {
      throw new IllegalArgumentException(
          "a message of stream %d, which no line before it begins".formatted(of));
    }
    long offset = required(line.getLong("offset"), "offset");
    if (offset < leastOffset || offset >= in.nextOffset()) {
      throw new IllegalArgumentException(
          "offset %d, must be %d to %d".formatted(offset, leastOffset, in.nextOffset() - 1));
    }
    if (in.firstOffset() > offset) {
      found.put(of, new Found(offset, in.nextOffset(), in.segmentBytes()));
    }
    leastOffset = offset + 1;
    String filterValue = line.getString("filter_value");
    if (filterValue != null
        && filterValue.getBytes(StandardCharsets.UTF_8).length > MOST_FILTER_BYTES) {
      throw new IllegalArgumentException(
          "a filter_value of more than " + MOST_FILTER_BYTES + " bytes");
    }
    messages++;
    return new Entry(
        of,
        offset,
        required(line.getLong("timestamp_ms"), "timestamp_ms"),
        filterValue,
        text.payload(line));
  }
}
