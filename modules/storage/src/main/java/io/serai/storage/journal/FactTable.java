package io.serai.storage.journal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** In which segment the value of each fact is. */
final class FactTable {
  /** What a fact is about. */
  record Key(int kind, byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.kind == kind && Arrays.equals(key.bytes, bytes);
    }

    @Override
    public int hashCode() {
      return kind * 31 + Arrays.hashCode(bytes);
    }
  }

  private final Map<Key, Integer> slots = new HashMap<>();

  /** The slot of the segment with the value, -1 when there is none. */
  int slot(Key key) {
    Integer slot = slots.get(key);
    return slot == null ? -1 : slot;
  }

  int put(Key key, int slot) {
    Integer before = slots.put(key, slot);
    return before == null ? -1 : before;
  }

  int remove(Key key) {
    Integer before = slots.remove(key);
    return before == null ? -1 : before;
  }

  int size() {
    return slots.size();
  }
}
