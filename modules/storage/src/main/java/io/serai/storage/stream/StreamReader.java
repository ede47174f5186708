package io.serai.storage.stream;

import io.serai.storage.file.SeamFile;
import io.serai.storage.journal.Damage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream as it is at the moment. A chunk that is not as it was written is reported and left
 * out. For one read, on one thread.
 */
final class StreamReader {
  /** A filter may leave out a lot: after so many bytes the reader is told how far it came. */
  private static final long MOST_SCANNED_BYTES = 64L << 20;

  private static final int WINDOW_BYTES = 256 << 10;
  private static final ThreadLocal<ByteBuffer> WINDOW =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(WINDOW_BYTES));

  private final StreamLog log;
  private final IndexCache indexes;
  private final ContentCache contents;
  private final Consumer<Damage> onDamage;
  private final StreamView view;

  StreamReader(
      StreamLog log, IndexCache indexes, ContentCache contents, Consumer<Damage> onDamage) {
    this.log = log;
    this.indexes = indexes;
    this.contents = contents;
    this.onDamage = onDamage;
    view = log.view;
  }

  /** What to do with one segment. */
  private interface Visit {
    /** Returns whether to go on with the next segment. */
    boolean segment(ChunkCursor cursor, SegmentInfo info) throws IOException;
  }

  /**
   * Goes from segment to segment; one that retention took meanwhile is passed over.
   *
   * @throws UncheckedIOException when the device does not give what is there; it may later
   */
  private void visit(long from, Visit visit) {
    int number = view.segmentOf(from);
    while (number < view.segments()) {
      SegmentInfo info = view.segment(number);
      try (SeamFile file = log.folder.files().openToRead(path(info))) {
        ChunkCursor cursor =
            new ChunkCursor(file, log.stream(), info.firstOffset(), info.endPlace(), WINDOW.get());
        if (!visit.segment(cursor, info)) {
          return;
        }
      } catch (NoSuchFileException _) {
        if (log.isDeleted) {
          return;
        }
        if (log.view.firstOffset() <= info.firstOffset()) {
          damaged(info, 0, "is missing"); // retention would have said so before
        }
      } catch (IOException e) {
        throw new UncheckedIOException(path(info) + ": " + e.getMessage(), e);
      }
      number++;
    }
  }

  private Path path(SegmentInfo info) {
    return log.folder.segment(info.firstOffset());
  }

  private void damaged(SegmentInfo info, long place, String what) {
    onDamage.accept(new Damage(path(info), place, what));
  }

  private SparseIndex.View index(ChunkCursor cursor, SegmentInfo info) throws IOException {
    SparseIndex.View active = view.index();
    if (info == view.active() && active != null) {
      return active;
    }
    IndexCache.Key key = new IndexCache.Key(log.stream(), info.firstOffset(), info.endPlace());
    SparseIndex.View index = indexes.get(key);
    if (index == null) {
      index = SegmentIndex.load(cursor, info).index().view();
      indexes.put(key, index);
    }
    return index;
  }

  /** The content of a chunk, null when it is damaged. */
  private byte @Nullable [] content(ChunkCursor cursor, SegmentInfo info, ChunkHeader chunk)
      throws IOException {
    ContentCache.Key key = new ContentCache.Key(log.stream(), info.firstOffset(), chunk.place());
    byte[] content = contents.get(key);
    if (content == null) {
      content = cursor.payload(chunk);
      if (content != null) {
        contents.put(key, content);
      }
    }
    return content;
  }

  /** See {@link StreamLog#read}. */
  StreamRead read(long offset, int maxBytes, @Nullable StreamFilter filter) {
    long first = Math.max(offset, view.firstOffset());
    Gathered gathered = new Gathered(first, maxBytes, filter);
    if (first < view.endOffset()) {
      visit(first, gathered);
    }
    long end = view.endOffset();
    long next = gathered.isStopped ? gathered.next : Math.max(first, end);
    return new StreamRead(gathered.entries, Math.max(next, first), log.view.firstOffset(), end);
  }

  private final class Gathered implements Visit {
    private final int maxBytes;
    private final @Nullable StreamFilter filter;
    private final List<StreamEntry> entries = new ArrayList<>();
    private long next;
    private long bytes;
    private long scanned;

    /** There is more, which was not looked at. */
    private boolean isStopped;

    Gathered(long first, int maxBytes, @Nullable StreamFilter filter) {
      next = first;
      this.maxBytes = maxBytes;
      this.filter = filter;
    }

    @Override
    public boolean segment(ChunkCursor cursor, SegmentInfo info) throws IOException {
      SparseIndex.View index = index(cursor, info);
      long place = index.place(next);
      while (place < info.endPlace()) {
        if (scanned > MOST_SCANNED_BYTES || bytes >= maxBytes) {
          isStopped = true;
          return false;
        }
        long before = place;
        ChunkHeader chunk = cursor.header(place);
        if (chunk == null) {
          damaged(info, place, "the header of a chunk fails its checksum");
          place = index.placeAfter(place, info.endPlace());
        } else {
          take(cursor, info, chunk);
          place = chunk.endPlace();
        }
        scanned += place - before;
        if (isStopped) {
          return false;
        }
      }
      return true;
    }

    private void take(ChunkCursor cursor, SegmentInfo info, ChunkHeader chunk) throws IOException {
      if (!chunk.isMessages() || chunk.endOffset() <= next) {
        return;
      }
      if (filter == null || filter.mayBeIn(chunk.filter())) {
        byte[] content = content(cursor, info, chunk);
        if (content == null) {
          damaged(info, chunk.place(), "the content of a chunk fails its checksum");
        } else {
          next = Math.max(next, chunk.firstOffset());
          read(info, chunk, content);
          if (isStopped) {
            return;
          }
        }
      }
      next = chunk.endOffset();
    }

    private void read(SegmentInfo info, ChunkHeader chunk, byte[] content) {
      try {
        ChunkContent.read(chunk, content, this::entry);
      } catch (BufferUnderflowException | IllegalArgumentException _) {
        damaged(info, chunk.place(), "the content of a chunk makes no sense");
      }
    }

    /** Returns whether to go on. */
    private boolean entry(StreamEntry entry) {
      if (entry.offset() < next) {
        return true;
      }
      if (bytes >= maxBytes) {
        isStopped = true;
        return false;
      }
      next = entry.offset() + 1;
      if (filter == null || filter.lets(entry)) {
        entries.add(entry);
        bytes += entry.length();
      }
      return true;
    }
  }

  /** See {@link StreamLog#findTimestamp}. */
  long firstSince(long millis) {
    long[] found = {view.endOffset()};
    visit(
        view.firstOffset(),
        (cursor, info) -> {
          if (info.highestTimestamp() < millis) {
            return true;
          }
          SparseIndex.View index = index(cursor, info);
          long place = index.placeOfTime(millis);
          while (place < info.endPlace()) {
            ChunkHeader chunk = cursor.header(place);
            if (chunk == null) {
              damaged(info, place, "the header of a chunk fails its checksum");
              place = index.placeAfter(place, info.endPlace());
              continue;
            }
            if (chunk.isMessages() && chunk.highestTimestamp() >= millis) {
              found[0] = firstSince(millis, cursor, chunk);
              return false;
            }
            place = chunk.endPlace();
          }
          return true;
        });
    return found[0];
  }

  /** In a chunk that has it; where its content is damaged, its first message. */
  private static long firstSince(long millis, ChunkCursor cursor, ChunkHeader chunk)
      throws IOException {
    long[] found = {chunk.firstOffset()};
    byte[] content = cursor.payload(chunk);
    if (content != null) {
      ChunkContent.read(
          chunk,
          content,
          entry -> {
            found[0] = entry.offset();
            return entry.timestampMillis() < millis;
          });
    }
    return found[0];
  }
}
