package io.serai.routing.queue;

import io.serai.bus.TimeSpan;
import io.serai.routing.queue.ArgumentReader.Invalid;
import io.serai.routing.stream.StreamSettings;
import java.util.Set;

/** The arguments of a stream while they are being read. */
final class StreamArguments {
  static final String MAX_AGE = "x-max-age";
  static final String SEGMENT_BYTES = "x-stream-max-segment-size-bytes";
  static final String FILTER_BYTES = "x-stream-filter-size-bytes";
  static final String CLUSTER_SIZE = "x-initial-cluster-size";

  private static final String MAX_BYTES = "x-max-length-bytes";

  /** What streams have and no other type of queue. */
  static final Set<String> ONLY_FOR_STREAMS = Set.of(MAX_AGE, SEGMENT_BYTES, FILTER_BYTES);

  /** What RabbitMQ's streams take; a repeated message is known again by any type of queue. */
  static final Set<String> FOR_STREAMS =
      Set.of(
          QueueType.ARGUMENT,
          MAX_AGE,
          MAX_BYTES,
          SEGMENT_BYTES,
          FILTER_BYTES,
          CLUSTER_SIZE,
          "x-queue-leader-locator",
          "x-message-deduplication",
          "x-deduplication-header",
          "x-cache-size",
          "x-cache-ttl");

  /** RabbitMQ's limit. */
  private static final long MAX_SEGMENT_BYTES = 3_000_000_000L;

  private static final int MIN_FILTER_BYTES = 16;
  private static final int MAX_FILTER_BYTES = 255;

  private long maxAgeMillis = StreamSettings.UNLIMITED;
  private long maxBytes = StreamSettings.UNLIMITED;
  private long segmentBytes = StreamSettings.DEFAULT.maxSegmentBytes();
  private int filterBytes = StreamSettings.DEFAULT.filterBytes();

  void take(ArgumentReader argument) throws Invalid {
    switch (argument.name()) {
      case MAX_AGE -> maxAgeMillis = age(argument);
      case MAX_BYTES -> maxBytes = argument.count();
      case SEGMENT_BYTES -> segmentBytes = segment(argument);
      case FILTER_BYTES -> filterBytes = filter(argument);
      case CLUSTER_SIZE -> argument.positive();
      default -> {} // nothing to a stream
    }
  }

  private static long age(ArgumentReader argument) throws Invalid {
    Long millis = TimeSpan.millis(argument.text());
    if (millis == null) {
      throw argument.wrong("invalid_max_age");
    }
    return millis;
  }

  private static long segment(ArgumentReader argument) throws Invalid {
    long bytes = argument.positive();
    if (bytes > MAX_SEGMENT_BYTES) {
      throw Invalid.whole("Exceeded max value for " + SEGMENT_BYTES);
    }
    return bytes;
  }

  private static int filter(ArgumentReader argument) throws Invalid {
    long bytes = argument.count();
    if (bytes < MIN_FILTER_BYTES || bytes > MAX_FILTER_BYTES) {
      throw Invalid.whole("Invalid value for  " + FILTER_BYTES); // RabbitMQ's two blanks
    }
    return (int) bytes;
  }

  StreamSettings settings() {
    return new StreamSettings(maxAgeMillis, maxBytes, segmentBytes, filterBytes);
  }
}
