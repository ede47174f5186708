package io.serai.storage.journal;

/** Does again what the operations of one segment did, for recovery. */
final class Replay implements OpsVisitor {
  private final LiveState live;
  private final Recovered recovered;
  private final Segment segment;

  Replay(LiveState live, Recovered recovered, Segment segment) {
    this.live = live;
    this.recovered = recovered;
    this.segment = segment;
  }

  @Override
  public void reference(
      long owner, long sequence, long payloadId, long replaces, RefAttributes attributes) {
    live.reference(owner, sequence, payloadId, segment, replaces);
    LongTable ofOwner = live.references.table(owner);
    if (ofOwner == null) {
      throw new IllegalStateException("owner " + owner + " has lost what it was just given");
    }
    recovered.reference(owner, sequence, payloadId, attributes, ofOwner);
  }

  @Override
  public void settled(long owner, long first, long count, long target) {
    if (target != segment.number) {
      segment.kills.merge(target, count, Long::sum);
    }
    for (long sequence = first; sequence < first + count; sequence++) {
      long in = live.referenceSegment(owner, sequence);
      if (in != 0 && in <= target) {
        live.settled(owner, sequence);
      }
    }
  }

  @Override
  public void put(int kind, byte[] key, byte[] value, long replaces) {
    FactTable.Key fact = new FactTable.Key(kind, key);
    live.fact(fact, segment, replaces);
    recovered.fact(fact, value);
  }

  @Override
  public void removed(int kind, byte[] key, long target) {
    segment.kill(target);
    FactTable.Key fact = new FactTable.Key(kind, key);
    long in = live.factSegment(fact);
    if (in != 0 && in <= target) {
      live.removedFact(fact);
      recovered.removed(fact);
    }
  }
}
