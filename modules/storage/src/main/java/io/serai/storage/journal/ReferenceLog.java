package io.serai.storage.journal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * References of one owner with their attributes, packed: about 5 bytes each, because sequences and
 * payload ids are mostly one more than those before. Written in whatever order recovery meets them,
 * then put in order of sequence once.
 */
final class ReferenceLog {
  private static final int PART_BYTES = 1 << 20;

  /** A part ends with the reference that fills it; one with opaque bytes may take more. */
  private static final int OVERHANG_BYTES = 64;

  /** Takes one reference and where its attributes are in their part. */
  private interface PlaceVisitor {
    void reference(long sequence, long payloadId, ByteSource attributes);
  }

  /** Each can be read alone. */
  private List<@Nullable ByteSink> parts = new ArrayList<>(1);

  private ByteSink part = new ByteSink(64);
  private long count;
  private long lastSequence;
  private long lastPayloadId;
  private boolean ascending = true;

  ReferenceLog() {
    parts.add(part);
  }

  long count() {
    return count;
  }

  void add(long sequence, long payloadId, RefAttributes attributes) {
    ascending &= count == 0 || sequence > lastSequence;
    boolean isFirst = part.size() == 0;
    if (part.size() >= PART_BYTES) {
      part = new ByteSink(PART_BYTES + OVERHANG_BYTES);
      parts.add(part);
      isFirst = true;
    }
    part.signed(sequence - (isFirst ? 0 : lastSequence));
    part.signed(payloadId - (isFirst ? 0 : lastPayloadId));
    attributes.encode(part);
    lastSequence = sequence;
    lastPayloadId = payloadId;
    count++;
  }

  private static void visit(@Nullable ByteSink part, PlaceVisitor visitor) {
    if (part == null) {
      throw new IllegalStateException("references were drained before");
    }
    ByteSource from = new ByteSource(part.array(), 0, part.size());
    long sequence = 0;
    long payloadId = 0;
    while (from.hasRemaining()) {
      sequence += from.signed();
      payloadId += from.signed();
      visitor.reference(sequence, payloadId, from);
    }
  }

  /** Visits all, in the order of {@link #add}. */
  void forEach(Recovered.ReferenceVisitor visitor) {
    for (ByteSink at : parts) {
      visit(
          at, (sequence, id, from) -> visitor.reference(sequence, id, RefAttributes.decode(from)));
    }
  }

  /** Visits all, in the order of {@link #add}, and gives memory back on the way. */
  void drain(Recovered.ReferenceVisitor visitor) {
    for (int i = 0; i < parts.size(); i++) {
      visit(
          parts.set(i, null),
          (sequence, id, from) -> visitor.reference(sequence, id, RefAttributes.decode(from)));
    }
  }

  /** Keeps what is still live, the last word about each sequence, in order of sequence. */
  void settle(LongTable live) {
    if (ascending && count == live.size()) {
      return;
    }
    ReferenceLog kept = new ReferenceLog();
    if (ascending) {
      drain((sequence, payloadId, attributes) -> {
        if (live.get(sequence) != 0) {
          kept.add(sequence, payloadId, attributes);
        }
      });
    } else {
      sorted(live, kept);
    }
    parts = kept.parts;
    part = kept.part;
    count = kept.count;
    lastSequence = kept.lastSequence;
    lastPayloadId = kept.lastPayloadId;
    ascending = true;
  }

  private void sorted(LongTable live, ReferenceLog into) {
    LongTable places = new LongTable();
    for (int i = 0; i < parts.size(); i++) {
      // A part may be longer than its nominal size by one entry with opaque bytes.
      long base = 1 + ((long) i << 32);
      visit(
          parts.get(i),
          (sequence, _, from) -> {
            int position = from.position();
            RefAttributes.decode(from);
            if (live.get(sequence) != 0) {
              places.put(sequence, base + position);
            }
          });
    }
    places.forEach((sequence, place) -> {
      ByteSink at = parts.get((int) ((place - 1) >>> 32));
      int position = (int) (place - 1);
      if (at != null) {
        RefAttributes attributes =
            RefAttributes.decode(new ByteSource(at.array(), position, at.size() - position));
        into.add(sequence, ReferenceTable.payloadId(live.get(sequence)), attributes);
      }
    });
  }

  /** Bytes of heap it takes, roughly. */
  long heapBytes() {
    long bytes = 64;
    for (ByteSink at : parts) {
      bytes += at == null ? 0 : 40 + at.array().length;
    }
    return bytes;
  }
}
