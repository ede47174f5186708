package io.serai.storage.journal;

/** Packs references, settles and facts: numbers as differences, settles in runs. */
final class OpsEncoder {
  static final int REFERENCE = 1;
  static final int SETTLED = 2;
  static final int PUT = 3;
  static final int REMOVED = 4;

  /** At most this many bytes for an operation, what it carries apart. */
  static final int MAX_FIXED_BYTES = 48 + RefAttributes.MAX_FIXED_BYTES;

  private final ByteSink sink = new ByteSink(4096);
  private long owner;
  private long sequence;
  private long payloadId;

  private long runOwner;
  private long runFirst;
  private long runCount;
  private long runTarget;

  void reference(
      long owner, long sequence, long payloadId, long replaces, RefAttributes attributes) {
    endRun();
    sink.u8(REFERENCE);
    place(owner, sequence);
    sink.signed(payloadId - this.payloadId);
    this.payloadId = payloadId;
    sink.varint(replaces);
    attributes.encode(sink);
  }

  void settled(long owner, long first, long count, long target) {
    if (runCount > 0 && owner == runOwner && target == runTarget && first == runFirst + runCount) {
      runCount += count;
      return;
    }
    endRun();
    runOwner = owner;
    runFirst = first;
    runCount = count;
    runTarget = target;
  }

  void put(int kind, byte[] key, byte[] value, long replaces) {
    endRun();
    sink.u8(PUT);
    sink.u8(kind);
    sink.block(key);
    sink.block(value);
    sink.varint(replaces);
  }

  void removed(int kind, byte[] key, long target) {
    endRun();
    sink.u8(REMOVED);
    sink.u8(kind);
    sink.block(key);
    sink.varint(target);
  }

  private void endRun() {
    if (runCount > 0) {
      sink.u8(SETTLED);
      place(runOwner, runFirst);
      sink.varint(runCount);
      sink.varint(runTarget);
      sequence = runFirst + runCount - 1;
      runCount = 0;
    }
  }

  private void place(long owner, long sequence) {
    sink.signed(owner - this.owner);
    sink.signed(sequence - this.sequence);
    this.owner = owner;
    this.sequence = sequence;
  }

  /** Nearly the bytes so far: a run of settles may still be open. */
  int size() {
    return sink.size();
  }

  boolean isEmpty() {
    return sink.size() == 0 && runCount == 0;
  }

  /** What was packed; valid until {@link #clear}. */
  ByteSink finish() {
    endRun();
    return sink;
  }

  void clear() {
    sink.clear();
    owner = 0;
    sequence = 0;
    payloadId = 0;
    runCount = 0;
  }
}
