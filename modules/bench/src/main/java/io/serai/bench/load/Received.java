package io.serai.bench.load;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which of one publisher's messages have come, each counted once. In order it is one comparison a
 * message; the map has one entry per run of missing numbers, so it grows only with what is lost or
 * overtaken.
 */
final class Received {
  private final TreeMap<Integer, Integer> missing = new TreeMap<>(); // first to after the last
  private int next;
  private long count;

  /** Marks a message as here. Returns false when it was here before. */
  boolean add(int sequence) {
    if (sequence == next) {
      next++;
    } else if (sequence > next) {
      missing.put(next, sequence);
      next = sequence + 1;
    } else if (!fill(sequence)) {
      return false;
    }
    count++;
    return true;
  }

  private boolean fill(int sequence) {
    Map.Entry<Integer, Integer> gap = missing.floorEntry(sequence);
    if (gap == null || gap.getValue() <= sequence) {
      return false;
    }
    int first = gap.getKey();
    int end = gap.getValue();
    if (first == sequence) {
      missing.remove(first);
    } else {
      missing.put(first, sequence);
    }
    if (sequence + 1 < end) {
      missing.put(sequence + 1, end);
    }
    return true;
  }

  /** Different messages so far. */
  long count() {
    return count;
  }
}
