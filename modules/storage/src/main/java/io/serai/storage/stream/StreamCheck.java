package io.serai.storage.stream;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import io.serai.storage.journal.Damage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads all streams of a folder that no process has open, every chunk of them, and says what is in
 * them and what is damaged. Changes nothing.
 */
public final class StreamCheck {
  private static final int WINDOW_BYTES = 1 << 20;

  /** One stream that was found. */
  public record StreamStats(
      long stream, long firstOffset, long endOffset, int segments, long bytes) {}

  /**
   * What was found.
   *
   * @param streams in order of number
   * @param damage every place that is not as written, the first in each segment
   * @param tornBytes written, never synced bytes: cut off when the streams are opened
   */
  public record Report(List<StreamStats> streams, List<Damage> damage, long tornBytes) {}

  private final FileSystemSeam files;
  private final ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES);
  private final List<StreamStats> streams = new ArrayList<>();
  private final List<Damage> damage = new ArrayList<>();
  private long tornBytes;

  private StreamCheck(FileSystemSeam files) {
    this.files = files;
  }

  /**
   * Checks the streams in a folder.
   *
   * @throws StreamRefused when a process has them open, or a newer program wrote one
   */
  public static Report check(Path folder, FileSystemSeam files) throws IOException {
    AutoCloseable lock = StreamStorage.lock(folder, files);
    try {
      StreamCheck check = new StreamCheck(files);
      for (Path path : files.folders(folder).stream().sorted().toList()) {
        Long stream = StreamFolder.streamOf(path);
        if (stream != null) {
          check.stream(StreamFolder.of(files, folder, stream));
        }
      }
      return new Report(List.copyOf(check.streams), List.copyOf(check.damage), check.tornBytes);
    } finally {
      StreamStorage.release(lock);
    }
  }

  private void stream(StreamFolder folder) throws IOException {
    if (folder.isMarkedDeleted()) {
      return; // the next start deletes the rest
    }
    TreeMap<Long, Path> segments = new TreeMap<>();
    TreeSet<Long> aside = new TreeSet<>();
    for (Path path : files.list(folder.folder())) {
      String name = String.valueOf(path.getFileName());
      Long first = SegmentInfo.firstOffsetOf(name);
      Long lost = SegmentInfo.asideOffsetOf(name);
      if (first != null) {
        segments.put(first, path);
      } else if (lost != null) {
        aside.add(lost);
      } else if (SegmentInfo.isDamaged(name)) {
        damage.add(new Damage(path, 0, "set aside by an earlier start"));
      }
    }
    if (segments.isEmpty()) {
      return;
    }
    long end = segments.firstKey();
    long bytes = 0;
    for (var segment : segments.entrySet()) {
      long first = segment.getKey();
      if (first != end && aside.subSet(Math.min(first, end), Math.max(first, end)).isEmpty()) {
        damage.add(
            new Damage(
                segment.getValue(), 0, "messages %d to %d are missing".formatted(end, first - 1)));
      }
      try (SeamFile file = files.openToRead(segment.getValue())) {
        boolean isLast = first == segments.lastKey();
        end = segment(folder, first, segment.getValue(), file, isLast);
        if (!isLast && end < 0) {
          end = segments.higherKey(first);
        }
        bytes += file.size();
      }
    }
    streams.add(
        new StreamStats(
            folder.stream(), segments.firstKey(), Math.max(end, 0), segments.size(), bytes));
  }

  /** Returns the offset behind its last message, below 0 when it is damaged. */
  private long segment(StreamFolder folder, long first, Path path, SeamFile file, boolean isLast)
      throws IOException {
    if (folder.formatOf(file, first) == 0) {
      damage.add(new Damage(path, 0, "the header fails its checksum"));
      return -1;
    }
    ChunkCursor cursor = new ChunkCursor(file, folder.stream(), first, file.size(), window);
    SegmentScan scan = new SegmentScan(cursor);
    SegmentInfo info =
        scan.from(SegmentInfo.empty(first), new SparseIndex(), StreamFormat.SEGMENT_HEADER_BYTES)
            .info();
    long place = info.endPlace();
    if (place == cursor.end()) {
      return info.endOffset();
    }
    boolean wasSynced =
        !isLast || Math.max(scan.syncedPlace(), scan.tail(place).syncedPlace()) > place;
    if (wasSynced) {
      damage.add(new Damage(path, place, "a chunk fails its checksum"));
      return -1;
    }
    tornBytes += cursor.end() - place;
    return info.endOffset();
  }
}
