package io.serai.storage.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a journal holds.
 *
 * @param owners live references by owner
 * @param indexHeapBytes heap taken to know where everything is, roughly
 */
public record JournalStats(
    List<SegmentStats> segments,
    Map<Long, Long> owners,
    long references,
    long payloads,
    long facts,
    long indexHeapBytes,
    boolean full) {

  /** One file. The counts are of what is live; its live bytes are an estimate. */
  public record SegmentStats(
      String file,
      long bytes,
      boolean sealed,
      long payloads,
      long references,
      long facts,
      long liveBytes) {}

  static JournalStats of(LiveState live, boolean full) {
    List<SegmentStats> segments = new ArrayList<>();
    for (Segment segment : live.segments.all()) {
      segments.add(
          new SegmentStats(
              String.valueOf(segment.path.getFileName()),
              segment.bytes,
              segment.sealed,
              segment.livePayloads,
              segment.liveReferences,
              segment.liveFacts,
              segment.liveBytes(live.segments.neededKills(segment))));
    }
    Map<Long, Long> owners = new TreeMap<>();
    live.references.owners().forEach((owner, table) -> owners.put(owner, table.size()));
    return new JournalStats(
        List.copyOf(segments),
        owners,
        live.references.size(),
        live.payloads.size(),
        live.facts.size(),
        live.payloads.heapBytes() + live.references.heapBytes(),
        full);
  }

  /** Bytes of all segments. */
  public long diskBytes() {
    return segments.stream().mapToLong(SegmentStats::bytes).sum();
  }
}
