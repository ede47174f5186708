package io.serai.storage.journal;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole journal that no process has open, every record of it, and says what is in it and
 * what is damaged. Changes nothing.
 */
public final class JournalCheck {
  /**
   * What was found.
   *
   * @param stats what is live; of damaged segments what their footers say, where those are right
   * @param damage every place that is not as written, the first in each segment
   * @param tornBytes written, never synced bytes at the end: cut off when the journal is opened
   * @param lostReferences messages whose content is missing
   */
  public record Report(
      JournalStats stats, List<Damage> damage, long tornBytes, long lostReferences) {
    /** Whether a node can open it without losing anything that was confirmed. */
    public boolean isWhole() {
      return damage.isEmpty() && lostReferences == 0;
    }
  }

  private final Path folder;
  private final FileSystemSeam files;
  private final LiveState live = new LiveState();
  private final Recovered recovered = new Recovered();
  private final List<Damage> damage = new ArrayList<>();
  private long tornBytes;
  private long lostReferences;

  private JournalCheck(Path folder, FileSystemSeam files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Checks the journal in a folder.
   *
   * @throws JournalRefused when a process has it open, or a newer program wrote it
   */
  public static Report check(Path folder, FileSystemSeam files) throws IOException {
    AutoCloseable lock = Journal.lock(folder, files);
    try {
      return new JournalCheck(folder, files).run();
    } finally {
      Journal.release(lock);
    }
  }

  private Report run() throws IOException {
    List<Path> paths = new ArrayList<>();
    for (Path path : files.list(folder)) {
      if (Segment.numberOf(path) > 0) {
        paths.add(path);
      } else if (Segment.isDamaged(path)) {
        damage.add(new Damage(path, 0, "set aside by an earlier start"));
      }
    }
    paths.sort(null);
    boolean isLast = true;
    List<Checked> checked = new ArrayList<>();
    for (Path path : paths.reversed()) {
      Checked one = look(path, isLast);
      isLast &= one.isEmpty();
      checked.addFirst(one);
    }
    checked.forEach(this::replay);
    live.references
        .owners()
        .forEach((_, table) ->
            table.forEach((_, reference) -> {
              if (!live.payloads.retain(ReferenceTable.payloadId(reference))) {
                lostReferences++;
              }
            }));
    live.payloads.dropUnreferenced();
    live.recountPayloads();
    return new Report(JournalStats.of(live, false), List.copyOf(damage), tornBytes, lostReferences);
  }

  /**
   * A segment.
   *
   * @param footer what a start goes by although a record before it is damaged; else null
   */
  private record Checked(
      Path path,
      SeamFile file,
      long size,
      SegmentRecords records,
      boolean isRight,
      @Nullable FooterData footer) {
    boolean isEmpty() {
      return isRight && records.end() == RecordFormat.SEGMENT_HEADER_BYTES && !records.hasFooter();
    }

    /** What is in it; null when nobody can say. */
    @Nullable FooterData content() {
      return isRight ? records.footer().data(records.end()) : footer;
    }
  }

  private Checked look(Path path, boolean isLast) throws IOException {
    long number = Segment.numberOf(path);
    try (SeamFile file = files.openToRead(path)) {
      long size = file.size();
      ByteBuffer header = ByteBuffer.allocate(RecordFormat.SEGMENT_HEADER_BYTES);
      file.readFully(header, 0);
      int format = RecordFormat.formatOf(header.flip(), number);
      if (format > RecordFormat.FORMAT) {
        throw Recovery.newer(folder, format);
      }
      SegmentScan scan = new SegmentScan(file, number, size);
      SegmentRecords records = SegmentRecords.read(scan);
      SegmentScan.Tail tail = scan.tail(records.scannedEnd());
      boolean isDirty = tail.dirtyEnd() > records.scannedEnd();
      boolean isRight = format != 0;
      if (!isRight) {
        damage.add(new Damage(path, 0, "the header fails its checksum"));
      } else if (records.hasFooter() ? isDirty : !isLast || tail.syncedEnd() > records.end()) {
        isRight = false;
        damage.add(new Damage(path, records.scannedEnd(), "a record fails its checksum"));
      } else if (isDirty) {
        tornBytes += tail.dirtyEnd() - records.scannedEnd();
      }
      boolean isHit = format != 0 && !isRight;
      FooterData footer = isHit ? FooterData.read(file, number, size) : null;
      return new Checked(path, file, size, records, isRight, footer);
    }
  }

  private void replay(Checked one) {
    FooterData data = one.content();
    if (data == null || one.isEmpty()) {
      return;
    }
    Segment segment =
        live.segments.add(Segment.numberOf(one.path()), one.path(), one.file(), one.size());
    segment.sealed = one.records().hasFooter() || one.footer() != null;
    segment.payloadCount = data.payloadCount();
    segment.payloadBytes = data.payloadBytes();
    data.visit(
        (id, offset) -> live.payload(id, segment, offset), new Replay(live, recovered, segment));
  }
}
