package io.serai.storage.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns batches into records. All it writes for one call lands in one segment and is recovered
 * whole or not at all: payloads first, then one packed list of operations. Confined to the writer
 * thread.
 */
final class UnitWriter {
  private static final int MAX_REMOVED_AT_ONCE = 4096;

  /** Enough for a unit of one settle, with what it adds to the footer. */
  static final int SMALL_UNIT_BYTES = 512;

  private record Place(long owner, long sequence) {}

  private final LiveState live;
  private final SegmentOutput out;
  private final OpsEncoder ops = new OpsEncoder();
  private final Set<Place> skipped = new HashSet<>();
  private long nextPayloadId;

  UnitWriter(LiveState live, SegmentOutput out) {
    this.live = live;
    this.out = out;
    nextPayloadId = live.maxPayloadId + 1;
  }

  /** No more bytes than this are needed to write a batch. */
  static long maxBytes(Batch batch) {
    long bytes = 64;
    StoredPayload last = null;
    for (int i = 0; i < batch.size; i++) {
      long fixed = 2L * OpsEncoder.MAX_FIXED_BYTES;
      bytes +=
          switch (batch.ops[i]) {
            case Batch.APPEND -> {
              StoredPayload before = last;
              last = batch.payload(i);
              // A message to many owners comes in a row, and is written for the first of them.
              yield fixed
                  + 2L * batch.attributes(i).opaque().length
                  + (last == before ? 0 : bytes(last));
            }
            case Batch.UPDATE -> fixed + 2L * batch.attributes(i).opaque().length;
            case Batch.PUT ->
                fixed + 2L * (batch.key(i).bytes().length + (long) batch.value(i).length);
            case Batch.REMOVE -> fixed + 2L * batch.key(i).bytes().length;
            default -> fixed;
          };
    }
    return bytes + 2 * RecordFormat.streamBytes(bytes) - 2 * bytes;
  }

  private static long bytes(StoredPayload payload) {
    return 16 + RecordFormat.payloadBytes(payload.encodedSize());
  }

  /** Writes batches; there must be room for the sum of their {@link #maxBytes}. */
  void write(List<Batch> batches) throws IOException {
    findSkipped(batches);
    for (Batch batch : batches) {
      payloads(batch);
    }
    for (Batch batch : batches) {
      operations(batch);
    }
    endUnit();
    skipped.clear();
  }

  /** What is settled in the unit that appends it need not be written at all. */
  private void findSkipped(List<Batch> batches) {
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size; i++) {
        if (batch.ops[i] == Batch.SETTLE
            && live.references.get(batch.owners[i], batch.sequences[i]) == 0) {
          skipped.add(new Place(batch.owners[i], batch.sequences[i]));
        }
      }
    }
  }

  private void payloads(Batch batch) throws IOException {
    for (int i = 0; i < batch.size; i++) {
      if (batch.ops[i] != Batch.APPEND) {
        continue;
      }
      if (!skipped.isEmpty() && skipped.contains(new Place(batch.owners[i], batch.sequences[i]))) {
        batch.ops[i] = 0;
        continue;
      }
      StoredPayload payload = batch.payload(i);
      // Counted here already, so that a settle of the same unit does not forget it in between.
      if (payload.journalId() == 0 || !live.payloads.retain(payload.journalId())) {
        long id = nextPayloadId++;
        live.payload(id, out.current(), out.payload(id, payload));
        payload.journalId(id);
        live.payloads.retain(id);
      }
    }
  }

  private void operations(Batch batch) {
    for (int i = 0; i < batch.size; i++) {
      long owner = batch.owners[i];
      long sequence = batch.sequences[i];
      switch (batch.ops[i]) {
        case Batch.APPEND ->
            reference(owner, sequence, batch.payload(i).journalId(), batch.attributes(i));
        case Batch.UPDATE -> update(owner, sequence, batch.attributes(i));
        case Batch.SETTLE -> settle(owner, sequence);
        case Batch.PUT -> put(batch.key(i), batch.value(i));
        case Batch.REMOVE -> remove(batch.key(i));
        default -> {} // skipped, or an owner's removal, which has units of its own
      }
    }
  }

  private void reference(long owner, long sequence, long payloadId, RefAttributes attributes) {
    long replaces = live.referenceSegment(owner, sequence);
    ops.reference(owner, sequence, payloadId, replaces, attributes);
    long before = live.reference(owner, sequence, payloadId, out.current(), replaces);
    if (before != 0) {
      live.release(ReferenceTable.payloadId(before));
    }
  }

  private void update(long owner, long sequence, RefAttributes attributes) {
    long reference = live.references.get(owner, sequence);
    if (reference != 0) {
      long payloadId = ReferenceTable.payloadId(reference);
      long replaces = live.segments.bySlot(ReferenceTable.slot(reference)).number;
      ops.reference(owner, sequence, payloadId, replaces, attributes);
      live.reference(owner, sequence, payloadId, out.current(), replaces);
    }
  }

  /** Whether it was live. */
  private boolean settle(long owner, long sequence) {
    long before = live.settled(owner, sequence);
    if (before == 0) {
      return false;
    }
    settled(owner, sequence, live.segments.bySlot(ReferenceTable.slot(before)).number);
    live.release(ReferenceTable.payloadId(before));
    return true;
  }

  private void put(FactTable.Key key, byte[] value) {
    long replaces = live.factSegment(key);
    ops.put(key.kind(), key.bytes(), value, replaces);
    live.fact(key, out.current(), replaces);
  }

  private void remove(FactTable.Key key) {
    long target = live.factSegment(key);
    if (target != 0) {
      ops.removed(key.kind(), key.bytes(), target);
      out.current().kill(target);
      live.removedFact(key);
    }
  }

  /** Writes that references in a segment are gone, live or not. */
  void settled(long owner, long sequence, long target) {
    ops.settled(owner, sequence, 1, target);
    out.current().kill(target);
  }

  /** Whether a batch settles something that is live now, which can go ahead of what waits. */
  static boolean hasEarly(Batch batch) {
    for (int i = 0; i < batch.size; i++) {
      if (batch.ops[i] == Batch.OWNER_REMOVED || (!batch.atomic && batch.ops[i] == Batch.SETTLE)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes settles of a batch that has to wait, as far as they are about what is live and fit.
   *
   * @param room at least {@link #SMALL_UNIT_BYTES}
   * @return false when there was not room for all
   */
  boolean writeEarly(Batch batch, long room) throws IOException {
    boolean wroteAll = true;
    for (int i = 0; i < batch.size && wroteAll && !batch.atomic; i++) {
      if (batch.ops[i] == Batch.SETTLE) {
        wroteAll = fits(room);
        if (wroteAll && settle(batch.owners[i], batch.sequences[i])) {
          batch.ops[i] = 0; // what it is about is not to come: nothing of this is left to do
        }
      }
    }
    endUnit();
    return wroteAll;
  }

  /**
   * Writes a part of an owner's removal.
   *
   * @param room at least {@link #SMALL_UNIT_BYTES}
   */
  void removeOwner(long owner, long room) throws IOException {
    LongTable table = live.references.table(owner);
    if (table == null) {
      return;
    }
    long[] sequences = new long[(int) Math.min(MAX_REMOVED_AT_ONCE, table.size())];
    table.firstKeys(sequences);
    for (int i = 0; i < sequences.length && fits(room); i++) {
      settle(owner, sequences[i]);
    }
    endUnit();
  }

  /** Whether one more settle does, in the unit and again in the footer. */
  private boolean fits(long room) {
    return 2L * (ops.size() + OpsEncoder.MAX_FIXED_BYTES) + 128 <= room;
  }

  // What compaction writes: copies in the current segment of what lives in another.

  /** Copies a payload that is live elsewhere. */
  void copyPayload(long id, ByteBuffer content) throws IOException {
    live.movedPayload(id, out.current(), out.payload(id, content));
  }

  /** Copies a live reference. */
  void copyReference(
      long owner, long sequence, long payloadId, long from, RefAttributes attributes) {
    ops.reference(owner, sequence, payloadId, from, attributes);
    live.reference(owner, sequence, payloadId, out.current(), from);
  }

  /** Copies a live fact. */
  void copyFact(FactTable.Key key, byte[] value, long from) {
    ops.put(key.kind(), key.bytes(), value, from);
    live.fact(key, out.current(), from);
  }

  /** Copies the note that references are gone. */
  void copySettled(long owner, long first, long count, long target) {
    ops.settled(owner, first, count, target);
    out.current().kill(target);
  }

  /** Copies the note that a fact is gone. */
  void copyRemoved(FactTable.Key key, long target) {
    ops.removed(key.kind(), key.bytes(), target);
    out.current().kill(target);
  }

  /** Bytes of operations noted since the last {@link #endUnit}. */
  int pendingBytes() {
    return ops.size();
  }

  /** Completes what was noted and gives it to the file. */
  void endUnit() throws IOException {
    if (!ops.isEmpty()) {
      out.ops(ops.finish());
    }
    ops.clear();
    out.write();
  }
}
