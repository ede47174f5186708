package io.serai.storage.stream;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a segment without reading it. Does not change; a segment that grows gets
 * another.
 *
 * @param firstOffset of its first message, also its name
 * @param endOffset behind its last message
 * @param endPlace behind its last chunk
 * @param lastChunkOffset of the first message of its last chunk; its first offset without any
 * @param highestTimestamp of all its messages, {@link Long#MIN_VALUE} without any
 * @param indexPlace where its last index chunk begins, 0 without any
 */
record SegmentInfo(
    long firstOffset,
    long endOffset,
    long endPlace,
    long lastChunkOffset,
    long highestTimestamp,
    long indexPlace) {
  private static final String SUFFIX = ".stream";
  private static final String UNFINISHED = SUFFIX + ".new";
  private static final String DAMAGED = SUFFIX + ".damaged";
  private static final String ASIDE = SUFFIX + ".aside";

  /** A segment that begins. */
  static SegmentInfo empty(long firstOffset) {
    return new SegmentInfo(
        firstOffset,
        firstOffset,
        StreamFormat.SEGMENT_HEADER_BYTES,
        firstOffset,
        Long.MIN_VALUE,
        0);
  }

  boolean isEmpty() {
    return endOffset == firstOffset;
  }

  static String fileName(long firstOffset) {
    return name(firstOffset, SUFFIX);
  }

  static String newName(long firstOffset) {
    return name(firstOffset, UNFINISHED);
  }

  static String damagedName(long firstOffset, boolean isAccepted) {
    return name(firstOffset, isAccepted ? ASIDE : DAMAGED);
  }

  private static String name(long firstOffset, String suffix) {
    return String.format(Locale.ROOT, "%020d%s", firstOffset, suffix);
  }

  static boolean isUnfinished(String name) {
    return name.endsWith(UNFINISHED);
  }

  static boolean isDamaged(String name) {
    return name.endsWith(DAMAGED);
  }

  /** The first offset a file is named after; null when it is no segment. */
  static @Nullable Long firstOffsetOf(String name) {
    if (!name.endsWith(SUFFIX)) {
      return null;
    }
    return number(name.substring(0, name.length() - SUFFIX.length()));
  }

  /** The first offset of a segment that was set aside. */
  static @Nullable Long damagedOffsetOf(String name) {
    return isDamaged(name) ? number(name.substring(0, name.length() - DAMAGED.length())) : null;
  }

  /** The first offset of a segment that is lost with an operator's consent. */
  static @Nullable Long asideOffsetOf(String name) {
    return name.endsWith(ASIDE) ? number(name.substring(0, name.length() - ASIDE.length())) : null;
  }

  private static @Nullable Long number(String digits) {
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException _) {
      return null; // not ours
    }
  }
}
