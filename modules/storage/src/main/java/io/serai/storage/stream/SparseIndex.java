package io.serai.storage.stream;

import java.util.Arrays;

/**
 * Where some chunks of a segment are: one for each {@link #SPACING_BYTES}, found by offset or time.
 * Written by one thread; {@link #view} gives others what is there so far, which does not change any
 * more.
 */
final class SparseIndex {
  /** Bound: 24 bytes for each of these in a segment. */
  static final int SPACING_BYTES = 64 << 10;

  private long[] offsets = new long[16];
  private long[] places = new long[16];

  /** Highest timestamp from this entry to before the next; of the last one not known yet. */
  private long[] highest = new long[16];

  private int size;
  private long highestOfLast = Long.MIN_VALUE;

  /** Notes a chunk; becomes an entry when the last one is far enough away. */
  void chunk(long firstOffset, long place, long highestTimestamp) {
    if (size == 0 || place - places[size - 1] >= SPACING_BYTES) {
      entry(firstOffset, place);
    }
    highestOfLast = Math.max(highestOfLast, highestTimestamp);
  }

  private void entry(long offset, long place) {
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, size * 2);
      places = Arrays.copyOf(places, size * 2);
      highest = Arrays.copyOf(highest, size * 2);
    }
    if (size > 0) {
      highest[size - 1] = highestOfLast;
    }
    highestOfLast = Long.MIN_VALUE;
    offsets[size] = offset;
    places[size] = place;
    size++;
  }

  /** An entry as it was read back. */
  void restore(long offset, long place, long highestTimestamp) {
    entry(offset, place);
    highestOfLast = highestTimestamp;
  }

  int size() {
    return size;
  }

  View view() {
    return new View(offsets, places, highest, size);
  }

  long offset(int entry) {
    return offsets[entry];
  }

  long place(int entry) {
    return places[entry];
  }

  long highest(int entry) {
    return entry == size - 1 ? highestOfLast : highest[entry];
  }

  /** What was in the index at some time. */
  record View(long[] offsets, long[] places, long[] highest, int size) {
    /** Where to look for an offset: the last known chunk that begins at it or before. */
    long place(long offset) {
      int found = Arrays.binarySearch(offsets, 0, size, offset);
      int entry = found >= 0 ? found : -found - 2;
      return entry < 0 ? StreamFormat.SEGMENT_HEADER_BYTES : places[entry];
    }

    /** The next known chunk behind a place, or the end. */
    long placeAfter(long place, long end) {
      for (int entry = 0; entry < size; entry++) {
        if (places[entry] > place) {
          return places[entry];
        }
      }
      return end;
    }

    /** Where to look for the first message that is not older than a time. */
    long placeOfTime(long millis) {
      for (int entry = 0; entry < size; entry++) {
        if (entry == size - 1 || highest[entry] >= millis) {
          return places[entry];
        }
      }
      return StreamFormat.SEGMENT_HEADER_BYTES;
    }
  }
}
