package io.serai.storage.journal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was live when the journal was opened: the last value of every fact, and each owner's
 * references in order of sequence, packed to about 5 bytes each. It does not change while the
 * journal goes on. Payloads are read with {@link Journal#read}.
 */
public final class Recovered {
  /** Takes one fact. */
  @FunctionalInterface
  public interface FactVisitor {
    void fact(byte kind, byte[] key, byte[] value);
  }

  /** Takes one reference. */
  @FunctionalInterface
  public interface ReferenceVisitor {
    void reference(long sequence, long payloadId, RefAttributes attributes);
  }

  /** So many references that are not live any more are kept, and as many as there are live ones. */
  private static final long MOST_DEAD = 100_000;

  private final Map<FactTable.Key, byte[]> facts = new LinkedHashMap<>();
  private final TreeMap<Long, ReferenceLog> owners = new TreeMap<>();

  /** Used while recovery reads. */
  private final Map<Long, ReferenceLog> logs = new HashMap<>();

  Recovered() {}

  /**
   * Notes a reference.
   *
   * @param live those of its owner that no later operation has settled so far
   */
  void reference(
      long owner, long sequence, long payloadId, RefAttributes attributes, LongTable live) {
    ReferenceLog log = logs.computeIfAbsent(owner, _ -> new ReferenceLog());
    log.add(sequence, payloadId, attributes);
    if (log.count() > MOST_DEAD + 2 * live.size()) {
      log.settle(live);
    }
  }

  void fact(FactTable.Key key, byte[] value) {
    facts.put(key, value);
  }

  void removed(FactTable.Key key) {
    facts.remove(key);
  }

  /** Forgets what is not live after all. */
  void complete(LiveState live) {
    live.references
        .owners()
        .forEach((owner, table) -> {
          ReferenceLog log = logs.remove(owner);
          if (log == null) {
            throw new IllegalStateException("owner " + owner + " has references without a log");
          }
          log.settle(table);
          owners.put(owner, log);
        });
    logs.clear();
  }

  /** Every fact that has a value. */
  public void forEachFact(FactVisitor visitor) {
    facts.forEach((key, value) -> visitor.fact((byte) key.kind(), key.bytes(), value));
  }

  /** The owners with at least one reference, in ascending order. */
  public long[] owners() {
    return owners.keySet().stream().mapToLong(Long::longValue).toArray();
  }

  /** How many references an owner has. */
  public long references(long owner) {
    ReferenceLog log = owners.get(owner);
    return log == null ? 0 : log.count();
  }

  /** One owner's references in order of sequence. */
  public void forEachReference(long owner, ReferenceVisitor visitor) {
    ReferenceLog log = owners.get(owner);
    if (log != null) {
      log.forEach(visitor);
    }
  }

  /** As {@link #forEachReference} for the last time: memory is given back on the way. */
  public void drainReferences(long owner, ReferenceVisitor visitor) {
    ReferenceLog log = owners.get(owner);
    if (log != null) {
      log.drain(visitor);
      owners.remove(owner);
    }
  }

  /** Gives the memory of one owner's references back. */
  public void release(long owner) {
    owners.remove(owner);
  }
}
