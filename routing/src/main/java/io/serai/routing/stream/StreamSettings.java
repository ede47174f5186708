package io.serai.routing.stream;

/**
 * How much a stream keeps and how. Retention goes by whole segments, when one begins: the oldest go
 * as long as either limit is passed without them, and the newest always stays.
 *
 * @param maxAgeMillis segments whose newest message is older go; {@link #UNLIMITED} for none
 * @param maxLengthBytes the oldest segments go while all of them together are larger; {@link
 *     #UNLIMITED} for no limit
 * @param maxSegmentBytes a segment that has reached this size is followed by a new one
 * @param filterBytes size of the filter of values that a chunk has, 16 to 255
 */
public record StreamSettings(
    long maxAgeMillis, long maxLengthBytes, long maxSegmentBytes, int filterBytes) {
  /** No limit. */
  public static final long UNLIMITED = -1;

  /** RabbitMQ's defaults: keeps everything, segments of 500 MB. */
  public static final StreamSettings DEFAULT =
      new StreamSettings(UNLIMITED, UNLIMITED, 500_000_000, 16);
}
