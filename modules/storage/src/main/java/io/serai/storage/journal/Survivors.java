package io.serai.storage.journal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which operations of a segment still say something: live references and facts, and notes that kill
 * what earlier segments hold. Copies them, a window at a time. Confined to the writer thread.
 */
final class Survivors {
  private record Place(long owner, long sequence) {}

  private final LiveState live;
  private final UnitWriter units;
  private final Segment victim;
  private final byte[] stream;

  /** Where each unit is in the footer's stream: offset, length, number of its first operation. */
  private final List<int[]> blocks = new ArrayList<>();

  /** The last of several references or facts under the same name, by number of operation. */
  private final Map<Object, Integer> lastOf = new HashMap<>();

  private int operations;
  private int done;
  private int block;

  Survivors(LiveState live, UnitWriter units, Segment victim, FooterData footer) {
    this.live = live;
    this.units = units;
    this.victim = victim;
    stream = footer.stream();
    footer.eachUnit((offset, length) -> {
      blocks.add(new int[] {offset, length, operations});
      OpsDecoder.decode(new ByteSource(stream, offset, length), new Counter());
    });
  }

  /**
   * Notes the next operations in the current unit, if there are any left.
   *
   * @param count how many to look at, at most
   * @return bytes of operations looked at, 0 at the end
   */
  boolean copy(int count) {
    int end = done + count;
    while (block < blocks.size()) {
      int[] at = blocks.get(block);
      OpsDecoder.decode(new ByteSource(stream, at[0], at[1]), new Copier(at[2], done, end));
      int next = block + 1 < blocks.size() ? blocks.get(block + 1)[2] : operations;
      if (next > end) {
        break;
      }
      block++;
    }
    done = Math.min(end, operations);
    return done < operations;
  }

  /** No more bytes than this are needed to copy the next operations. */
  long maxBytes(int count) {
    long[] bytes = {64};
    int end = done + count;
    for (int i = block; i < blocks.size() && blocks.get(i)[2] < end; i++) {
      int[] at = blocks.get(i);
      OpsDecoder.decode(
          new ByteSource(stream, at[0], at[1]),
          new Windowed(at[2], done, end) {
            @Override
            void operation(Runnable copy, int size) {
              bytes[0] += 2L * (2 * OpsEncoder.MAX_FIXED_BYTES + size);
            }
          });
    }
    return bytes[0] + RecordFormat.streamBytes(bytes[0]) - bytes[0];
  }

  /** Counts the operations and finds what is said more than once. */
  private final class Counter implements OpsVisitor {
    @Override
    public void reference(
        long owner, long sequence, long payloadId, long replaces, RefAttributes attributes) {
      if (replaces == victim.number) {
        lastOf.put(new Place(owner, sequence), operations);
      }
      operations++;
    }

    @Override
    public void settled(long owner, long first, long count, long target) {
      operations++;
    }

    @Override
    public void put(int kind, byte[] key, byte[] value, long replaces) {
      lastOf.put(new FactTable.Key(kind, key), operations);
      operations++;
    }

    @Override
    public void removed(int kind, byte[] key, long target) {
      operations++;
    }
  }

  /** Sees only the operations of a window that survive. */
  private abstract class Windowed implements OpsVisitor {
    private final int from;
    private final int to;
    private int number;

    Windowed(int number, int from, int to) {
      this.number = number;
      this.from = from;
      this.to = to;
    }

    /**
     * One that is to be copied.
     *
     * @param size bytes it carries beside numbers
     */
    abstract void operation(Runnable copy, int size);

    private boolean isInWindow() {
      int own = number++;
      return own >= from && own < to;
    }

    private boolean isLast(Object name) {
      Integer last = lastOf.get(name);
      return last == null || last < number; // number is already that of the next operation
    }

    private boolean isNeeded(long target) {
      return target != 0 && target != victim.number && live.segments.exists(target);
    }

    @Override
    public void reference(
        long owner, long sequence, long payloadId, long replaces, RefAttributes attributes) {
      if (!isInWindow()) {
        return;
      }
      if (isNeeded(replaces)) {
        operation(() -> units.copySettled(owner, sequence, 1, replaces), 0);
      }
      long reference = live.references.get(owner, sequence);
      if (reference != 0
          && ReferenceTable.slot(reference) == victim.slot
          && ReferenceTable.payloadId(reference) == payloadId
          && isLast(new Place(owner, sequence))) {
        operation(
            () -> units.copyReference(owner, sequence, payloadId, victim.number, attributes),
            attributes.opaque().length);
      }
    }

    @Override
    public void settled(long owner, long first, long count, long target) {
      if (isInWindow() && isNeeded(target)) {
        operation(() -> units.copySettled(owner, first, count, target), 0);
      }
    }

    @Override
    public void put(int kind, byte[] key, byte[] value, long replaces) {
      if (!isInWindow()) {
        return;
      }
      FactTable.Key name = new FactTable.Key(kind, key);
      if (isNeeded(replaces)) {
        operation(() -> units.copyRemoved(name, replaces), key.length);
      }
      if (live.facts.slot(name) == victim.slot && isLast(name)) {
        operation(() -> units.copyFact(name, value, victim.number), key.length + value.length);
      }
    }

    @Override
    public void removed(int kind, byte[] key, long target) {
      if (isInWindow() && isNeeded(target)) {
        operation(() -> units.copyRemoved(new FactTable.Key(kind, key), target), key.length);
      }
    }
  }

  private final class Copier extends Windowed {
    Copier(int number, int from, int to) {
      super(number, from, to);
    }

    @Override
    void operation(Runnable copy, int size) {
      copy.run();
    }
  }
}
