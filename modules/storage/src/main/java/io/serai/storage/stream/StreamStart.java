package io.serai.storage.stream;

/** Where a reader wants to begin. */
public sealed interface StreamStart {
  /** At the oldest message there is. */
  record First() implements StreamStart {}

  /** At the first message of the chunk that was written last. */
  record Last() implements StreamStart {}

  /** Behind all messages there are. */
  record Next() implements StreamStart {}

  /** At an offset; at the nearest one there is when it is not there. */
  record Offset(long offset) implements StreamStart {}

  /** At the first message that is not older than a time, ms since 1970. */
  record Timestamp(long millis) implements StreamStart {}
}
