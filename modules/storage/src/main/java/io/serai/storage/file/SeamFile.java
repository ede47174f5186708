package io.serai.storage.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One open file. Safe for one writer and several readers at a time. */
public interface SeamFile extends Closeable {
  /** What a file that was opened {@link FileSystemSeam#openDirect directly} is best written in. */
  int BLOCK_BYTES = 4096;

  /** A buffer for whole blocks, off the heap, that begins where a block may. */
  static ByteBuffer blocks(int bytes) {
    return ByteBuffer.allocateDirect(wholeBlocks(bytes) + BLOCK_BYTES).alignedSlice(BLOCK_BYTES);
  }

  /** As many bytes, up to the end of a block. */
  static int wholeBlocks(int bytes) {
    return Math.addExact(bytes, BLOCK_BYTES - 1) & -BLOCK_BYTES;
  }

  /**
   * Writes some of what remains in the buffer.
   *
   * @return bytes written, possibly fewer than asked for
   * @throws DiskFullException when there is no space; nothing that was there before is lost
   */
  int write(ByteBuffer from, long at) throws IOException;

  /** Reads at most what fits the buffer; -1 at or behind the end. */
  int read(ByteBuffer into, long at) throws IOException;

  /**
   * The same file for what several are to read one after the other: the system may keep it in
   * memory for them. Not to be closed or written, and only while it has the name it was opened by.
   */
  default SeamFile shared() throws IOException {
    return this;
  }

  /**
   * Returns when what was written is on the device.
   *
   * @param metadata whether the length has to be as well
   */
  void force(boolean metadata) throws IOException;

  long size() throws IOException;

  /** Cuts the file at a length, or does nothing when it is shorter. */
  void truncate(long length) throws IOException;

  /** Writes all that remains in the buffer. */
  default void writeFully(ByteBuffer from, long at) throws IOException {
    long position = at;
    while (from.hasRemaining()) {
      position += write(from, position);
    }
  }

  /** Fills the buffer as far as the file goes; returns the bytes read. */
  default int readFully(ByteBuffer into, long at) throws IOException {
    int total = 0;
    while (into.hasRemaining()) {
      int read = read(into, at + total);
      if (read < 0) {
        break;
      }
      total += read;
    }
    return total;
  }
}
