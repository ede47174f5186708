package io.serai.storage.journal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's way to write. Each call notes an operation; {@link #flush} hands over what was
 * noted since the last one, without lock or I/O. All that one flush hands over is recovered whole
 * or not at all, unless it has more than 256 MiB of bodies. Confined to its loop.
 */
public final class JournalHandle {
  /** Bodies that are handed over at once at most: all of a batch has to fit one segment. */
  private static final long MOST_BODY_BYTES = 256L << 20;

  private final Consumer<Batch> submit;
  private final AtomicReference<@Nullable Batch> spare = new AtomicReference<>();

  /** Told on the writer thread. */
  final LongConsumer synced;

  /** Up to where {@link #synced} has to be told; the writer's. */
  long syncedPosition;

  boolean toldPending;

  private Batch batch;
  private long position;
  private int groups;

  JournalHandle(Consumer<Batch> submit, LongConsumer synced) {
    this.submit = submit;
    this.synced = synced;
    batch = new Batch(this);
  }

  /**
   * Keeps a payload for an owner under a sequence. The same payload may be given for any number of
   * owners, by any loops; its bytes are written once. A live sequence given again takes the new
   * attributes. A sequence that was settled must not be used again, nor a removed owner's number.
   */
  public void append(long owner, long sequence, StoredPayload payload, RefAttributes attributes) {
    if (batch.bodyBytes > MOST_BODY_BYTES) {
      flush();
    }
    batch.add(Batch.APPEND, owner, sequence, payload, attributes);
    if (batch.lastPayload != payload) {
      batch.lastPayload = payload;
      batch.bodyBytes += attributes.bodyBytes();
    }
    batch.grows = true;
    batch.atomic = true; // what is settled with it may be what it takes the place of
    position++;
  }

  /** Changes the attributes of what was appended; nothing when it is not live. */
  public void update(long owner, long sequence, RefAttributes attributes) {
    batch.add(Batch.UPDATE, owner, sequence, null, attributes);
    position++;
  }

  /** Forgets what an owner keeps under a sequence; nothing when it is not live. */
  public void settle(long owner, long sequence) {
    batch.add(Batch.SETTLE, owner, sequence, null, null);
    position++;
  }

  /**
   * Forgets all an owner keeps. Of the operations of a flush only this one may be recovered without
   * the others.
   */
  public void ownerRemoved(long owner) {
    batch.add(Batch.OWNER_REMOVED, owner, 0, null, null);
    position++;
  }

  /** Sets the value of a fact. The arrays must not be changed afterwards. */
  public void put(byte kind, byte[] key, byte[] value) {
    batch.add(Batch.PUT, kind & 0xFF, 0, key, value);
    batch.bodyBytes += value.length;
    batch.grows = true;
    position++;
  }

  /** Forgets a fact; nothing when there is none. */
  public void remove(byte kind, byte[] key) {
    batch.add(Batch.REMOVE, kind & 0xFF, 0, key, null);
    position++;
  }

  /**
   * What this flush settles is not settled ahead of the rest of it while the disk is full. Needs no
   * saying where something is appended.
   */
  public void keepTogether() {
    batch.atomic = true;
  }

  /** From here to {@link #commit} a {@link #flush} waits, so that all is handed over together. */
  public void begin() {
    groups++;
    batch.atomic = true;
  }

  /** Ends what {@link #begin} began. */
  public void commit() {
    if (groups == 0) {
      throw new IllegalStateException("commit without begin");
    }
    groups--;
  }

  /** Counts what was said so far: grows with each call above, never falls. */
  public long position() {
    return position;
  }

  /** Hands over what was said since the last time. */
  public void flush() {
    if (groups > 0 || batch.size == 0) {
      return;
    }
    batch.endPosition = position;
    Batch full = batch;
    Batch next = spare.getAndSet(null);
    batch = next == null ? new Batch(this) : next;
    submit.accept(full);
  }

  /** Takes a batch back that has been written. Called by the writer. */
  void recycle(Batch written) {
    if (written.reset()) {
      spare.set(written);
    }
  }
}
