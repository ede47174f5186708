package io.serai.storage.journal;

import io.serai.storage.file.RealFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * An open journal as it is between two units. The journal goes on meanwhile: what a segment holds
 * up to here does not change any more, and none of these is deleted before {@link #close}.
 */
public final class JournalSnapshot implements AutoCloseable {
  /**
   * One segment.
   *
   * @param bytes of it that belong to the snapshot
   * @param capacity what its file has to be as long as; it may be sealed while it is copied
   */
  private record Part(Segment segment, long bytes, long capacity) {}

  private final List<Part> parts = new ArrayList<>();

  private JournalSnapshot() {}

  /** On the writer thread, between units. */
  static JournalSnapshot of(JournalWriter writer) {
    JournalSnapshot snapshot = new JournalSnapshot();
    Segment open = writer.out.segment();
    for (Segment segment : writer.live.segments.all()) {
      segment.pins.incrementAndGet();
      snapshot.parts.add(
          new Part(segment, segment == open ? writer.out.end() : segment.bytes, segment.bytes));
    }
    return snapshot;
  }

  /**
   * Copies it into an empty folder, from which a journal can be opened. Everything is synced when
   * this returns, but the name of the folder. Blocks.
   *
   * @return how many bytes that were
   */
  public long copyTo(Path folder) throws IOException {
    long bytes = 0;
    for (Part part : parts) {
      Path target = folder.resolve(String.valueOf(part.segment.path.getFileName()));
      try (FileChannel in = FileChannel.open(part.segment.path, StandardOpenOption.READ);
          FileChannel out =
              FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        copy(in, out, part.bytes);
        if (part.capacity > part.bytes) {
          out.write(ByteBuffer.allocate(1), part.capacity - 1); // zeros up to there
        }
        out.force(true);
      }
      bytes += part.bytes;
    }
    new RealFiles().syncFolder(folder);
    return bytes;
  }

  private static void copy(FileChannel in, FileChannel out, long bytes) throws IOException {
    for (long done = 0; done < bytes; ) {
      long moved = in.transferTo(done, bytes - done, out);
      if (moved <= 0) {
        throw new EOFException("a segment is shorter than what was written to it");
      }
      done += moved;
    }
  }

  /** The journal may delete its segments again. */
  @Override
  public void close() {
    parts.forEach(part -> part.segment.pins.decrementAndGet());
    parts.clear();
  }
}
