package io.serai.storage.stream;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the oldest segments of streams that are too old or too large; never the one being
 * written. Readers are told by the view before a file goes. Confined to the writer.
 */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** Deleting takes time in which nobody is served: so many files at once. */
  private static final int MOST_AT_ONCE = 4;

  private final long everyMillis;
  private final InstantSource clock;
  private final Iterable<StreamLog> logs;
  private long nextMillis = Long.MIN_VALUE;

  Retention(long everyMillis, InstantSource clock, Iterable<StreamLog> logs) {
    this.everyMillis = everyMillis;
    this.clock = clock;
    this.logs = logs;
  }

  /** Looks at all streams when it is time to; true when there may be more to do. */
  boolean step() {
    long now = clock.millis();
    if (now < nextMillis && nextMillis - now <= everyMillis) {
      return false;
    }
    int left = MOST_AT_ONCE;
    for (StreamLog log : logs) {
      while (left > 0 && !log.isDeleted && !log.isStuck && isTooMuch(log, now)) {
        left--;
        deleteOldest(log);
      }
    }
    boolean isMore = left == 0;
    nextMillis = isMore ? now : now + everyMillis;
    return isMore;
  }

  /** It is time to look: a stream has grown by a segment. */
  void hurry() {
    nextMillis = Long.MIN_VALUE;
  }

  private static boolean isTooMuch(StreamLog log, long now) {
    StreamView view = log.view;
    if (view.sealed().length == 0) {
      return false;
    }
    StreamLimits limits = log.limits;
    if (limits.maxAgeMillis() != StreamLimits.NONE
        && view.sealed()[0].highestTimestamp() < now - limits.maxAgeMillis()) {
      return true;
    }
    return limits.maxBytes() != StreamLimits.NONE && view.diskBytes() > limits.maxBytes();
  }

  private static void deleteOldest(StreamLog log) {
    SegmentInfo oldest = log.sealed[0];
    log.view = log.view.withoutOldest();
    log.sealed = Arrays.copyOfRange(log.sealed, 1, log.sealed.length);
    try {
      log.folder.deleteOldest(oldest.firstOffset());
    } catch (IOException e) {
      log.isStuck = true; // segments must go in order, or those left would not be in a row
      LOG.atError()
          .addKeyValue("stream", log.stream())
          .addKeyValue("file", log.folder.segment(oldest.firstOffset()))
          .setCause(e)
          .log("stream segment cannot be deleted, it is tried again at the next start");
    }
  }
}
