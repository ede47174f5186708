package io.serai.gateway.mqtt;

import io.serai.bus.Delivery;
import io.serai.gateway.mqtt.SessionState.Unfinished;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way to the client by packet id, and the packet ids free for more. Ids are taken
 * in turn from 1 to 65535; one whose place is taken is passed over, so that looking up an id is one
 * array access. Holds at most what the receive maximum lets out and what an earlier connection
 * left.
 */
final class InflightTable {
  static final int MAX_PACKET_ID = 65_535;
  private static final int FIRST_SLOTS = 8;
  private static final int MAX_SLOTS = MAX_PACKET_ID + 1;

  private @Nullable Inflight @Nullable [] slots;
  private int lastId;
  private int size;

  /** The next packet id is the one after this. */
  void startAfter(int packetId) {
    lastId = packetId;
  }

  /** Takes a packet id for a message. */
  Inflight add(int qos, long sequence) {
    @Nullable Inflight[] table = roomy();
    int id = lastId;
    do {
      id = id == MAX_PACKET_ID ? 1 : id + 1;
    } while (table[id & table.length - 1] != null);
    lastId = id;
    Inflight entry = new Inflight(id, qos, sequence);
    table[id & table.length - 1] = entry;
    size++;
    return entry;
  }

  /** A table with at least half of its places free, unless every id is in use. */
  private @Nullable Inflight[] roomy() {
    @Nullable Inflight[] table = slots;
    if (table == null) {
      table = new Inflight[FIRST_SLOTS];
      slots = table;
    }
    if (size * 2 >= table.length && table.length < MAX_SLOTS) {
      table = grown(table);
    }
    if (size >= MAX_PACKET_ID) {
      throw new IllegalStateException("no packet id is free");
    }
    return table;
  }

  private @Nullable Inflight[] grown(@Nullable Inflight[] table) {
    @Nullable Inflight[] bigger = new Inflight[table.length * 2];
    for (Inflight entry : table) {
      if (entry != null) {
        bigger[entry.packetId & bigger.length - 1] = entry; // distinct before, so distinct now
      }
    }
    slots = bigger;
    return bigger;
  }

  /** Adds a message of an earlier connection under the id it had. */
  void restore(Inflight entry) {
    @Nullable Inflight[] table = roomy();
    while (table[entry.packetId & table.length - 1] != null) {
      if (table.length == MAX_SLOTS) {
        throw new IllegalStateException("packet id " + entry.packetId + " twice");
      }
      table = grown(table);
    }
    table[entry.packetId & table.length - 1] = entry;
    lastId = Math.max(lastId, entry.packetId);
    size++;
  }

  @Nullable Inflight find(int packetId) {
    @Nullable Inflight[] table = slots;
    Inflight entry = table == null ? null : table[packetId & table.length - 1];
    return entry == null || entry.packetId != packetId ? null : entry;
  }

  void remove(Inflight entry) {
    @Nullable Inflight[] table = slots;
    int slot = table == null ? 0 : entry.packetId & table.length - 1;
    if (table != null && table[slot] == entry) {
      table[slot] = null;
      size--;
    }
  }

  int size() {
    return size;
  }

  /** Every message, in no particular order. */
  List<Inflight> all() {
    List<Inflight> entries = new ArrayList<>(size);
    @Nullable Inflight[] table = slots;
    if (table != null) {
      for (Inflight entry : table) {
        if (entry != null) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  /** Released messages as their PUBRECs came, then the others as they were sent. */
  List<Inflight> inOrder() {
    List<Inflight> all = all();
    all.sort(
        Comparator.comparingLong((Inflight entry) -> entry.releaseOrder)
            .thenComparingLong(entry -> Delivery.turn(entry.sequence)));
    return all;
  }

  /** What a later connection has to go on with. */
  List<Unfinished> unfinished() {
    return inOrder().stream()
        .filter(e -> !e.isOver && (e.isReleased() || e.ofGroup == null || e.qos == 2))
        .map(e ->
            new Unfinished(
                e.packetId, e.sequence, e.qos, e.isReleased(), e.isReleased() ? null : e.ofGroup))
        .toList();
  }
}
