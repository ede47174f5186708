package io.serai.storage.stream;

/**
 * How the streams of a node are stored.
 *
 * @param readerThreads threads that read
 * @param mostOpen files that are kept open for writing; a stream beyond has to open its own again
 * @param retentionMillis how often it is looked for what has become too old
 * @param fullPollMillis how often it is tried again whether a full disk has space
 */
public record StreamOptions(
    int readerThreads, int mostOpen, long retentionMillis, long fullPollMillis) {
  public StreamOptions {
    if (readerThreads < 1 || mostOpen < 1) {
      throw new IllegalArgumentException(
          "readerThreads is %d and mostOpen %d, both must be 1 or more"
              .formatted(readerThreads, mostOpen));
    }
  }

  /** Two readers, 512 files open for writing, retention every 10 s. */
  public static StreamOptions defaults() {
    return new StreamOptions(2, 512, 10_000, 500);
  }
}
