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
   * What survives of the next operations. The same again until it is {@link #copied}.
   *
   * @param count how many to look at, at most
   */
  Piece next(int count) {
    Piece piece = new Piece();
    piece.end = Math.min(done + count, operations);
    for (int i = block; i < blocks.size() && blocks.get(i)[2] < piece.end; i++) {
      int[] at = blocks.get(i);
      OpsDecoder.decode(
          new ByteSource(stream, at[0], at[1]), new Windowed(at[2], done, piece.end, piece));
    }
    return piece;
  }

  /**
   * Notes what survives in the current unit; goes on behind it.
   *
   * @return whether there are more operations
   */
  boolean copied(Piece piece) {
    piece.copies.forEach(Runnable::run);
    done = piece.end;
    while (block + 1 < blocks.size() && blocks.get(block + 1)[2] <= done) {
      block++;
    }
    return done < operations;
  }

  /** Some operations that follow each other: what of them is to be copied. */
  static final class Piece {
    private final List<Runnable> copies = new ArrayList<>();
    private int end;
    private long bytes = 64;

    /**
     * One that is to be copied.
     *
     * @param size bytes it carries beside numbers
     */
    private void add(Runnable copy, int size) {
      copies.add(copy);
      bytes += 2L * (2 * OpsEncoder.MAX_FIXED_BYTES + size);
    }

    /** No more bytes than this are needed to copy it. */
    long maxBytes() {
      return RecordFormat.streamBytes(bytes);
    }
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

  /** Finds the operations of a window that survive. */
  private final class Windowed implements OpsVisitor {
    private final int from;
    private final int to;
    private final Piece piece;
    private int number;

    Windowed(int number, int from, int to, Piece piece) {
      this.number = number;
      this.from = from;
      this.to = to;
      this.piece = piece;
    }

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
        piece.add(() -> units.copySettled(owner, sequence, 1, replaces), 0);
      }
      long reference = live.references.get(owner, sequence);
      if (reference != 0
          && ReferenceTable.slot(reference) == victim.slot
          && ReferenceTable.payloadId(reference) == payloadId
          && isLast(new Place(owner, sequence))) {
        piece.add(
            () -> units.copyReference(owner, sequence, payloadId, victim.number, attributes),
            attributes.opaque().length);
      }
    }

    @Override
    public void settled(long owner, long first, long count, long target) {
      if (isInWindow() && isNeeded(target)) {
        piece.add(() -> units.copySettled(owner, first, count, target), 0);
      }
    }

    @Override
    public void put(int kind, byte[] key, byte[] value, long replaces) {
      if (!isInWindow()) {
        return;
      }
      FactTable.Key name = new FactTable.Key(kind, key);
      if (isNeeded(replaces)) {
        piece.add(() -> units.copyRemoved(name, replaces), key.length);
      }
      if (live.facts.slot(name) == victim.slot && isLast(name)) {
        piece.add(() -> units.copyFact(name, value, victim.number), key.length + value.length);
      }
    }

    @Override
    public void removed(int kind, byte[] key, long target) {
      if (isInWindow() && isNeeded(target)) {
        piece.add(() -> units.copyRemoved(new FactTable.Key(kind, key), target), key.length);
      }
    }
  }
}
