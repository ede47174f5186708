package io.serai.node.store;

import io.serai.routing.store.FactKind;
import io.serai.routing.store.StoredNotes;
import io.serai.routing.store.StoredNotes.Holder;
import io.serai.storage.journal.JournalHandle;
import io.serai.storage.journal.Recovered;
import java.util.ArrayList;
import java.util.List;

/**
 * Publishes that may come again, and that a stream was to have at an offset: whether it has is
 * found out once, before another message can get that offset.
 */
final class UnsureHolders {
  private record Sure(byte[] key, List<Holder> holders) {}

  private final List<Sure> all = new ArrayList<>();

  UnsureHolders(Recovered recovered, DiskStreams streams) {
    recovered.forEachFact((kind, key, value) -> {
      if (Byte.toUnsignedInt(kind) == FactKind.PUBLISHED_ONCE.number()) {
        List<Holder> noted = StoredNotes.holders(value);
        if (noted.stream().anyMatch(holder -> holder.offset() != Holder.NO_OFFSET)) {
          all.add(new Sure(key, sure(noted, streams)));
        }
      }
    });
  }

  private static List<Holder> sure(List<Holder> noted, DiskStreams streams) {
    return noted.stream()
        .filter(holder -> holder.offset() < streams.nextOffset(holder.owner()))
        .map(holder -> Holder.of(holder.owner()))
        .toList();
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Notes those that have the message. */
  void write(JournalHandle into) {
    byte kind = (byte) FactKind.PUBLISHED_ONCE.number();
    for (Sure one : all) {
      if (one.holders.isEmpty()) {
        into.remove(kind, one.key);
      } else {
        into.put(kind, one.key, StoredNotes.value(one.holders));
      }
    }
  }
}
