package io.serai.node.store;

import io.serai.routing.store.FactKind;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredNotes.InStore;
import io.serai.storage.journal.Journal;
import io.serai.storage.journal.Recovered;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Messages of queues that a session was about to give to its client when the node ended, and that
 * are that client's or nobody's: the queue lets go of them, and the session's note has them. Read
 * once, before there are queues.
 */
final class ClaimedMessages {
  /** Notes written as one unit are about so large. */
  private static final long UNIT_BYTES = 4L << 20;

  private record Claim(byte[] key, byte[] value, InStore message) {}

  private final List<Claim> all = new ArrayList<>();

  /** Journal ids of those that are there. */
  private final Map<InStore, Long> ids = new HashMap<>();

  ClaimedMessages(Recovered recovered) {
    Set<Long> owners = new HashSet<>();
    recovered.forEachFact((kind, key, value) -> {
      InStore message =
          Byte.toUnsignedInt(kind) == FactKind.SESSION_NOTE.number()
              ? StoredNotes.claimed(value)
              : null;
      if (message != null) {
        all.add(new Claim(key, value, message));
        owners.add(message.owner());
      }
    });
    Set<InStore> wanted = new HashSet<>();
    all.forEach(claim -> wanted.add(claim.message));
    for (long owner : owners) {
      recovered.forEachReference(
          owner,
          (sequence, id, _) -> {
            InStore message = new InStore(owner, sequence);
            if (wanted.contains(message)) {
              ids.put(message, id);
            }
          });
    }
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * Has the notes have them in their queues' place, some at a time: there may be more of them than
   * fits a unit. What is not done when the start ends is left to the next one.
   *
   * @param disk the journal's
   */
  void move(Journal journal, WatchedDisk disk) {
    List<Claim> some = new ArrayList<>();
    long bytes = 0;
    for (Claim claim : all) {
      Long id = ids.get(claim.message);
      byte[] stored = id == null ? null : Leftovers.read(journal, new long[] {id}).getFirst();
      byte[] value = StoredNotes.withMessage(claim.value, stored);
      some.add(new Claim(claim.key, value, claim.message));
      bytes += value.length;
      if (bytes >= UNIT_BYTES) {
        write(some, journal, disk);
        some.clear();
        bytes = 0;
      }
    }
    write(some, journal, disk);
  }

  private static void write(List<Claim> moved, Journal journal, WatchedDisk disk) {
    if (!moved.isEmpty()) {
      disk.await(
          FirstWrite.write(
              journal,
              into -> {
                for (Claim claim : moved) {
                  into.put((byte) FactKind.SESSION_NOTE.number(), claim.key, claim.value);
                  into.settle(claim.message.owner(), claim.message.sequence());
                }
              }));
    }
  }
}
