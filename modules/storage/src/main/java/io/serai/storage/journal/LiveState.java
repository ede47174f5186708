package io.serai.storage.journal;

/**
 * What is live and where, and what each segment holds of it. Recovery fills it, the writer keeps
 * it. One thread at a time.
 */
final class LiveState {
  /** What an entry of an index takes where keys are dense, as those of deep queues are. */
  private static final long BYTES_PER_ENTRY = 8;

  final Segments segments = new Segments();
  final PayloadIndex payloads = new PayloadIndex();
  final ReferenceTable references = new ReferenceTable();
  final FactTable facts = new FactTable();

  /** The highest payload id that any readable record mentions. */
  long maxPayloadId;

  /** A segment lost something it held since the last look. */
  boolean freed;

  /** Heap bytes of the places of messages, about. Takes constant time. */
  long indexBytes() {
    return (payloads.size() + references.size()) * BYTES_PER_ENTRY;
  }

  /** Notes where a payload is; a later copy takes the place of an earlier one. */
  void payload(long id, Segment in, long offset) {
    maxPayloadId = Math.max(maxPayloadId, id);
    long before = payloads.add(id, in.slot, offset);
    if (before != 0) {
      segments.bySlot(PayloadIndex.slot(before)).livePayloads--;
    }
    in.livePayloads++;
  }

  /** Counts the payloads of each segment afresh. */
  void recountPayloads() {
    for (Segment segment : segments.all()) {
      segment.livePayloads = 0;
    }
    payloads.forEach((_, place) -> segments.bySlot(PayloadIndex.slot(place)).livePayloads++);
  }

  /** Whether a payload is live, and in this very place. */
  boolean isLiveAt(long id, Segment in, long offset) {
    long place = payloads.place(id);
    return place != 0
        && PayloadIndex.slot(place) == in.slot
        && PayloadIndex.offset(place) == offset;
  }

  /** Notes a payload that compaction copied. */
  void movedPayload(long id, Segment to, long offset) {
    segments.bySlot(PayloadIndex.slot(payloads.place(id))).livePayloads--;
    payloads.move(id, to.slot, offset);
    to.livePayloads++;
  }

  /** One reference to a payload less. */
  void release(long payloadId) {
    long place = payloads.release(payloadId);
    if (place != 0) {
      Segment segment = segments.bySlot(PayloadIndex.slot(place));
      segment.livePayloads--;
      freed = true;
    }
  }

  /** The segment of a live reference, 0 when it is not live. */
  long referenceSegment(long owner, long sequence) {
    long reference = references.get(owner, sequence);
    return reference == 0 ? 0 : segments.bySlot(ReferenceTable.slot(reference)).number;
  }

  /** Sets a reference; returns the one before, 0 for none. Payload counts are the caller's. */
  long reference(long owner, long sequence, long payloadId, Segment in, long replaces) {
    maxPayloadId = Math.max(maxPayloadId, payloadId);
    long before = references.put(owner, sequence, ReferenceTable.pack(payloadId, in.slot));
    if (before != 0) {
      segments.bySlot(ReferenceTable.slot(before)).liveReferences--;
      freed = true;
    }
    in.liveReferences++;
    in.kill(replaces);
    return before;
  }

  /** Forgets a reference; returns what it was, 0 for none. Payload counts are the caller's. */
  long settled(long owner, long sequence) {
    long before = references.remove(owner, sequence);
    if (before != 0) {
      segments.bySlot(ReferenceTable.slot(before)).liveReferences--;
      freed = true;
    }
    return before;
  }

  /** The segment of a fact's value, 0 when it has none. */
  long factSegment(FactTable.Key key) {
    int slot = facts.slot(key);
    return slot < 0 ? 0 : segments.bySlot(slot).number;
  }

  void fact(FactTable.Key key, Segment in, long replaces) {
    int before = facts.put(key, in.slot);
    if (before >= 0) {
      segments.bySlot(before).liveFacts--;
      freed = true;
    }
    in.liveFacts++;
    in.kill(replaces);
  }

  void removedFact(FactTable.Key key) {
    int before = facts.remove(key);
    if (before >= 0) {
      segments.bySlot(before).liveFacts--;
      freed = true;
    }
  }
}
