package io.serai.storage.journal;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map from long to a long that is not 0, for keys that come mostly in order: 8 bytes per
 * entry where keys are dense, up to about 40 where they are thin. One thread at a time.
 *
 * <p>Keys are cut into runs of 1024. A run with many entries is an array of values; one with few
 * has its keys beside them.
 */
final class LongTable {
  private static final int RUN_BITS = 10;
  private static final int RUN = 1 << RUN_BITS;
  private static final int DENSE_ABOVE = 256;
  private static final int THIN_BELOW = 96;
  private static final int SMALLEST = 4;

  /** Takes one entry. */
  interface Visitor {
    void entry(long key, long value);
  }

  private static final class Chunk {
    int live;
    short @Nullable [] keys = new short[SMALLEST];
    long[] values = new long[SMALLEST];
  }

  private long[] runs = new long[2];
  private @Nullable Chunk[] chunks = new Chunk[2];
  private int from;
  private int to;
  private int lastRead;
  private long size;

  long size() {
    return size;
  }

  /** The value of a key, 0 when it has none. */
  long get(long key) {
    int at = find(key >> RUN_BITS);
    if (at < 0) {
      return 0;
    }
    Chunk chunk = chunk(at);
    int slot = (int) (key & (RUN - 1));
    short[] keys = chunk.keys;
    if (keys == null) {
      return chunk.values[slot];
    }
    int index = Arrays.binarySearch(keys, 0, chunk.live, (short) slot);
    return index < 0 ? 0 : chunk.values[index];
  }

  /** Sets a value other than 0; returns the one before, 0 for none. */
  long put(long key, long value) {
    long run = key >> RUN_BITS;
    int at = find(run);
    if (at < 0) {
      at = insertRun(run, -at - 1);
    }
    long before = put(chunk(at), (int) (key & (RUN - 1)), value);
    if (before == 0) {
      size++;
    }
    return before;
  }

  private static long put(Chunk chunk, int slot, long value) {
    short[] keys = chunk.keys;
    if (keys == null) {
      long before = chunk.values[slot];
      chunk.values[slot] = value;
      chunk.live += before == 0 ? 1 : 0;
      return before;
    }
    int live = chunk.live;
    int index =
        live == 0 || keys[live - 1] < slot
            ? -live - 1
            : Arrays.binarySearch(keys, 0, live, (short) slot);
    if (index >= 0) {
      long before = chunk.values[index];
      chunk.values[index] = value;
      return before;
    }
    if (live == DENSE_ABOVE) {
      makeDense(chunk);
      return put(chunk, slot, value);
    }
    int place = -index - 1;
    if (live == keys.length) {
      keys = Arrays.copyOf(keys, live * 2);
      chunk.keys = keys;
      chunk.values = Arrays.copyOf(chunk.values, live * 2);
    }
    System.arraycopy(keys, place, keys, place + 1, live - place);
    System.arraycopy(chunk.values, place, chunk.values, place + 1, live - place);
    keys[place] = (short) slot;
    chunk.values[place] = value;
    chunk.live++;
    return 0;
  }

  /** Forgets a key; returns its value, 0 when it had none. */
  long remove(long key) {
    int at = find(key >> RUN_BITS);
    if (at < 0) {
      return 0;
    }
    Chunk chunk = chunk(at);
    int slot = (int) (key & (RUN - 1));
    short[] keys = chunk.keys;
    long before;
    if (keys == null) {
      before = chunk.values[slot];
      chunk.values[slot] = 0;
    } else {
      int index = Arrays.binarySearch(keys, 0, chunk.live, (short) slot);
      if (index < 0) {
        return 0;
      }
      before = chunk.values[index];
      System.arraycopy(keys, index + 1, keys, index, chunk.live - index - 1);
      System.arraycopy(chunk.values, index + 1, chunk.values, index, chunk.live - index - 1);
    }
    if (before != 0) {
      size--;
      chunk.live--;
      shrink(at, chunk);
    }
    return before;
  }

  private void shrink(int at, Chunk chunk) {
    if (chunk.live == 0) {
      removeRun(at);
    } else if (chunk.keys == null) {
      if (chunk.live < THIN_BELOW) {
        makeThin(chunk);
      }
    } else if (chunk.live * 4 <= chunk.values.length && chunk.values.length > SMALLEST) {
      chunk.keys = Arrays.copyOf(chunk.keys, chunk.values.length / 2);
      chunk.values = Arrays.copyOf(chunk.values, chunk.values.length / 2);
    }
  }

  /** Every entry in the order of keys; the table must not change meanwhile. */
  void forEach(Visitor visitor) {
    for (int at = from; at < to; at++) {
      Chunk chunk = chunk(at);
      long base = runs[at] << RUN_BITS;
      short[] keys = chunk.keys;
      if (keys == null) {
        for (int slot = 0; slot < RUN; slot++) {
          if (chunk.values[slot] != 0) {
            visitor.entry(base + slot, chunk.values[slot]);
          }
        }
      } else {
        for (int i = 0; i < chunk.live; i++) {
          visitor.entry(base + keys[i], chunk.values[i]);
        }
      }
    }
  }

  /** Fills an array with the lowest keys; there must be as many. */
  void firstKeys(long[] into) {
    int filled = 0;
    for (int at = from; at < to && filled < into.length; at++) {
      Chunk chunk = chunk(at);
      long base = runs[at] << RUN_BITS;
      short[] keys = chunk.keys;
      int entries = keys == null ? RUN : chunk.live;
      for (int i = 0; i < entries && filled < into.length; i++) {
        if (chunk.values[i] != 0) {
          into[filled++] = base + (keys == null ? i : keys[i]);
        }
      }
    }
  }

  /** Keeps only the entries a test accepts, which may be asked twice about one. */
  void retainAll(Filter filter) {
    int kept = from;
    for (int at = from; at < to; at++) {
      Chunk chunk = retained(chunk(at), runs[at] << RUN_BITS, filter);
      if (chunk.live > 0) {
        runs[kept] = runs[at];
        chunks[kept++] = chunk;
      }
    }
    Arrays.fill(chunks, kept, to, null);
    to = kept;
    lastRead = from;
  }

  /**
   * A run with what a filter keeps of it; the same where that is all, so that nothing is copied.
   */
  private Chunk retained(Chunk old, long base, Filter filter) {
    short[] keys = old.keys;
    int entries = keys == null ? RUN : old.live;
    int count = 0;
    for (int i = 0; i < entries; i++) {
      int slot = keys == null ? i : keys[i];
      count += old.values[i] != 0 && filter.keeps(base + slot, old.values[i]) ? 1 : 0;
    }
    if (count == old.live) {
      return old;
    }
    Chunk chunk = new Chunk();
    for (int i = 0; i < entries; i++) {
      int slot = keys == null ? i : keys[i];
      if (old.values[i] != 0 && filter.keeps(base + slot, old.values[i])) {
        put(chunk, slot, old.values[i]);
      }
    }
    size -= old.live - chunk.live;
    return chunk;
  }

  /** Says what stays. */
  interface Filter {
    boolean keeps(long key, long value);
  }

  /** Bytes of heap it takes, roughly. */
  long heapBytes() {
    long bytes = 64 + runs.length * 12L;
    for (int at = from; at < to; at++) {
      Chunk chunk = chunk(at);
      bytes += 40 + 16 + chunk.values.length * 8L;
      bytes += chunk.keys == null ? 0 : 16 + chunk.keys.length * 2L;
    }
    return bytes;
  }

  private static void makeDense(Chunk chunk) {
    short[] keys = chunk.keys;
    if (keys == null) {
      return;
    }
    long[] values = new long[RUN];
    for (int i = 0; i < chunk.live; i++) {
      values[keys[i]] = chunk.values[i];
    }
    chunk.keys = null;
    chunk.values = values;
  }

  private static void makeThin(Chunk chunk) {
    short[] keys = new short[THIN_BELOW];
    long[] values = new long[THIN_BELOW];
    int live = 0;
    for (int slot = 0; slot < RUN; slot++) {
      if (chunk.values[slot] != 0) {
        keys[live] = (short) slot;
        values[live++] = chunk.values[slot];
      }
    }
    chunk.keys = keys;
    chunk.values = values;
  }

  private Chunk chunk(int at) {
    Chunk chunk = chunks[at];
    if (chunk == null) {
      throw new IllegalStateException("no run at " + at);
    }
    return chunk;
  }

  /** Where a run is, or -(where it would be) - 1. */
  private int find(long run) {
    if (lastRead >= from && lastRead < to && runs[lastRead] == run) {
      return lastRead;
    }
    if (from == to || runs[to - 1] < run) {
      return -to - 1;
    }
    int at = runs[to - 1] == run ? to - 1 : Arrays.binarySearch(runs, from, to, run);
    if (at >= 0) {
      lastRead = at;
    }
    return at;
  }

  private int insertRun(long run, int place) {
    int at = place;
    if (to == runs.length) {
      int live = to - from;
      int capacity = live * 2 > runs.length ? runs.length * 2 : runs.length;
      long[] newRuns = new long[capacity];
      Chunk[] newChunks = new Chunk[capacity];
      System.arraycopy(runs, from, newRuns, 0, live);
      System.arraycopy(chunks, from, newChunks, 0, live);
      runs = newRuns;
      chunks = newChunks;
      at -= from;
      from = 0;
      to = live;
    }
    System.arraycopy(runs, at, runs, at + 1, to - at);
    System.arraycopy(chunks, at, chunks, at + 1, to - at);
    runs[at] = run;
    chunks[at] = new Chunk();
    to++;
    lastRead = at;
    return at;
  }

  private void removeRun(int at) {
    if (at == from) {
      chunks[from++] = null;
    } else {
      System.arraycopy(runs, at + 1, runs, at, to - at - 1);
      System.arraycopy(chunks, at + 1, chunks, at, to - at - 1);
      chunks[--to] = null;
    }
    if (from == to) {
      from = 0;
      to = 0;
    }
    if (to - from <= 1 && runs.length > 64) {
      long[] newRuns = new long[2];
      Chunk[] newChunks = new Chunk[2];
      System.arraycopy(runs, from, newRuns, 0, to - from);
      System.arraycopy(chunks, from, newChunks, 0, to - from);
      runs = newRuns;
      chunks = newChunks;
      to -= from;
      from = 0;
    }
    lastRead = from;
  }
}
