package io.serai.storage.file;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that the system keeps no copy of in memory: what is written goes to the device, what is
 * read comes from there. Whole {@link SeamFile#BLOCK_BYTES blocks} in {@link SeamFile#blocks
 * aligned memory} are passed on as they are; anything else is copied, and blocks that are written
 * in part are read first.
 */
final class DirectFile implements SeamFile {
  private static final int SCRATCH_BYTES = 256 << 10;

  private static final ThreadLocal<ByteBuffer> SCRATCH =
      ThreadLocal.withInitial(() -> SeamFile.blocks(SCRATCH_BYTES));

  private final Path file;
  private final FileChannel channel;

  /** Null until somebody asks for it. */
  private volatile @Nullable SeamFile shared;

  private DirectFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** An existing file, or null where the file system does not do that. */
  static @Nullable DirectFile open(Path file) throws IOException {
    FileChannel channel;
    try {
      channel =
          PatientOpening.openIfPossible(
              file, StandardOpenOption.READ, StandardOpenOption.WRITE, ExtendedOpenOption.DIRECT);
    } catch (UnsupportedOperationException | IOException _) {
      return null; // what else is wrong with it, whoever opens it in the ordinary way learns
    }
    try {
      ByteBuffer first = SCRATCH.get().clear().limit(BLOCK_BYTES);
      if (channel.read(first, 0) <= 0) {
        channel.write(zeros(first.clear().limit(BLOCK_BYTES)), 0);
        channel.truncate(0);
      }
      return new DirectFile(file, channel);
    } catch (IOException _) {
      channel.close(); // its blocks are larger, or the system opens it and then refuses
      return null;
    }
  }

  private static ByteBuffer zeros(ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      buffer.put((byte) 0);
    }
    return buffer.flip();
  }

  private static boolean isWhole(ByteBuffer buffer, long at) {
    return at % BLOCK_BYTES == 0
        && buffer.remaining() % BLOCK_BYTES == 0
        && buffer.isDirect()
        && buffer.alignmentOffset(buffer.position(), BLOCK_BYTES) == 0;
  }

  @Override
  public int write(ByteBuffer from, long at) throws IOException {
    try {
      return isWhole(from, at) ? channel.write(from, at) : writePart(from, at);
    } catch (IOException e) {
      throw RealFiles.fullOrFailed(e, file);
    }
  }

  private int writePart(ByteBuffer from, long at) throws IOException {
    ByteBuffer blocks = SCRATCH.get().clear();
    int before = (int) (at % BLOCK_BYTES);
    int length = Math.min(from.remaining(), blocks.capacity() - before);
    long start = at - before;
    int end = SeamFile.wholeBlocks(before + length);
    long size = channel.size();
    readBlock(blocks, 0, start);
    if (end > BLOCK_BYTES) {
      readBlock(blocks, end - BLOCK_BYTES, start + end - BLOCK_BYTES);
    }
    blocks.put(before, from, from.position(), length);
    blocks.position(0).limit(end);
    while (blocks.hasRemaining()) {
      channel.write(blocks, start + blocks.position());
    }
    from.position(from.position() + length);
    long newSize = Math.max(size, at + length);
    if (start + end > newSize) {
      channel.truncate(newSize);
    }
    return length;
  }

  /** Reads one block into a buffer; zeros where the file has nothing. */
  private void readBlock(ByteBuffer into, int index, long at) throws IOException {
    into.limit(index + BLOCK_BYTES).position(index);
    channel.read(into, at);
    while (into.hasRemaining()) {
      into.put((byte) 0);
    }
    into.clear();
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    if (isWhole(into, at)) {
      return channel.read(into, at);
    }
    ByteBuffer blocks = SCRATCH.get().clear();
    int before = (int) (at % BLOCK_BYTES);
    blocks.limit(Math.min(blocks.capacity(), SeamFile.wholeBlocks(before + into.remaining())));
    int length = Math.min(channel.read(blocks, at - before) - before, into.remaining());
    if (length <= 0) {
      return into.hasRemaining() ? -1 : 0;
    }
    into.put(into.position(), blocks, before, length);
    into.position(into.position() + length);
    return length;
  }

  @Override
  public SeamFile shared() throws IOException {
    SeamFile known = shared;
    if (known == null) {
      synchronized (channel) {
        known = shared;
        if (known == null) {
          known = new RealFiles().openToRead(file);
          shared = known;
        }
      }
    }
    return known;
  }

  @Override
  public void force(boolean metadata) throws IOException {
    channel.force(metadata);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long length) throws IOException {
    channel.truncate(length);
  }

  @Override
  public void close() throws IOException {
    SeamFile opened = shared;
    if (opened != null) {
      opened.close();
    }
    channel.close();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
