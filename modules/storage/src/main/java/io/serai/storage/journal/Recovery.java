package io.serai.storage.journal;

import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Opens the segments of a folder and finds out what is live: reads footers, scans what has none,
 * cuts a torn end, sets aside what is damaged.
 */
final class Recovery {
  private static final int READ_AHEAD = 2;

  /** Made by an operator to go on, once, without what is damaged. */
  private static final String ACCEPT_FILE = "accept-damage";

  /**
   * What it found.
   *
   * @param ready an empty segment to go on with, null when there is none
   * @param lost live references to payloads that are gone: owner, sequence, segment of each
   */
  record Result(
      LiveState live,
      Recovered recovered,
      RecoveryReport report,
      long nextNumber,
      SegmentAllocator.Result.@Nullable Ready ready,
      List<long[]> lost) {}

  private record Found(Path path, long number, SeamFile file, long size, long capacity) {}

  private final Path folder;
  private final JournalOptions options;
  private final FileSystemSeam files;
  private final long started = System.nanoTime();
  private final LiveState live = new LiveState();
  private final Recovered recovered = new Recovered();
  private final List<Damage> damage = new ArrayList<>();
  private final List<long[]> lost = new ArrayList<>();
  private SegmentAllocator.Result.@Nullable Ready ready;
  private long bytes;
  private boolean isDamageAccepted;
  private long cutBytes;
  private int rebuiltFooters;
  private long highestNumber;

  Recovery(Path folder, JournalOptions options, FileSystemSeam files) {
    this.folder = folder;
    this.options = options;
    this.files = files;
  }

  /**
   * Does it.
   *
   * @throws JournalRefused when a newer program wrote the journal, or it is damaged and {@link
   *     JournalOptions#acceptDamage} is off
   */
  Result run() throws IOException {
    List<Found> found = find();
    try {
      Tail tail = tail(found);
      readSealed(found.subList(0, Math.max(0, tail.index())));
      if (tail.index() >= 0) {
        readTail(found.get(tail.index()), tail.records());
      }
      empty(found.subList(tail.index() + 1, found.size()));
      countPayloads();
      recovered.complete(live);
      if (!damage.isEmpty() || !lost.isEmpty()) {
        judge();
      }
      if (files.list(folder).contains(folder.resolve(ACCEPT_FILE))) {
        files.delete(folder.resolve(ACCEPT_FILE));
        files.syncFolder(folder);
      }
    } catch (IOException | RuntimeException e) {
      for (Found one : found) {
        one.file().close();
      }
      throw e;
    }
    return new Result(live, recovered, report(), highestNumber + 1, ready, lost);
  }

  private List<Found> find() throws IOException {
    List<Path> paths = new ArrayList<>();
    List<Path> all = files.list(folder);
    isDamageAccepted = options.acceptDamage() || all.contains(folder.resolve(ACCEPT_FILE));
    for (Path path : all) {
      if (Segment.isUnfinished(path)) {
        files.delete(path);
      } else if (Segment.isDamaged(path)) {
        damage.add(new Damage(path, 0, "set aside by an earlier start"));
        if (isDamageAccepted) {
          files.rename(path, Segment.aside(path));
        }
      } else if (Segment.numberOf(path) > 0) {
        paths.add(path);
      }
      highestNumber = Math.max(highestNumber, Segment.anyNumberOf(path));
    }
    paths.sort(null);
    List<Found> found = new ArrayList<>();
    for (Path path : paths) {
      Found one = header(path);
      if (one != null) {
        found.add(one);
      }
    }
    return found;
  }

  private @Nullable Found header(Path path) throws IOException {
    long number = Segment.numberOf(path);
    SeamFile file = files.openDirect(path);
    ByteBuffer header = ByteBuffer.allocate(RecordFormat.SEGMENT_HEADER_BYTES);
    file.readFully(header, 0);
    header.flip();
    int format = RecordFormat.formatOf(header, number);
    if (format > RecordFormat.FORMAT) {
      file.close();
      throw newer(folder, format);
    }
    if (format == 0) {
      file.close();
      setAside(path, 0, "the header fails its checksum");
      return null;
    }
    return new Found(path, number, file, file.size(), header.getLong(32));
  }

  static JournalRefused newer(Path folder, int format) {
    return new JournalRefused(
        "journal folder %s was written by a newer Serai: journal format %d, this one knows up to %d. Start the newer version, or choose another folder with --data DIR."
            .formatted(folder, format, RecordFormat.FORMAT));
  }

  /**
   * The last segment that holds anything.
   *
   * @param index -1 when none does
   * @param records what it holds; null when that has not been looked at
   */
  private record Tail(int index, @Nullable SegmentRecords records) {}

  private static Tail tail(List<Found> found) throws IOException {
    int tail = found.size() - 1;
    while (tail >= 0 && beginsBlank(found.get(tail))) {
      tail--;
    }
    boolean isOpen = tail >= 0 && found.get(tail).size() == found.get(tail).capacity();
    SegmentRecords records = isOpen ? SegmentRecords.read(scan(found.get(tail))) : null;
    if (records != null && records.isClosed()) {
      return new Tail(tail, records); // those behind it are blank to their ends
    }
    for (int i = found.size() - 1; i > tail; i--) {
      if (!scan(found.get(i)).isBlank(RecordFormat.SEGMENT_HEADER_BYTES)) {
        return new Tail(i, null);
      }
    }
    return new Tail(tail, records);
  }

  private static SegmentScan scan(Found one) {
    return new SegmentScan(one.file(), one.number(), one.size());
  }

  private static boolean beginsBlank(Found one) throws IOException {
    long begin = Math.min(one.size(), SeamFile.BLOCK_BYTES);
    return one.size() == one.capacity()
        && new SegmentScan(one.file(), one.number(), begin)
            .isBlank(RecordFormat.SEGMENT_HEADER_BYTES);
  }

  /** What lies behind the tail was made ready and never used. */
  private void empty(List<Found> found) throws IOException {
    for (Found one : found) {
      if (ready == null && one.size() == options.segmentBytes()) {
        ready = new SegmentAllocator.Result.Ready(one.number(), one.path(), one.file(), one.size());
      } else {
        one.file().close();
        files.delete(one.path());
        files.syncFolder(folder);
      }
    }
  }

  private void readSealed(List<Found> sealed) throws IOException {
    ArrayDeque<Future<@Nullable FooterData>> ahead = new ArrayDeque<>();
    try (ExecutorService readers =
        Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory())) {
      int next = 0;
      for (Found one : sealed) {
        while (next < sealed.size() && ahead.size() < READ_AHEAD) {
          Found coming = sealed.get(next++);
          ahead.add(
              readers.submit(() -> FooterData.read(coming.file(), coming.number(), coming.size())));
        }
        FooterData footer = get(ahead.remove());
        if (footer != null) {
          apply(add(one), footer, true);
        } else {
          rebuild(one);
        }
      }
    }
  }

  private static @Nullable FooterData get(Future<@Nullable FooterData> future) throws IOException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the journal was being opened", e);
    }
  }

  /** A segment that has another behind it was sealed once, so its records end in a footer. */
  private void rebuild(Found one) throws IOException {
    SegmentRecords records = SegmentRecords.read(scan(one));
    if (!records.hasFooter()) {
      one.file().close();
      setAside(one.path(), records.end(), "a record fails its checksum");
      return;
    }
    rebuiltFooters++;
    Segment segment = add(one);
    apply(segment, records.footer().data(records.end()), false);
    records.footer().seal(files, segment, records.end());
  }

  private void readTail(Found one, @Nullable SegmentRecords known) throws IOException {
    FooterData footer = FooterData.read(one.file(), one.number(), one.size());
    if (footer != null) {
      apply(add(one), footer, true);
      return;
    }
    SegmentScan scan = scan(one);
    SegmentRecords records = known == null ? SegmentRecords.read(scan) : known;
    SegmentScan.Tail tail =
        records.isClosed()
            ? new SegmentScan.Tail(records.scannedEnd(), 0)
            : scan.tail(records.scannedEnd());
    if (tail.syncedEnd() > records.end() || one.size() < one.capacity() && !records.hasFooter()) {
      one.file().close();
      setAside(one.path(), records.end(), "a record that was synced fails its checksum");
      return;
    }
    cutBytes += Math.max(0, tail.dirtyEnd() - records.scannedEnd());
    Segment segment = add(one);
    apply(segment, records.footer().data(records.end()), false);
    records.footer().seal(files, segment, records.end());
  }

  private Segment add(Found one) {
    bytes += one.size();
    return live.segments.add(one.number(), one.path(), one.file(), one.size());
  }

  private void apply(Segment segment, FooterData footer, boolean sealed) {
    segment.sealed = sealed;
    segment.payloadCount = footer.payloadCount();
    segment.payloadBytes = footer.payloadBytes();
    live.maxPayloadId = Math.max(live.maxPayloadId, footer.maxPayloadId());
    footer.visit(
        (id, offset) -> live.payload(id, segment, offset), new Replay(live, recovered, segment));
  }

  /** References say which payloads are live; what has none is forgotten. */
  private void countPayloads() {
    live.references
        .owners()
        .forEach((owner, table) ->
            table.forEach((sequence, reference) -> {
              if (!live.payloads.retain(ReferenceTable.payloadId(reference))) {
                Segment in = live.segments.bySlot(ReferenceTable.slot(reference));
                lost.add(new long[] {owner, sequence, in.number});
              }
            }));
    live.payloads.dropUnreferenced();
    if (isDamageAccepted) {
      loseUnreadable();
    }
    for (long[] one : lost) {
      live.release(ReferenceTable.payloadId(live.settled(one[0], one[1])));
    }
    live.recountPayloads();
    live.freed = true;
  }

  /** A sealed segment is taken at its footer's word; what it says is there may not be readable. */
  private void loseUnreadable() {
    Set<Long> unreadable = new HashSet<>();
    live.payloads.forEach((id, place) -> {
      Segment segment = live.segments.bySlot(PayloadIndex.slot(place));
      Damage found = look(id, segment, PayloadIndex.offset(place));
      if (found != null) {
        damage.add(found);
        unreadable.add(id);
      }
    });
    if (unreadable.isEmpty()) {
      return;
    }
    live.references
        .owners()
        .forEach((owner, table) ->
            table.forEach((sequence, reference) -> {
              if (unreadable.contains(ReferenceTable.payloadId(reference))) {
                Segment in = live.segments.bySlot(ReferenceTable.slot(reference));
                lost.add(new long[] {owner, sequence, in.number});
              }
            }));
  }

  private static @Nullable Damage look(long id, Segment segment, long offset) {
    try {
      return PayloadReader.read(
          new PayloadReader.Wanted[] {new PayloadReader.Wanted(0, id, segment, offset, false)});
    } catch (IOException e) {
      return new Damage(segment.path, offset, "payload " + id + ": " + e.getMessage());
    }
  }

  private void setAside(Path path, long offset, String what) throws IOException {
    damage.add(new Damage(path, offset, what));
    files.rename(path, isDamageAccepted ? Segment.aside(path) : Segment.damaged(path));
    files.syncFolder(folder);
  }

  private void judge() throws JournalRefused {
    if (isDamageAccepted) {
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append("journal folder ").append(folder).append(" is damaged:");
    damage.forEach(it -> text.append("\n  ").append(it));
    if (!lost.isEmpty()) {
      text.append("\n  ").append(lost.size()).append(" messages have lost their content");
    }
    text.append(
        "\\nDamaged files were renamed to *.damaged, nothing was deleted. Restore the folder from a backup, or create the empty file %s to go on without what they held."
            .formatted(folder.resolve(ACCEPT_FILE)));
    throw new JournalRefused(text.toString());
  }

  private RecoveryReport report() {
    return new RecoveryReport(
        live.segments.all().size(),
        bytes,
        live.references.size(),
        live.payloads.size(),
        live.facts.size(),
        cutBytes,
        lost.size(),
        List.copyOf(damage),
        rebuiltFooters,
        Duration.ofNanos(System.nanoTime() - started));
  }
}
