package io.serai.storage.fault;

import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.TreeMap;

/**
 * A file whose unsynced pages are in memory only, above the real one that has what was synced. Its
 * owner's lock guards it.
 */
final class UnsyncedFile {
  static final int PAGE_BYTES = 4096;
  private static final int SECTOR_BYTES = 512;

  private final SeamFile real;
  private final TreeMap<Long, byte[]> dirty = new TreeMap<>();
  private long size;

  /** How long it would be found after a power cut. */
  private long safeSize;

  UnsyncedFile(SeamFile real) throws IOException {
    this.real = real;
    size = real.size();
    safeSize = size;
  }

  long size() {
    return size;
  }

  /** Bytes it takes on the simulated disk. */
  long diskBytes() {
    return Math.max(size, safeSize);
  }

  void write(ByteBuffer from, long at, int length) throws IOException {
    int done = 0;
    while (done < length) {
      long offset = at + done;
      byte[] page = page(offset / PAGE_BYTES);
      int start = (int) (offset % PAGE_BYTES);
      int piece = Math.min(PAGE_BYTES - start, length - done);
      from.get(page, start, piece);
      done += piece;
    }
    size = Math.max(size, at + length);
  }

  private byte[] page(long number) throws IOException {
    byte[] page = dirty.get(number);
    if (page == null) {
      page = new byte[PAGE_BYTES];
      long limit = Math.min(safeSize, size) - number * PAGE_BYTES;
      if (limit > 0) {
        real.readFully(
            ByteBuffer.wrap(page, 0, (int) Math.min(PAGE_BYTES, limit)), number * PAGE_BYTES);
      }
      dirty.put(number, page);
    }
    return page;
  }

  int read(ByteBuffer into, long at) throws IOException {
    if (at >= size) {
      return -1;
    }
    int wanted = (int) Math.min(into.remaining(), size - at);
    int done = 0;
    while (done < wanted) {
      long offset = at + done;
      byte[] page = dirty.get(offset / PAGE_BYTES);
      int piece;
      if (page != null) {
        int start = (int) (offset % PAGE_BYTES);
        piece = Math.min(PAGE_BYTES - start, wanted - done);
        into.put(page, start, piece);
      } else {
        piece = clean(into, offset, wanted - done);
      }
      done += piece;
    }
    return wanted;
  }

  /** Reads up to the next dirty page from the real file; zeros where it has nothing. */
  private int clean(ByteBuffer into, long offset, int wanted) throws IOException {
    Long next = dirty.higherKey(offset / PAGE_BYTES);
    int piece = (int) Math.min(wanted, next == null ? wanted : next * PAGE_BYTES - offset);
    int limit = into.limit();
    into.limit(into.position() + piece);
    if (offset < safeSize) {
      real.readFully(into, offset);
    }
    while (into.hasRemaining()) {
      into.put((byte) 0);
    }
    into.limit(limit);
    return piece;
  }

  void truncate(long length) {
    if (length >= size) {
      return;
    }
    size = length;
    dirty.tailMap((length + PAGE_BYTES - 1) / PAGE_BYTES, true).clear();
    byte[] last = dirty.get(length / PAGE_BYTES);
    if (last != null) {
      Arrays.fill(last, (int) (length % PAGE_BYTES), PAGE_BYTES, (byte) 0);
    }
  }

  /** All of it becomes safe; a cut only with its metadata. */
  void force(boolean metadata) throws IOException {
    for (var page : dirty.entrySet()) {
      long at = page.getKey() * PAGE_BYTES;
      int length = (int) Math.min(PAGE_BYTES, size - at);
      if (length > 0) {
        real.writeFully(ByteBuffer.wrap(page.getValue(), 0, length), at);
      }
    }
    dirty.clear();
    if (size > safeSize || metadata) {
      real.truncate(size);
      safeSize = size;
    }
  }

  /** Power fails: of what was not synced any sector may have made it, or not. */
  void powerCut(Faults faults) throws IOException {
    double kept = faults.below(3) / 2.0; // nothing, some, or all
    boolean cut = faults.chance(0.5);
    for (var page : dirty.entrySet()) {
      for (int sector = 0; sector < PAGE_BYTES; sector += SECTOR_BYTES) {
        long at = page.getKey() * PAGE_BYTES + sector;
        int length = (int) Math.min(SECTOR_BYTES, size - at);
        if (length > 0 && faults.chance(kept)) {
          real.writeFully(ByteBuffer.wrap(page.getValue(), sector, length), at);
        }
      }
    }
    if (cut && size < safeSize) {
      real.truncate(size);
    }
    dirty.clear();
  }

  void close() throws IOException {
    real.close();
  }
}
