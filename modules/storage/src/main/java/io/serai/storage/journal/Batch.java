package io.serai.storage.journal;

import java.util.Arrays;
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

  boolean grows;
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
