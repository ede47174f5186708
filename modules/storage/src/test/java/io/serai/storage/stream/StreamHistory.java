package io.serai.storage.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * What was appended to a stream and what was confirmed. After a crash the stream must hold what was
 * appended, under the same offsets, from its first offset to some end that is not before the last
 * confirmed one.
 */
final class StreamHistory {
  final List<Sample> appended = new ArrayList<>();
  private final List<long[]> flushed = new ArrayList<>();
  private int confirmed;

  void flushed(long position) {
    flushed.add(new long[] {position, appended.size()});
  }

  void synced(long position) {
    while (!flushed.isEmpty() && flushed.getFirst()[0] <= position) {
      confirmed = (int) flushed.removeFirst()[1];
    }
  }

  int confirmed() {
    return confirmed;
  }

  /**
   * What is wrong with what was found; empty when nothing is. Goes on from what was found.
   *
   * @param leastFirst the stream may begin at this offset or before
   */
  List<String> judge(StreamLog log, List<StreamEntry> found, long leastFirst) {
    List<String> wrong = new ArrayList<>();
    long offset = log.firstOffset();
    if (offset > leastFirst) {
      wrong.add("lost the beginning up to " + offset);
    }
    for (StreamEntry entry : found) {
      if (entry.offset() != offset) {
        wrong.add("gap: " + entry.offset() + " instead of " + offset);
        break;
      }
      if (offset >= appended.size()) {
        wrong.add("invented " + offset);
        break;
      }
      if (!Sample.of(entry).equals(appended.get((int) offset))) {
        wrong.add("damaged " + offset);
      }
      offset++;
    }
    if (offset < confirmed) {
      wrong.add("lost %d to %d".formatted(offset, confirmed - 1));
    }
    if (log.nextOffset() != offset) {
      wrong.add("next offset " + log.nextOffset() + " instead of " + offset);
    }
    if (offset < appended.size()) {
      appended.subList((int) offset, appended.size()).clear();
    }
    confirmed = appended.size();
    flushed.clear();
    return wrong;
  }
}
