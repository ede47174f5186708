package io.serai.storage.stream;

/**
 * How much of a stream is kept. Whole segments go, the oldest first, never the one being written.
 *
 * @param maxAgeMillis a segment goes when its newest message is older; {@link #NONE} for ever
 * @param maxBytes of all segments together; {@link #NONE} without limit
 * @param segmentBytes from this size on a segment is followed by the next
 */
public record StreamLimits(long maxAgeMillis, long maxBytes, long segmentBytes) {
  public static final long NONE = Long.MAX_VALUE;
  public static final long DEFAULT_SEGMENT_BYTES = 64L << 20;
  public static final long MIN_SEGMENT_BYTES = 4 << 10;
  public static final long MAX_SEGMENT_BYTES = 3_000_000_000L;

  /** Keeps everything. */
  public static final StreamLimits KEEP_ALL = new StreamLimits(NONE, NONE, DEFAULT_SEGMENT_BYTES);

  public StreamLimits {
    if (maxAgeMillis < 0 || maxBytes < 0) {
      throw new IllegalArgumentException(
          "limits must not be negative: maxAgeMillis %d, maxBytes %d"
              .formatted(maxAgeMillis, maxBytes));
    }
    segmentBytes = Math.clamp(segmentBytes, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
  }
}
