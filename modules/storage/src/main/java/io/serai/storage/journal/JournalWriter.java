package io.serai.storage.journal;

import io.serai.storage.file.DiskFullException;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The one writer: takes the loops' batches, writes them as units, syncs, and tells the loops. While
 * it syncs the next batches gather. {@link #step} is one turn of it; nothing else touches the
 * journal's state.
 */
final class JournalWriter implements WriterLife.Writer {
  private static final int MAX_UNIT_OPERATIONS = 1 << 16;
  private static final long MAX_UNIT_BYTES = 4L << 20;

  /** How long it sleeps at most while it is closed and a segment is being made. */
  private static final long CLOSING_NANOS = 1_000_000;

  /** Part of a segment that only settles and compaction may use while the disk is full. */
  private static final int RESERVE_PART = 8;

  /** As many batches may wait before they are joined. */
  private static final int MAX_WAITING_APART = 64;

  final LiveState live;
  final SegmentOutput out;
  final UnitWriter units;
  final SegmentAllocator allocator;
  private final JournalOptions options;
  private final FileSystemSeam files;
  private final Path folder;
  private final JournalListener listener;
  private final LongSupplier nanoClock;

  /** Bounded by the credit of the publishers: one batch per loop and turn. */
  private final Queue<Batch> submitted = new ConcurrentLinkedQueue<>();

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> lookups = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Batch> waiting = new ArrayDeque<>();
  private final List<Batch> unit = new ArrayList<>();
  private final List<long[]> lost = new ArrayList<>();
  private final List<JournalHandle> told = new ArrayList<>();
  private final Reclaimer reclaimer;
  private boolean full;
  private long retryAtNanos;
  private volatile long indexBytes;
  private volatile boolean parked;
  private volatile boolean closing;
  private volatile Thread thread;

  @SuppressWarnings("NullAway.Init") // the thread, until run() says which
  JournalWriter(
      LiveState live,
      SegmentAllocator allocator,
      JournalOptions options,
      FileSystemSeam files,
      Path folder,
      JournalListener listener,
      Executor readers,
      LongSupplier nanoClock) {
    this.live = live;
    this.allocator = allocator;
    this.options = options;
    this.files = files;
    this.folder = folder;
    this.listener = listener;
    this.nanoClock = nanoClock;
    indexBytes = live.indexBytes();
    out = new SegmentOutput(files, this::awaitSpace);
    units = new UnitWriter(live, out);
    reclaimer = new Reclaimer(this, options, files, folder, listener, readers, nanoClock);
  }

  /** Takes a batch from any thread. */
  void submit(Batch batch) {
    submitted.add(batch);
    wake();
  }

  /** Runs something on the writer thread, between units. */
  void execute(Runnable task) {
    tasks.add(task);
    wake();
  }

  /** As {@link #execute}, for what changes nothing. */
  void lookUp(Runnable lookup) {
    lookups.add(lookup);
    wake();
  }

  /** Runs the lookups there are: on the writer thread, or on one other when that has failed. */
  boolean doLookups() {
    boolean worked = false;
    for (Runnable lookup = lookups.poll(); lookup != null; lookup = lookups.poll()) {
      lookup.run();
      worked = true;
    }
    return worked;
  }

  void wake() {
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  /** Works until {@link #close}; what is thrown is fatal. */
  @Override
  public void run() throws IOException {
    thread = Thread.currentThread();
    while (true) {
      boolean last = closing; // read first: what was submitted before it is seen by this turn
      if (step()) {
        continue;
      }
      if (last && (full || (waiting.isEmpty() && unit.isEmpty()))) {
        out.close();
        return;
      }
      parked = true;
      if (!step()) { // once more: what came before that was set found nobody to wake
        LockSupport.parkNanos(this, closing ? CLOSING_NANOS : idleNanos());
      }
      parked = false;
    }
  }

  private long idleNanos() {
    if (full) {
      return Math.max(1_000_000, retryAtNanos - nanoClock.getAsLong());
    }
    return reclaimer.idleNanos();
  }

  /** Ends {@link #run} when all that can be written is. */
  void close() {
    closing = true;
    wake();
  }

  @Override
  public boolean step() throws IOException {
    boolean worked = false;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
      worked = true;
    }
    worked |= doLookups();
    worked |= look();
    gather();
    worked |= writeLost();
    worked |= writeUnit();
    worked |= reclaimer.step();
    return worked;
  }

  /** Sees what became of the next segment. */
  private boolean look() throws IOException {
    switch (allocator.result()) {
      case null -> {}
      case SegmentAllocator.Result.Ready _ -> {
        if (full) {
          full = false;
          listener.spaceAgain();
          return true;
        }
      }
      case SegmentAllocator.Result.Full(long neededBytes) -> {
        long now = nanoClock.getAsLong();
        if (!full) {
          full = true;
          retryAtNanos = now + options.fullPollMillis() * 1_000_000;
          listener.full(files.usableBytes(folder), neededBytes);
        } else if (now - retryAtNanos >= 0) {
          retryAtNanos = now + options.fullPollMillis() * 1_000_000;
          allocator.prepare(neededBytes);
          return allocator.result() instanceof SegmentAllocator.Result.Ready && look();
        }
      }
      case SegmentAllocator.Result.Failed(Throwable cause) ->
          throw new IOException("cannot make a new segment in " + folder, cause);
    }
    return false;
  }

  private void gather() {
    int operations = 0;
    for (Batch batch : waiting) {
      operations += batch.size;
    }
    while (full || operations < MAX_UNIT_OPERATIONS) {
      Batch batch = submitted.poll();
      if (batch == null) {
        return;
      }
      waiting.add(batch);
      operations += batch.size;
    }
  }

  private boolean writeUnit() throws IOException {
    if (unit.isEmpty()) {
      if (waiting.isEmpty()) {
        return false;
      }
      if (!beginUnit()) {
        return writeEarly();
      }
    }
    if (!removeOwners()) {
      return writeEarly();
    }
    out.force();
    tell();
    return true;
  }

  /** Writes what waits, as much as makes a good unit; false when there is no room for it yet. */
  private boolean beginUnit() throws IOException {
    long need = 0;
    boolean grows = false;
    int operations = 0;
    for (Batch batch : waiting) {
      long bytes = UnitWriter.maxBytes(batch);
      if (!unit.isEmpty()
          && (need + bytes > MAX_UNIT_BYTES || operations + batch.size > MAX_UNIT_OPERATIONS)) {
        break;
      }
      unit.add(batch);
      need += bytes;
      operations += batch.size;
      grows |= batch.grows;
    }
    if (!hasRoom(need, grows)) {
      unit.clear();
      return false;
    }
    units.write(unit);
    for (int i = 0; i < unit.size(); i++) {
      waiting.remove();
    }
    return true;
  }

  /** Removes the owners that the written unit removes; false when there is no room to go on. */
  private boolean removeOwners() throws IOException {
    for (Batch batch : unit) {
      for (int i = 0; i < batch.size; i++) {
        while (batch.ops[i] == Batch.OWNER_REMOVED
            && live.references.table(batch.owners[i]) != null) {
          if (!hasRoom(UnitWriter.SMALL_UNIT_BYTES, false)) {
            return false;
          }
          units.removeOwner(batch.owners[i], out.remainingBytes());
        }
      }
    }
    return true;
  }

  private void tell() {
    indexBytes = live.indexBytes();
    for (Batch batch : unit) {
      JournalHandle handle = batch.handle;
      handle.syncedPosition = batch.endPosition;
      if (!handle.toldPending) {
        handle.toldPending = true;
        told.add(handle);
      }
    }
    for (JournalHandle handle : told) {
      handle.toldPending = false;
      handle.synced.accept(handle.syncedPosition);
    }
    told.clear();
    for (Batch batch : unit) {
      batch.handle.recycle(batch);
    }
    unit.clear();
  }

  /** While there is no room: what is settled must not wait behind what cannot be kept. */
  private boolean writeEarly() throws IOException {
    if (!full || out.segment() == null) {
      return false;
    }
    boolean wrote = false;
    for (Batch batch : waiting) {
      if (!batch.settledEarly && UnitWriter.hasEarly(batch)) {
        if (!settleEarly(batch)) {
          break;
        }
        batch.settledEarly = true;
        wrote = true;
      }
    }
    out.force();
    if (waiting.size() > MAX_WAITING_APART) {
      joinWaiting();
    }
    return wrote;
  }

  /**
   * Loops whose consumers go on say something every turn, for as long as the disk is full. What is
   * left of that joins what waits before it, so that what waits is bounded by what publishers are
   * let say, and by what there is to say something of.
   */
  private void joinWaiting() {
    Map<JournalHandle, Batch> last = new IdentityHashMap<>();
    for (Iterator<Batch> batches = waiting.iterator(); batches.hasNext(); ) {
      Batch batch = batches.next();
      Batch before = last.get(batch.handle);
      boolean isSettled = batch.settledEarly || !UnitWriter.hasEarly(batch);
      if (before != null && isSettled && batch.isJoinable()) {
        before.join(batch);
        batches.remove();
        batch.handle.recycle(batch);
      } else {
        last.put(batch.handle, batch);
      }
    }
  }

  /** The writer has failed: what waits is not written any more, and not kept for that. */
  void giveUpBatches() {
    submitted.clear();
    waiting.clear();
    unit.clear();
  }

  /** How many batches cannot be written yet. On the writer's thread. */
  int waitingCount() {
    return waiting.size();
  }

  /** False when there is no room for all of it. */
  private boolean settleEarly(Batch batch) throws IOException {
    if (out.remainingBytes() < UnitWriter.SMALL_UNIT_BYTES
        || !units.writeEarly(batch, out.remainingBytes())) {
      return false;
    }
    for (int i = 0; i < batch.size; i++) {
      while (batch.ops[i] == Batch.OWNER_REMOVED
          && live.references.table(batch.owners[i]) != null) {
        if (out.remainingBytes() < UnitWriter.SMALL_UNIT_BYTES) {
          return false;
        }
        units.removeOwner(batch.owners[i], out.remainingBytes());
      }
    }
    return true;
  }

  /**
   * Sees to it that so many bytes fit the current segment, going on in the next where needed.
   *
   * @param grows whether the reserve is not for this
   * @return false when they do not fit yet
   */
  boolean hasRoom(long need, boolean grows) throws IOException {
    long remaining = out.remainingBytes();
    long reserve = full && grows ? options.segmentBytes() / RESERVE_PART : 0;
    if (remaining >= need + reserve) {
      return true;
    }
    long bytes = Math.max(options.segmentBytes(), need + SegmentOutput.overheadBytes());
    if (bytes > RecordFormat.MAX_SEGMENT_BYTES) {
      throw new IOException(
          "%d bytes are to be kept at once; the journal takes %d at most"
              .formatted(need, RecordFormat.MAX_SEGMENT_BYTES));
    }
    if (allocator.result() instanceof SegmentAllocator.Result.Ready ready) {
      if (ready.bytes() - SegmentOutput.overheadBytes() < need) {
        allocator.discard(ready);
        allocator.prepare(bytes);
        return false;
      }
      out.roll(live.segments.add(ready.number(), ready.path(), ready.file(), ready.bytes()));
      allocator.taken();
      allocator.prepare(options.segmentBytes());
      return true;
    }
    if (full) {
      return false;
    }
    allocator.prepare(bytes);
    return allocator.result() instanceof SegmentAllocator.Result.Ready && hasRoom(need, grows);
  }

  /** What is written is safe from here on. */
  void force() throws IOException {
    out.force();
  }

  /** Notes for good that messages whose content is lost are not there any more. */
  void settleLost(List<long[]> lost) {
    if (!lost.isEmpty()) {
      execute(() -> this.lost.addAll(lost));
    }
  }

  private boolean writeLost() throws IOException {
    int count = Math.min(lost.size(), 64);
    if (count == 0 || !hasRoom(64 + 2L * count * OpsEncoder.MAX_FIXED_BYTES, false)) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      long[] one = lost.removeLast();
      units.settled(one[0], one[1], one[2]);
    }
    units.endUnit();
    out.force();
    return true;
  }

  /** After {@link #run}: gives the files back. */
  void closeFiles() {
    for (Segment segment : live.segments.all()) {
      close(segment.file);
    }
    if (allocator.result() instanceof SegmentAllocator.Result.Ready ready) {
      close(ready.file());
    }
  }

  private static void close(SeamFile file) {
    try {
      file.close();
    } catch (IOException _) {
      // what mattered was synced before
    }
  }

  boolean isFull() {
    return full;
  }

  /** Heap bytes of the index. From any thread. */
  long indexBytes() {
    return indexBytes;
  }

  /** A write into a segment that was filled before found no space after all. */
  private void awaitSpace(DiskFullException cause, long neededBytes) throws IOException {
    if (closing) {
      throw cause;
    }
    if (!full) {
      full = true;
      listener.full(files.usableBytes(folder), neededBytes);
    }
    retryAtNanos = nanoClock.getAsLong();
    LockSupport.parkNanos(this, options.fullPollMillis() * 1_000_000);
  }
}
