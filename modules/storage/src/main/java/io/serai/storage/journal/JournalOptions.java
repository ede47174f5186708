package io.serai.storage.journal;

/**
 * How a journal works.
 *
 * @param segmentBytes size of a segment, {@link #MIN_SEGMENT_BYTES} to 1 GiB; one with a larger
 *     message is larger
 * @param readerThreads threads that read payloads back
 * @param compactBelow share of live bytes (0 to 1) below which a segment's survivors are copied and
 *     the segment deleted
 * @param compactionBytesPerSecond how fast survivors are copied at most
 * @param fullPollMillis how often it is tried again whether a full disk has space
 * @param acceptDamage go on without segments that are damaged: what was in them is lost. A file
 *     named {@code accept-damage} in the folder says so for one opening
 */
public record JournalOptions(
    long segmentBytes,
    int readerThreads,
    double compactBelow,
    long compactionBytesPerSecond,
    long fullPollMillis,
    boolean acceptDamage) {
  public static final long MIN_SEGMENT_BYTES = 16 << 10;

  public JournalOptions {
    if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > RecordFormat.MAX_SEGMENT_BYTES) {
      throw new IllegalArgumentException(
          "segmentBytes is %d, must be %d to %d"
              .formatted(segmentBytes, MIN_SEGMENT_BYTES, RecordFormat.MAX_SEGMENT_BYTES));
    }
    if (readerThreads < 1) {
      throw new IllegalArgumentException(
          "readerThreads is " + readerThreads + ", must be 1 or more");
    }
  }

  /** 64 MiB segments, two readers, compaction of what is less than half live at 32 MiB/s. */
  public static JournalOptions defaults() {
    return new JournalOptions(64L << 20, 2, 0.5, 32L << 20, 500, false);
  }

  public JournalOptions withSegmentBytes(long bytes) {
    return new JournalOptions(
        bytes, readerThreads, compactBelow, compactionBytesPerSecond, fullPollMillis, acceptDamage);
  }

  public JournalOptions withAcceptDamage(boolean accept) {
    return new JournalOptions(
        segmentBytes,
        readerThreads,
        compactBelow,
        compactionBytesPerSecond,
        fullPollMillis,
        accept);
  }
}
