package io.serai.storage.journal;

import io.serai.storage.file.CrashPoint;
import io.serai.storage.file.FileSystemSeam;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Copies what is still needed of one mostly dead segment to the end of the journal, a piece at a
 * time, so that it can be deleted. Reads on a reader's thread; all else is the writer's.
 */
final class Compaction {
  private static final int OPERATIONS_PER_PIECE = 1024;
  private static final int PAYLOADS_PER_PIECE = 256;
  private static final long PAYLOAD_BYTES_PER_PIECE = 1 << 20;

  /** Told about what cannot be read. */
  interface DamageListener {
    void damaged(Damage damage);
  }

  /** What one step came to. */
  enum Progress {
    /** Something was copied. */
    COPIED,
    /** A read is under way, or there is no room yet. */
    WAITING,
    /** All that is needed is copied and synced. */
    DONE,
    /** The segment cannot be read: it has to stay. */
    FAILED
  }

  final Segment victim;
  private final JournalWriter writer;
  private final FileSystemSeam files;
  private final Executor readers;
  private final DamageListener listener;
  private @Nullable Survivors survivors;
  private boolean operationsDone;

  /** Payloads that were live when the footer was read: id and offset in turn. */
  private long[] payloads = {};

  private int nextPayload;
  private PayloadReader.Wanted @Nullable [] arrived;
  private boolean isReading;
  private boolean isUnreadable;
  private long copiedBytes;

  Compaction(
      Segment victim,
      JournalWriter writer,
      FileSystemSeam files,
      Executor readers,
      DamageListener listener) {
    this.victim = victim;
    this.writer = writer;
    this.files = files;
    this.readers = readers;
    this.listener = listener;
    victim.pins.incrementAndGet();
    isReading = true;
    readers.execute(this::readFooter);
  }

  /** Bytes copied since this was asked last. */
  long takeCopiedBytes() {
    long bytes = copiedBytes;
    copiedBytes = 0;
    return bytes;
  }

  private void readFooter() {
    try {
      FooterData footer = FooterData.read(victim.file, victim.number, victim.bytes);
      writer.execute(() -> begin(footer));
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      writer.execute(() -> unreadable(new Damage(victim.path, 0, String.valueOf(e))));
    }
  }

  private void begin(@Nullable FooterData footer) {
    isReading = false;
    if (footer == null) {
      unreadable(new Damage(victim.path, 0, "the footer fails its checksum"));
      return;
    }
    survivors = new Survivors(writer.live, writer.units, victim, footer);
    long[] found = new long[(int) Math.min(1 << 26, 2 * victim.livePayloads)];
    int[] count = {0};
    footer.eachPayload((id, offset) -> {
      if (writer.live.isLiveAt(id, victim, offset)) {
        found[count[0]++] = id;
        found[count[0]++] = offset;
      }
    });
    payloads = Arrays.copyOf(found, count[0]);
  }

  private void unreadable(Damage damage) {
    isReading = false;
    isUnreadable = true;
    listener.damaged(damage);
  }

  /** Copies the next piece. */
  Progress step() throws IOException {
    Progress progress = copy();
    if (progress == Progress.DONE || progress == Progress.FAILED) {
      victim.pins.decrementAndGet();
    }
    return progress;
  }

  private Progress copy() throws IOException {
    Survivors operations = survivors;
    if (isUnreadable) {
      return Progress.FAILED;
    }
    if (isReading || operations == null) {
      return Progress.WAITING;
    }
    if (!operationsDone) {
      return copyOperations(operations);
    }
    PayloadReader.Wanted[] ready = arrived;
    if (ready != null) {
      return copyPayloads(ready);
    }
    if (nextPayload < payloads.length) {
      request();
      return Progress.COPIED;
    }
    writer.force();
    files.reached(CrashPoint.COMPACTED_NOT_DELETED);
    return Progress.DONE;
  }

  private Progress copyOperations(Survivors operations) throws IOException {
    Survivors.Piece piece = operations.next(OPERATIONS_PER_PIECE);
    if (!writer.hasRoom(piece.maxBytes(), false)) {
      return Progress.WAITING;
    }
    operationsDone = !operations.copied(piece);
    copiedBytes += writer.units.pendingBytes();
    writer.units.endUnit();
    files.reached(CrashPoint.MID_COMPACTION);
    return Progress.COPIED;
  }

  private void request() {
    long average = Math.max(1, victim.payloadBytes / Math.max(1, victim.payloadCount));
    int count = Math.clamp(PAYLOAD_BYTES_PER_PIECE / average, 1, PAYLOADS_PER_PIECE);
    count = Math.min(count, (payloads.length - nextPayload) / 2);
    PayloadReader.Wanted[] wanted = new PayloadReader.Wanted[count];
    for (int i = 0; i < count; i++) {
      wanted[i] =
          new PayloadReader.Wanted(
              i, payloads[nextPayload], victim, payloads[nextPayload + 1], false);
      nextPayload += 2;
    }
    isReading = true;
    readers.execute(() -> read(wanted));
  }

  private void read(PayloadReader.Wanted[] wanted) {
    try {
      Damage damage = PayloadReader.read(wanted);
      writer.execute(() -> {
        if (damage != null) {
          unreadable(damage);
        }
        isReading = false;
        arrived = wanted;
      });
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      writer.execute(() -> unreadable(new Damage(victim.path, 0, String.valueOf(e))));
    }
  }

  private Progress copyPayloads(PayloadReader.Wanted[] ready) throws IOException {
    long need = 64;
    for (PayloadReader.Wanted one : ready) {
      byte[] content = one.content;
      if (content != null) {
        need += 16 + RecordFormat.payloadBytes(content.length);
      }
    }
    if (!writer.hasRoom(need, false)) {
      return Progress.WAITING;
    }
    for (PayloadReader.Wanted one : ready) {
      byte[] content = one.content;
      if (content != null && writer.live.isLiveAt(one.id, victim, one.offset)) {
        writer.units.copyPayload(one.id, ByteBuffer.wrap(content));
        copiedBytes += content.length;
      }
    }
    writer.units.endUnit();
    arrived = null;
    files.reached(CrashPoint.MID_COMPACTION);
    return Progress.COPIED;
  }
}
