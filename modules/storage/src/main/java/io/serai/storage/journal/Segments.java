package io.serai.storage.journal;

import io.serai.storage.file.SeamFile;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The segments there are. Confined to the writer thread once it runs. */
final class Segments {
  /** As many as an index entry can tell apart. */
  static final int MAX = 1 << ReferenceTable.SLOT_BITS;

  private final List<@Nullable Segment> bySlot = new ArrayList<>();
  private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
  private final TreeMap<Long, Segment> byNumber = new TreeMap<>();

  Segment add(long number, Path path, SeamFile file, long bytes) {
    Integer free = freeSlots.poll();
    int slot = free == null ? bySlot.size() : free;
    if (slot >= MAX) {
      throw new IllegalStateException(
          "the journal has " + MAX + " segments; consume messages or raise storage.segment-bytes");
    }
    Segment segment = new Segment(number, slot, path, file, bytes);
    if (free == null) {
      bySlot.add(segment);
    } else {
      bySlot.set(slot, segment);
    }
    byNumber.put(number, segment);
    return segment;
  }

  void remove(Segment segment) {
    byNumber.remove(segment.number);
    bySlot.set(segment.slot, null);
    freeSlots.add(segment.slot);
  }

  Segment bySlot(int slot) {
    Segment segment = bySlot.get(slot);
    if (segment == null) {
      throw new IllegalStateException("the index points into a segment that is gone, slot " + slot);
    }
    return segment;
  }

  boolean exists(long number) {
    return byNumber.containsKey(number);
  }

  /** In the order they were written. */
  Collection<Segment> all() {
    return byNumber.values();
  }

  /** How much of what a segment kills could still be read at recovery. */
  long neededKills(Segment segment) {
    long needed = 0;
    for (var kill : segment.kills.entrySet()) {
      if (exists(kill.getKey())) {
        needed += kill.getValue();
      }
    }
    return needed;
  }
}
