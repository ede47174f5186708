package io.serai.storage.stream;

import io.serai.storage.file.SeamFile;
import io.serai.storage.journal.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Opens the segments of one stream and finds out what is there: reads the index that ends each,
 * scans what has none, cuts a torn end, sets aside what is damaged. Used once.
 */
final class StreamRecovery {
  /** Made by an operator to go on, once, without what is damaged. */
  private static final String ACCEPT_FILE = "accept-damage";

  /**
   * What it found.
   *
   * @param segments in order, the last one is written on; none when the stream is new
   * @param damage what was not as written; with it the stream is open only if that was accepted
   * @param cutBytes torn, never synced bytes that were cut off
   */
  record Result(List<SegmentInfo> segments, List<Damage> damage, long cutBytes) {
    /** The stream as readers see it. */
    StreamView view() {
      if (segments.isEmpty()) {
        return StreamView.EMPTY;
      }
      SegmentInfo[] sealed = segments.subList(0, segments.size() - 1).toArray(StreamView.NONE);
      return new StreamView(sealed, segments.getLast(), null);
    }
  }

  private final StreamFolder folder;
  private final ByteBuffer window;
  private final long nowMillis;
  private final List<SegmentInfo> segments = new ArrayList<>();
  private final List<Damage> damage = new ArrayList<>();

  /** Where segments began that an operator has agreed to lose. */
  private final TreeSet<Long> aside = new TreeSet<>();

  private boolean isDamageAccepted;
  private long cutBytes;

  /** No message may have an offset below this: it was given to one that is lost. */
  private long leastNextOffset;

  StreamRecovery(StreamFolder folder, ByteBuffer window, long nowMillis) {
    this.folder = folder;
    this.window = window;
    this.nowMillis = nowMillis;
  }

  /**
   * Does it.
   *
   * @throws StreamRefused when a newer program wrote the stream, or it is damaged and nobody has
   *     accepted that
   */
  Result run() throws IOException {
    TreeMap<Long, Path> paths = find();
    for (var path : paths.entrySet()) {
      Long next = paths.higherKey(path.getKey());
      read(path.getKey(), path.getValue(), next);
    }
    checkGaps();
    if (!damage.isEmpty() && !isDamageAccepted) {
      throw refused();
    }
    long end = segments.isEmpty() ? 0 : segments.getLast().endOffset();
    if (leastNextOffset > end || segments.isEmpty() && !aside.isEmpty()) {
      long first = Math.max(leastNextOffset, end);
      folder.create(first, nowMillis).close();
      segments.add(SegmentInfo.empty(first));
      agreeToGap(end, first);
    }
    if (isDamageAccepted) {
      folder.files().delete(acceptFile());
      folder.files().syncFolder(folder.folder());
    }
    return new Result(segments, damage, cutBytes);
  }

  private TreeMap<Long, Path> find() throws IOException {
    List<Path> all = folder.files().list(folder.folder());
    isDamageAccepted = all.contains(acceptFile());
    TreeMap<Long, Path> found = new TreeMap<>();
    for (Path path : all) {
      String name = String.valueOf(path.getFileName());
      Long first = SegmentInfo.firstOffsetOf(name);
      Long damaged = SegmentInfo.damagedOffsetOf(name);
      Long gone = SegmentInfo.asideOffsetOf(name);
      if (first != null) {
        found.put(first, path);
      } else if (gone != null) {
        aside.add(gone);
      } else if (SegmentInfo.isUnfinished(name)) {
        folder.files().delete(path);
      } else if (damaged != null) {
        damage.add(new Damage(path, 0, "set aside by an earlier start"));
        if (isDamageAccepted) {
          try (SeamFile file = folder.files().openToRead(path)) {
            passOver(damaged, cursor(file, damaged));
          }
          lose(damaged, path);
        }
      }
    }
    return found;
  }

  private void read(long first, Path path, @Nullable Long next) throws IOException {
    try (SeamFile file = folder.files().open(path)) {
      int format = folder.formatOf(file, first);
      ChunkCursor cursor = cursor(file, first);
      if (format == 0) {
        setAside(first, path, cursor, new Damage(path, 0, "the header fails its checksum"));
        return;
      }
      IndexChunk.Loaded loaded = IndexChunk.atEnd(cursor, first);
      if (loaded != null) {
        segments.add(loaded.info());
      } else if (next == null) {
        readTail(first, path, file, cursor);
      } else {
        rebuild(first, path, file, cursor, next);
      }
    }
  }

  private ChunkCursor cursor(SeamFile file, long first) throws IOException {
    return new ChunkCursor(file, folder.stream(), first, file.size(), window);
  }

  /** The last segment after a crash: what was not synced may be torn. */
  private void readTail(long first, Path path, SeamFile file, ChunkCursor cursor)
      throws IOException {
    SegmentScan scan = new SegmentScan(cursor);
    long trusted = scan.syncedPlace();
    SegmentInfo info = scan.from(SegmentInfo.empty(first), new SparseIndex(), trusted).info();
    long end = info.endPlace();
    if (end < cursor.end()) {
      if (Math.max(trusted, scan.tail(end).syncedPlace()) > end) {
        setAside(
            first,
            path,
            cursor,
            new Damage(path, end, "a chunk that was synced fails its checksum"));
        return;
      }
      cutBytes += cursor.end() - end;
      file.truncate(end);
    }
    file.force(true); // what was found is told to readers: it has to stay
    segments.add(info);
  }

  /** A segment that others follow but whose index is not right: is all of it there? */
  private void rebuild(long first, Path path, SeamFile file, ChunkCursor cursor, long next)
      throws IOException {
    SegmentScan.Found found =
        new SegmentScan(cursor)
            .from(SegmentInfo.empty(first), new SparseIndex(), StreamFormat.SEGMENT_HEADER_BYTES);
    SegmentInfo info = found.info();
    if (info.endOffset() != next) {
      setAside(
          first, path, cursor, new Damage(path, info.endPlace(), "a chunk fails its checksum"));
      return;
    }
    long place = info.endPlace();
    int tag = StreamFormat.tag(folder.stream(), first, place);
    ByteBuffer chunk = IndexChunk.write(new ChunkBuilder(), info, found.index(), tag, place);
    long end = place + chunk.remaining();
    file.writeFully(chunk, place);
    file.truncate(end);
    file.force(true);
    segments.add(
        new SegmentInfo(
            first, info.endOffset(), end, info.lastChunkOffset(), info.highestTimestamp(), place));
  }

  private void setAside(long first, Path path, ChunkCursor cursor, Damage what) throws IOException {
    damage.add(what);
    passOver(first, cursor);
    if (isDamageAccepted) {
      lose(first, path);
    } else {
      folder.files().rename(path, folder.folder().resolve(SegmentInfo.damagedName(first, false)));
      folder.files().syncFolder(folder.folder());
    }
  }

  /** No offset of a segment that is not there any more is given again. */
  private void passOver(long first, ChunkCursor cursor) throws IOException {
    long end = new SegmentScan(cursor).tail(StreamFormat.SEGMENT_HEADER_BYTES).endOffset();
    leastNextOffset = Math.max(leastNextOffset, Math.max(end, first));
  }

  private void lose(long first, Path path) throws IOException {
    folder.files().rename(path, folder.folder().resolve(SegmentInfo.damagedName(first, true)));
    folder.files().syncFolder(folder.folder());
    aside.add(first);
  }

  /** Segments follow each other without a gap, unless what was between was lost with consent. */
  private void checkGaps() throws IOException {
    for (int i = 1; i < segments.size(); i++) {
      long end = segments.get(i - 1).endOffset();
      long next = segments.get(i).firstOffset();
      if (end == next || end < next && !aside.subSet(end, next).isEmpty()) {
        continue;
      }
      damage.add(
          new Damage(
              folder.segment(next), 0, "messages %d to %d are missing".formatted(end, next - 1)));
      agreeToGap(end, next);
    }
  }

  /** Leaves a note, so that the next start does not ask again. */
  private void agreeToGap(long end, long next) throws IOException {
    if (isDamageAccepted && end < next && aside.subSet(end, next).isEmpty()) {
      Path note = folder.folder().resolve(SegmentInfo.damagedName(end, true));
      folder.files().create(note).close();
      folder.files().syncFolder(folder.folder());
      aside.add(end);
    }
  }

  private Path acceptFile() {
    return folder.folder().resolve(ACCEPT_FILE);
  }

  private StreamRefused refused() {
    StringBuilder text = new StringBuilder();
    text.append("stream folder ").append(folder.folder()).append(" is damaged:");
    damage.forEach(it -> text.append("\n  ").append(it));
    text.append(
        "\nDamaged files were renamed to *.damaged, nothing was deleted. Restore the folder from a backup, or create the empty file %s to go on without what they held."
            .formatted(acceptFile()));
    return new StreamRefused(text.toString());
  }
}
