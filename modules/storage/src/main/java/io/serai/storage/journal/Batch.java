package io.serai.storage.journal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one loop said in one turn, in order. Filled by the loop, emptied by the writer. */
final class Batch {
  static final byte APPEND = 1;
  static final byte SETTLE = 2;
  static final byte OWNER_REMOVED = 3;
  static final byte PUT = 4;
  static final byte REMOVE = 5;
  static final byte UPDATE = 6;
  private static final int MAX_KEPT = 8192;

  final JournalHandle handle;
  int size;
  byte[] ops = new byte[16];
  long[] owners = new long[16];
  long[] sequences = new long[16];

  /** The payload of an append, the key of a fact. */
  @Nullable Object[] subjects = new Object[16];

  /** The attributes of a reference, the value of a fact. */
  @Nullable Object[] details = new Object[16];

  /** Bytes of bodies in it, to bound what is written at once. */
  long bodyBytes;

  /** What was appended last: for another owner it is not written again. */
  @Nullable StoredPayload lastPayload;

  /** Where facts are that {@link #join} took over. */
  private final Map<FactTable.Key, Integer> joinedFacts = new HashMap<>(0);

  boolean grows;

  /** Whether none of it goes ahead of the rest, but the removal of an owner. */
  boolean atomic;

  boolean settledEarly;
  long endPosition;

  Batch(JournalHandle handle) {
    this.handle = handle;
  }

  void add(byte op, long owner, long sequence, @Nullable Object subject, @Nullable Object detail) {
    if (size == ops.length) {
      int capacity = size * 2;
      ops = Arrays.copyOf(ops, capacity);
      owners = Arrays.copyOf(owners, capacity);
      sequences = Arrays.copyOf(sequences, capacity);
      subjects = Arrays.copyOf(subjects, capacity);
      details = Arrays.copyOf(details, capacity);
    }
    ops[size] = op;
    owners[size] = owner;
    sequences[size] = sequence;
    subjects[size] = subject;
    details[size] = detail;
    size++;
  }

  /** Whether it can be joined to an earlier batch of the loop while none of both is written. */
  boolean isJoinable() {
    return !atomic;
  }

  /**
   * Takes over what is left to do of the loop's next batch. Of facts that were taken over before
   * only the last value stays.
   */
  void join(Batch later) {
    for (int i = 0; i < later.size; i++) {
      if (later.ops[i] == PUT) {
        FactTable.Key key = later.key(i);
        Integer at = joinedFacts.get(key);
        if (at == null) {
          joinedFacts.put(key, size);
          add(PUT, later.owners[i], 0, later.subjects[i], later.details[i]);
        } else {
          details[at] = later.details[i];
        }
      } else if (later.ops[i] != 0) {
        if (later.ops[i] == REMOVE) {
          joinedFacts.remove(later.key(i)); // a later value comes behind this
        }
        add(later.ops[i], later.owners[i], later.sequences[i], later.subjects[i], later.details[i]);
      }
    }
    grows |= later.grows;
    endPosition = later.endPosition;
  }

  /** Ready for use again; false when it has become too large to keep. */
  boolean reset() {
    Arrays.fill(subjects, 0, size, null);
    Arrays.fill(details, 0, size, null);
    size = 0;
    bodyBytes = 0;
    lastPayload = null;
    grows = false;
    atomic = false;
    settledEarly = false;
    joinedFacts.clear();
    return ops.length <= MAX_KEPT;
  }

  StoredPayload payload(int index) {
    return (StoredPayload) present(subjects[index]);
  }

  RefAttributes attributes(int index) {
    return (RefAttributes) present(details[index]);
  }

  FactTable.Key key(int index) {
    return new FactTable.Key((int) owners[index], (byte[]) present(subjects[index]));
  }

  byte[] value(int index) {
    return (byte[]) present(details[index]);
  }

  private static Object present(@Nullable Object value) {
    if (value == null) {
      throw new IllegalStateException("an operation lacks what it is about");
    }
    return value;
  }
}
