package io.serai.storage.stream;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What readers may see of a stream: all that is synced. Does not change; each sync makes another.
 *
 * @param sealed segments that are not written any more, in order
 * @param active the one being written, null before the first message
 * @param index of the active segment, null when it is not in memory
 */
record StreamView(
    SegmentInfo[] sealed, @Nullable SegmentInfo active, SparseIndex.@Nullable View index) {
  static final SegmentInfo[] NONE = {};

  static final StreamView EMPTY = new StreamView(NONE, null, null);

  long firstOffset() {
    SegmentInfo first = sealed.length > 0 ? sealed[0] : active;
    return first == null ? 0 : first.firstOffset();
  }

  long endOffset() {
    return active == null ? 0 : active.endOffset();
  }

  /** The first message of the chunk that was written last. */
  long lastChunkOffset() {
    if (active != null && active.isEmpty() && sealed.length > 0) {
      return sealed[sealed.length - 1].lastChunkOffset();
    }
    return active == null ? 0 : active.lastChunkOffset();
  }

  long diskBytes() {
    long bytes = active == null ? 0 : active.endPlace();
    for (SegmentInfo one : sealed) {
      bytes += one.endPlace();
    }
    return bytes;
  }

  int segments() {
    return active == null ? 0 : sealed.length + 1;
  }

  SegmentInfo segment(int number) {
    SegmentInfo one = number < sealed.length ? sealed[number] : active;
    if (one == null) {
      throw new IndexOutOfBoundsException(number);
    }
    return one;
  }

  /** The number of the segment with the first message that is not before an offset. */
  int segmentOf(long offset) {
    int low = 0;
    int high = sealed.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sealed[middle].endOffset() > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  StreamView withoutOldest() {
    return new StreamView(Arrays.copyOfRange(sealed, 1, sealed.length), active, index);
  }
}
