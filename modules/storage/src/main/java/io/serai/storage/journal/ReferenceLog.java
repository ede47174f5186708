package io.serai.storage.journal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * References of one owner with their attributes, packed: about 8 bytes each. Written in whatever
 * order recovery meets them, then put in order of sequence once.
 */
final class ReferenceLog {
  private static final int PART_BITS = 20;
  private static final int PART_BYTES = 1 << PART_BITS;

  private List<ByteSink> parts = new ArrayList<>(1);
  private ByteSink part = new ByteSink(64);
  private long count;
  private long lastSequence = Long.MIN_VALUE;
  private boolean ascending = true;

  ReferenceLog() {
    parts.add(part);
  }

  long count() {
    return count;
  }

  void add(long sequence, long payloadId, RefAttributes attributes) {
    if (part.size() >= PART_BYTES) {
      part = new ByteSink(PART_BYTES + 64);
      parts.add(part);
    }
    ascending &= sequence > lastSequence;
    lastSequence = sequence;
    count++;
    part.signed(sequence);
    part.varint(payloadId);
    attributes.encode(part);
  }

  /** Visits all, in the order of {@link #add}. */
  void forEach(Recovered.ReferenceVisitor visitor) {
    for (ByteSink at : parts) {
      ByteSource from = new ByteSource(at.array(), 0, at.size());
      while (from.hasRemaining()) {
        visitor.reference(from.signed(), from.varint(), RefAttributes.decode(from));
      }
    }
  }

  /** Visits all, in the order of {@link #add}, and gives memory back on the way. */
  void drain(Recovered.ReferenceVisitor visitor) {
    for (int i = 0; i < parts.size(); i++) {
      ByteSink at = parts.set(i, part);
      ByteSource from = new ByteSource(at.array(), 0, at.size());
      while (from.hasRemaining()) {
        visitor.reference(from.signed(), from.varint(), RefAttributes.decode(from));
      }
    }
  }

  /** Keeps what is still live, the last word about each sequence, in order of sequence. */
  void settle(LongTable live) {
    if (ascending && count == live.size()) {
      return;
    }
    ReferenceLog kept = new ReferenceLog();
    if (ascending) {
      forEach((sequence, payloadId, attributes) -> {
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
    ascending = true;
  }

  private void sorted(LongTable live, ReferenceLog into) {
    LongTable places = new LongTable();
    for (int i = 0; i < parts.size(); i++) {
      ByteSink at = parts.get(i);
      ByteSource from = new ByteSource(at.array(), 0, at.size());
      while (from.hasRemaining()) {
        // A part may be longer than its nominal size by one entry with opaque bytes.
        long place = 1 + ((long) i << 32 | from.position());
        long sequence = from.signed();
        from.varint();
        RefAttributes.decode(from);
        if (live.get(sequence) != 0) {
          places.put(sequence, place);
        }
      }
    }
    places.forEach((sequence, place) -> {
      @Nullable ByteSink at = parts.get((int) ((place - 1) >>> 32));
      int position = (int) (place - 1);
      ByteSource from = new ByteSource(at.array(), position, at.size() - position);
      from.signed();
      into.add(sequence, from.varint(), RefAttributes.decode(from));
    });
  }
}
